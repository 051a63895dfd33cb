"""`dragoman inspect`: what the eyes see in a recording, drawn into it and over time."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from pipeline import resolve
from pipeline.commands.columns import columns, show
from pipeline.commands.running import overruled, run_graph, write_to, written
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.scheduler import Run
from pipeline.settings import build
from pipeline.spec import EdgeSpec
from pipeline.timeline.picture import draw
from pipeline.timeline.tracks import Tracks

WHAT = {
    "overlay": "the pictures with what was seen in them",
    "events": "all that was seen and heard, a line each",
    "timeline": "sound, voice, lips, gestures, text and words over time",
    "report": "edges, nodes, CPU",
}
SHOWN = (  # outputs in the timeline, where the graph has their nodes
    "ear.activity",
    "speech.activity",
    "lips.faces",
    "speech.speaker",
    "gestures.gesture",
    "slides.text",
    "words.transcript",
)


def inspect(given: Namespace) -> int:
    """Look at a recording with the nodes of the eyes alone, and write what they saw."""
    graph = overruled(looking(given.source, given.words), given.set)
    graph = write_to(graph, given.out)
    tracks = Tracks()
    outputs = [output for output in SHOWN if output.partition(".")[0] in graph.members]
    if "ear" in graph.members:
        outputs.append("talk.audio")

    async def watch(run: Run) -> None:
        async for output, packet in run:
            tracks.take(output, packet)

    report = run_graph(
        graph,
        outputs=outputs,
        watch=watch,
        stop_s=given.stop_s,
        virtual=bool(given.words),
        report_in=given.out,
    )
    tracks.close()
    picture = Path(given.out) / "timeline.png"
    draw(tracks, Path(given.source).name, picture)
    if not given.quiet:
        sys.stdout.write(f"{report if given.verbose else _summary(tracks)}\n")
        show(_table([*written(graph), picture, Path(given.out) / "report.json"]))
    return 0 if report.ended in ("done", "stopped") else 1


def looking(source: str, words: str = "") -> Graph:
    """The graph that looks at a recording; with `words` a language, it recognises them too, at the pace of life.

    Raises `MediaError` where the source cannot be opened, `InputError` where it has no pictures.
    """
    has_sound, has_pictures = _streams(source)
    if not has_pictures:
        raise InputError(f"{source}: has no pictures, so there is nothing to inspect; give a video")
    graph = Graph.load("vision-only").with_settings({"talk.path": source})
    if not has_sound:
        if words:
            raise InputError(f"--words {words}: {source} has no sound; leave it out")
        return _without_sound(graph)
    if words:
        graph = graph.with_settings({"talk.pace": "realtime"})
        inputs = {"audio": EdgeSpec("talk.audio", 1500), "speech": EdgeSpec("speech.activity", 1500)}
        lang = {} if words == "auto" else {"lang": words}
        graph = graph.plus("words", "asr.whisper", inputs, **lang)
        graph = graph.wired("overlay", text="words.transcript").wired("events", transcript="words.transcript")
    return graph


def _without_sound(graph: Graph) -> Graph:
    graph = graph.without("ear", "speech")
    overlay = graph.spec.nodes["overlay"]
    inputs = {port: edge for port, edge in overlay.inputs.items() if port != "audio"}
    return graph.without("overlay").plus("overlay", overlay.uses, inputs, **overlay.with_)


def _streams(source: str) -> tuple[bool, bool]:
    """Whether a source has sound, and whether it has pictures. Raises `MediaError` where it cannot be opened."""
    player: Any = build(resolve.node_class("source.file"), {"path": source})
    player.open()
    try:
        return player.has_audio, player.has_video
    finally:
        player.close()


def _summary(tracks: Tracks) -> str:
    told = [
        (len(tracks.mouths), "face", "faces"),
        (len(tracks.gestures), "gesture", "gestures"),
        (len(tracks.texts), "line of text", "lines of text"),
    ]
    counted = ", ".join(f"{count} {one if count == 1 else more}" for count, one, more in told)
    return f"{tracks.end_s:.1f} s: {counted}"


def _table(files: list[Path]) -> str:
    rows = [
        (str(path), f"{path.stat().st_size / 1000:8.1f} kB", WHAT.get(path.stem, ""))
        for path in files
        if path.is_file()
    ]
    return "\n" + columns(rows)
