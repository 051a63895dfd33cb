"""`dragoman interpret`: a recording, a stream or a microphone goes in; captions and speech come out, live."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from pipeline.commands.columns import columns, show
from pipeline.commands.running import overruled, run_graph, write_to, written
from pipeline.commands.screen import Screen
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.interpreter import (
    UNKNOWN,
    Interpretation,
    Talk,
    has_pictures,
    interpretation,
    is_microphone,
)
from pipeline.report import Report
from pipeline.scheduler import Run

WHAT = {  # how the name of a file begins, and what it is
    "captions": "captions, timed by the source",
    "transcript": "the text alone",
    "speech": "the translated speech",
    "dubbed": "the pictures with the translated speech, captions to switch on",
    "events": "all that came out, when it came",
    "instances": "for SimulEval and OmniSTEval",
    "simulstream": "for simulstream",
    "report": "edges, nodes, lag by part, CPU",
}


def interpret(given: Namespace) -> int:
    """Interpret a talk, show captions while it plays, and write the files."""
    talk = interpretation(_talk(given))
    if given.speak and not talk.speech:
        raise InputError("--speak: only captions are made here; leave it out, or name a --voice")
    if given.overlay and "dub" not in talk.graph.members:
        sys.stderr.write(
            "--overlay: no film is written here (it takes pictures and a voice), so nothing is drawn\n"
        )
    graph = write_to(overruled(talk.graph, given.set), given.out)
    if given.speak:
        graph = graph.plus("speaker", "sink.speaker", {"sound": talk.speech})
    if not given.quiet:
        sys.stdout.write(_heading(given.source, talk))
        sys.stdout.flush()
    screen = Screen(talk, quiet=given.quiet)
    try:
        report = _run(graph, talk, screen, given)
    finally:
        files = name_detected(written(graph), screen.detected, talk.target_lang)
    if screen.gone:
        raise BrokenPipeError
    if not given.quiet:
        sys.stdout.write(f"\n{report if given.verbose else _summary(report, talk)}\n")
        if report.media_s and not screen.words:
            sys.stdout.write("nobody was heard speaking: there are no words\n")
        show(_table([*files, Path(given.out) / "report.json"]))
    return 0 if report.ended in ("done", "stopped") else 1


def _talk(given: Namespace) -> Talk:
    terms = tuple(word.strip() for word in (given.terms or "").split(",") if word.strip())
    voice, clone = asked_voice(given.voice or "")
    return Talk(
        source=given.source,
        to=given.to,
        from_=given.from_,
        pace=given.pace,
        latency=given.latency,
        voice=voice,
        clone=clone,
        consent=given.consent,
        terms=terms,
        glossary=given.glossary,
        source_captions=not given.no_source_captions,
        video=has_pictures(given.source),
        see=given.see,
        overlay=given.overlay,
    )


def asked_voice(asked: str) -> tuple[str, bool]:
    """What `--voice` names: a node (empty: the best at hand), and whether it is to be cloned."""
    first, _, rest = asked.partition(":")
    return (rest, True) if first == "clone" else (asked, False)


def _heading(source: str, talk: Interpretation) -> str:
    what = "microphone" if is_microphone(source) else source
    spoken = "the language spoken" if talk.source_lang == UNKNOWN else talk.source_lang
    return f"{what}: {spoken} -> {talk.target_lang} by {talk.route}; Ctrl-C stops\n"


def _run(graph: Graph, talk: Interpretation, screen: Screen, given: Namespace) -> Report:
    async def watch(run: Run) -> None:
        async for name, packet in run:
            screen.show(name, packet)
            if screen.gone:  # whoever read our lines wants no more
                run.stop()

    outputs = [output for output in (talk.source_text, talk.target_text, talk.screen_text) if output]
    with screen:
        return run_graph(
            graph,
            outputs=list(dict.fromkeys(outputs)),
            watch=watch,
            stop_s=given.stop_s,
            report_in=given.out,
        )


def name_detected(files: Iterable[Path], lang: str, target: str) -> list[Path]:
    """Give the files of a language that had to be detected its tag, unless those of the target have it.

    Returns the files as they are called now.
    """
    if not lang or lang == target:
        return list(files)
    names = {path: path.name.replace(f".{UNKNOWN}.", f".{lang}.") for path in files}
    return [path.replace(path.with_name(name)) for path, name in names.items()]


def _summary(report: Report, talk: Interpretation) -> str:
    lines = [f"{report.ended}: {report.media_s:.1f} s of media in {report.clock_s:.1f} s"]
    lag = report.lag.get(talk.target_text, {})
    if total := lag.get("total"):
        parts = ", ".join(f"{name} {lag[name]['mean']:.2f}" for name in lag if name != "total")
        lines.append(
            f"words came {total['mean']:.2f} s after they were said, 95 of 100 within {total['p95']:.2f} s"
        )
        lines.append(f"  of that {parts}")
    return "\n".join(lines)


def _table(files: Iterable[Path]) -> str:
    rows = [
        (str(path), f"{path.stat().st_size / 1000:8.1f} kB", WHAT.get(path.name.partition(".")[0], ""))
        for path in sorted(files)
        if path.is_file()
    ]
    return "\n" + columns(rows)
