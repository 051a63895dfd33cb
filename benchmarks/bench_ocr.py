"""Text on the screen: slide pages in nine languages, slide videos, and videos without text; with the cost of reading.

    python -m benchmarks.bench_ocr [--media FOLDER] [--json FILE] [--engines auto,rapid,…] [--parts pages,videos,still,none]

Character error rate: edits between what an engine read on a page (its lines from above to below) and the text of the page,
by the characters of the latter; spaces, bullets, case of full and half width do not count. In a video a line is found when a
text that stands on the screen with its slide is 90 % like it; its delay runs from the first picture of the slide to the moment
when the text was told: in stream time alone (waiting until the slide stands), and with the time that reading took, by the wall
clock (which other work on the machine lengthens) and as CPU seconds of all its threads. Each as median and maximum. A text is spurious when no part of what is on the screen is 80 % like it.
"""

from __future__ import annotations

import argparse
import json
import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import av
import cv2
import msgspec
import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from nodes.ocr.auto import AutoOcr
from nodes.ocr.changes import ScreenChanges
from nodes.ocr.rapid import RapidOcr
from nodes.ocr.tesseract import TesseractOcr
from pipeline.clock import cpu_seconds, seconds, stopwatch_ns, to_seconds
from pipeline.media import Box, ScreenChange, ScreenText, VideoFrame
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.testing import feed, pictures

ENGINES: dict[str, Callable[[str], Node]] = {
    "auto": lambda lang: AutoOcr([lang]),
    "auto, no language told": lambda lang: AutoOcr(),
    "rapid": lambda lang: RapidOcr(),
    "tesseract by tesserocr": lambda lang: TesseractOcr([lang], via="tesserocr"),
    "tesseract by pytesseract": lambda lang: TesseractOcr([lang], via="pytesseract"),
}
PARTS = ("pages", "videos", "none", "still")
LIKE, PART_OF = 90, 80  # of 100
WHOLE = (Box(0, 0, 1, 1),)


def plain(text: str) -> str:
    """A text as it is compared: no spaces, no bullets and arrows, full width as half width."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        char for char in folded if not char.isspace() and unicodedata.category(char) not in ("So", "Sm")
    )


def rows(texts: list[ScreenText]) -> str:
    """Lines from above to below; those beside one another from left to right."""
    left, found = sorted(texts, key=lambda text: text.box.top), ""
    while left:
        first = left[0]
        middle = (first.box.top + first.box.bottom) / 2
        row = [text for text in left if text.box.top <= middle]
        found += "".join(text.text for text in sorted(row, key=lambda text: text.box.left))
        left = [text for text in left if text not in row]
    return found


class Watched:
    """An open node and what it says stands on the screen; made warm by a picture without text."""

    def __init__(self, engine: str, lang: str) -> None:
        self.node = ENGINES[engine](lang)
        self.node.open()
        self.shown: dict[int, ScreenText] = {}
        self.read(Packet(ScreenChange(np.full((480, 640, 3), 255, np.uint8), WHOLE, -2), -2, -1))

    def read(self, change: Packet[ScreenChange]) -> tuple[list[ScreenText], float, float]:
        """What it tells of a change; CPU seconds (of programs that it starts too) and seconds by the wall clock."""
        cpu, wall = cpu_with_programs(), stopwatch_ns()
        told = [emission.payload for emission in self.node.process(change) or ()]
        for text in told:
            if text.over:
                self.shown.pop(text.id)
            else:
                self.shown[text.id] = text
        return told, cpu_with_programs() - cpu, (stopwatch_ns() - wall) / 1e9


def cpu_with_programs() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def page(path: Path, at_s: float = 0) -> Packet[ScreenChange]:
    """A picture that is shown for a second."""
    pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    return Packet(ScreenChange(pixels, WHOLE, seconds(at_s)), seconds(at_s), seconds(at_s + 1))


def bench_pages(engine: str, lines: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """Character error rate by language and overall."""
    edits, characters, cpu = defaultdict[str, int](int), defaultdict[str, int](int), []
    by_lang = defaultdict[str, list[dict[str, Any]]](list)
    for line in lines:
        by_lang[line["lang"]].append(line)
    for lang, pages in by_lang.items():
        watched = Watched(engine, lang)
        for index, line in enumerate(pages):
            cpu.append(watched.read(page(root / line["file"], index))[1])
            said = plain(rows(list(watched.shown.values())))
            edits[lang] += Levenshtein.distance(said, plain(line["text"]))
            characters[lang] += len(plain(line["text"]))
        watched.node.close()
    rates = {lang: edits[lang] / characters[lang] for lang in by_lang}
    return {"overall": sum(edits.values()) / sum(characters.values()), **rates, "cpu_s": median(cpu)}


def video(path: Path, until_s: float = 1e9) -> Iterator[Packet[VideoFrame]]:
    """The pictures of a recording."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        length = seconds(1 / float(stream.average_rate))
        for frame in container.decode(stream):
            start = seconds(frame.time)
            if start > seconds(until_s):
                return
            yield Packet(VideoFrame(frame.to_ndarray(format="rgb24")), start, start + length)


class Said(msgspec.Struct):
    """A text, and when it was told and taken back, in stream time; and how long reading it took."""

    text: ScreenText
    at_s: float
    wall_s: float
    cpu_s: float
    until_s: float = 1e9


def watch(engine: str, lang: str, path: Path, until_s: float = 1e9) -> tuple[list[Said], float, float]:
    """All that a node tells of a video, the share of a core that it cost, and the seconds of the video."""
    shown = list(video(path, until_s))
    watched, said = Watched(engine, lang), dict[int, Said]()
    before = cpu_with_programs()
    for change in feed(ScreenChanges(), shown).change:
        told, cpu, wall = watched.read(change)
        at = to_seconds(change.start)
        for text in told:
            if text.over:
                said[text.id].until_s = at
            else:
                said[text.id] = Said(text, at, wall, cpu)
    cost = cpu_with_programs() - before
    watched.node.close()
    length = to_seconds(shown[-1].end)
    return list(said.values()), cost / length, length


def bench_video(engine: str, line: dict[str, Any], root: Path) -> dict[str, Any]:
    """Lines found, how late, and how many texts are none."""
    said, core, length = watch(engine, line["lang"], root / line["file"])
    found, missed = list[tuple[float, float, float]](), list[str]()
    for slide in line["text_timeline"]:
        start, end = slide["start"], slide["end"]
        there = [one for one in said if one.at_s < end and one.until_s > start + 1]
        for wanted in filter(None, map(plain, slide["text"].split("\n"))):
            first = min((one for one in there if matches(wanted, plain(one.text.text))), key=at, default=None)
            if first is None:
                missed.append(wanted)
                continue
            took = first.at_s > start - 1  # else it stood there before
            # slides are given in whole seconds; the first picture may come a moment before
            shown = min(start, to_seconds(first.text.start)) if took else start
            late = max(0.0, first.at_s - shown)
            found.append((late, late + took * first.wall_s, late + took * first.cpu_s))
    in_stream, by_wall, by_cpu = zip(*found, strict=True)
    pages = [(slide["start"], slide["end"], plain(slide["text"])) for slide in line["text_timeline"]]
    spurious = [
        one.text.text
        for one in said
        if not any(
            start <= one.at_s < end and fuzz.partial_ratio(plain(one.text.text), text) >= PART_OF
            for start, end, text in pages
        )
    ]
    return {
        "lines": len(found) + len(missed),
        "found": len(found),
        "stream_s": (median(in_stream), max(in_stream)),
        "wall_s": (median(by_wall), max(by_wall)),
        "cpu_s": (median(by_cpu), max(by_cpu)),
        "within_750_ms_by_wall": sum(delay <= 0.75 for delay in by_wall),
        "missed": missed,
        "spurious": spurious,
        "minutes": length / 60,
        "core": core,
    }


def at(one: Said) -> float:
    """When it was told, in stream time."""
    return one.at_s


def matches(wanted: str, told: str) -> bool:
    """Whether a text holds a line, or nearly all of it."""
    return fuzz.partial_ratio(wanted, told) >= LIKE and len(told) >= 0.8 * len(wanted)


def bench_none(engine: str, lines: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """Texts told of videos of faces, which show none."""
    told, length, cost = list[str](), 0.0, 0.0
    for line in lines:
        said, core, seconds_long = watch(engine, "en", root / line["file"], until_s=10)
        told += [one.text.text for one in said]
        length += seconds_long
        cost += core * seconds_long
    return {"texts": told, "minutes": length / 60, "core": cost / length}


def bench_still(engine: str, line: dict[str, Any], root: Path) -> dict[str, Any]:
    """Share of a core that a slide of 1280 x 720 at 25 pictures a second costs after it was read."""
    pixels = cv2.resize(page(root / line["file"]).payload.pixels, (1280, 720))
    node = ScreenChanges()
    shown, given = pictures([pixels] * 750), 0
    node.open()
    before = cpu_seconds()
    for packet in shown:
        given += len(list(node.process(packet)))
    cost = cpu_seconds() - before
    node.close()
    return {"changes": given, "core": cost / 30}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--media", type=Path, default=Path(os.environ.get("DRAGOMAN_MEDIA", "../shared/data"))
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--engines", default=";".join(ENGINES), help="separated by semicolons")
    parser.add_argument("--parts", default=",".join(PARTS))
    given = parser.parse_args()
    text = (given.media / "manifest.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    shown = [line for line in lines if line["kind"] == "d_onscreen_text"]
    pages = [line for line in shown if "slides_packaging_tutorial" in line["file"]]
    videos = [line for line in shown if "text_timeline" in line]
    faces = [
        line for line in lines if line["kind"] == "b_talking_face" and line["file"].endswith((".mp4", ".mpg"))
    ][::4]
    result: dict[str, Any] = {}
    for engine in given.engines.split(";"):
        found = result[engine] = dict[str, Any]()
        if "pages" in given.parts:
            found["pages"] = bench_pages(engine, pages, given.media)
            rates = "  ".join(f"{key} {value:.3f}" for key, value in found["pages"].items())
            print(f"{engine:25} pages   {rates}", flush=True)
        for line in videos if "videos" in given.parts else ():
            figures = found[line["file"]] = bench_video(engine, line, given.media)
            print(f"{engine:25} {line['lang']}.mp4  {json.dumps(figures, ensure_ascii=False)}", flush=True)
        if "none" in given.parts:
            found["none"] = bench_none(engine, faces, given.media)
            print(f"{engine:25} faces   {json.dumps(found['none'], ensure_ascii=False)}", flush=True)
    if "still" in given.parts:
        result["still"] = bench_still("auto", pages[0], given.media)
        print(f"still slide: {result['still']}")
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
