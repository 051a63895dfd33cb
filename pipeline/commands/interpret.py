"""`dragoman interpret`: a recording, a stream or a microphone goes in; captions and speech come out, live."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from pipeline.commands.running import run_graph, settings, write_report, write_to
from pipeline.commands.screen import Screen
from pipeline.interpreter import UNKNOWN, Interpretation, Talk, interpretation
from pipeline.report import Report
from pipeline.scheduler import Run


def interpret(given: Namespace) -> int:
    """Interpret a talk, show captions while it plays, and write the files."""
    talk = interpretation(
        Talk(
            source=given.source,
            to=given.to,
            from_=given.from_,
            pace=given.pace,
            voice=given.voice or "",
            terms=tuple(word.strip() for word in (given.terms or "").split(",") if word.strip()),
            source_captions=not given.no_source_captions,
            video=has_pictures(given.source),
        )
    )
    graph = write_to(talk.graph.with_settings(settings(given.set)), given.out)
    if given.speak and talk.speech:
        graph = graph.plus("speaker", "sink.speaker", {"sound": talk.speech})
    if not given.quiet:
        sys.stdout.write(f"{given.source}: {talk.source_lang} -> {talk.target_lang} by {talk.route}\n")
    screen = Screen(talk)

    async def watch(run: Run) -> None:
        async for name, packet in run:
            screen.show(name, packet)

    outputs = [output for output in (talk.source_text, talk.target_text) if output]
    with screen:
        report = run_graph(graph, outputs=list(dict.fromkeys(outputs)), watch=watch, stop_s=given.stop_s)
    write_report(report, given.out)
    name_detected(Path(given.out), screen.detected)
    if not given.quiet:
        _say(report, talk, Path(given.out))
    return 0 if report.ended in ("done", "stopped") else 1


def has_pictures(source: str) -> bool:
    """Whether a source has a video stream (cover art does not count). False when it cannot be opened."""
    if source.startswith("mic:"):
        return False
    import av

    try:
        with av.open(source, timeout=10) as container:
            cover = av.stream.Disposition.attached_pic
            return any(not stream.disposition & cover for stream in container.streams.video)
    except (av.FFmpegError, OSError, ValueError):
        return False  # source.file says what is wrong, in its own words


def name_detected(out: Path, lang: str) -> None:
    """Give the files of a language that had to be detected its tag."""
    if lang:
        for path in out.glob(f"*.{UNKNOWN}.*"):
            path.replace(path.with_name(path.name.replace(f".{UNKNOWN}.", f".{lang}.")))


def _say(report: Report, talk: Interpretation, out: Path) -> None:
    sys.stdout.write(f"\n{report}\n\nfiles in {out}/\n")
    for path in sorted(out.iterdir()):
        if path.is_file():
            sys.stdout.write(f"  {path.name:<24}{path.stat().st_size / 1000:10.1f} kB\n")
