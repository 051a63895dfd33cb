"""Text on the screen: slide pages in nine languages, slide videos, and videos without text; with the cost of reading.

    python -m benchmarks.bench_ocr [--media FOLDER] [--json FILE] [--engines auto,rapid,…] [--parts pages,videos,still,none]

Character error rate: edits between what an engine read on a page (its lines from above to below) and the text of the page,
by the characters of the latter; spaces, bullets, case of full and half width do not count. In a video a line is found when a
text that is told while its slide is shown is 90 % like it; its delay runs from the beginning of the slide to the moment when
the text was told: stream time of the picture, and the time that reading took by the wall clock (which other work on the
machine lengthens). A text is spurious when no part of what is on the screen is 80 % like it.
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


def read(node: Node, change: Packet[ScreenChange]) -> tuple[list[ScreenText], float, float]:
    """What an open node tells of a change; CPU and wall seconds."""
    cpu, wall = cpu_seconds(), stopwatch_ns()
    told = [emission.payload for emission in node.process(change) or ()]
    return told, cpu_seconds() - cpu, (stopwatch_ns() - wall) / 1e9


def page(path: Path) -> Packet[ScreenChange]:
    """A picture that is shown for a second."""
    pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    return Packet(ScreenChange(pixels, WHOLE, 0), 0, seconds(1))


def bench_pages(engine: str, lines: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """Character error rate by language and overall."""
    edits, characters, cpu = defaultdict[str, int](int), defaultdict[str, int](int), []
    by_lang = defaultdict[str, list[dict[str, Any]]](list)
    for line in lines:
        by_lang[line["lang"]].append(line)
    for lang, pages in by_lang.items():
        node = ENGINES[engine](lang)
        node.open()
        read(node, page(root / pages[0]["file"]))  # loads what is loaded at first use
        for line in pages:
            told, took, _ = read(node, page(root / line["file"]))
            said = rows([text for text in told if not text.over])
            if line is pages[0]:
                said = rows(fresh(engine, lang, page(root / line["file"])))
            else:
                cpu.append(took)
            edits[lang] += Levenshtein.distance(plain(said), plain(line["text"]))
            characters[lang] += len(plain(line["text"]))
        node.close()
    rates = {lang: edits[lang] / characters[lang] for lang in by_lang}
    return {"overall": sum(edits.values()) / sum(characters.values()), **rates, "cpu_s": median(cpu)}


def fresh(engine: str, lang: str, change: Packet[ScreenChange]) -> list[ScreenText]:
    """What a node that has seen nothing yet reads."""
    node = ENGINES[engine](lang)
    node.open()
    told, _, _ = read(node, change)
    node.close()
    return told


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


def watch(engine: str, lang: str, path: Path, until_s: float = 1e9) -> dict[str, Any]:
    """All that a node tells of a video: (stream time and wall seconds after it, text); CPU by part; length."""
    before = cpu_seconds()
    shown = list(video(path, until_s))
    decoded = cpu_seconds()
    changes = feed(ScreenChanges(), shown).change
    looked = cpu_seconds()
    node, told, cost = ENGINES[engine](lang), [], 0.0
    node.open()
    feed_first = np.full((480, 640, 3), 255, np.uint8)
    read(node, Packet(ScreenChange(feed_first, WHOLE, 0), -1, 0))
    for change in changes:
        texts, cpu, wall = read(node, change)
        cost += cpu
        told += [(to_seconds(change.start) + wall, text) for text in texts]
    node.close()
    return {
        "told": told,
        "length_s": to_seconds(shown[-1].end),
        "decode_cpu_s": decoded - before,
        "changes_cpu_s": looked - decoded,
        "read_cpu_s": cost,
    }


def bench_video(engine: str, line: dict[str, Any], root: Path) -> dict[str, Any]:
    """Lines found, how late, and how many texts are none."""
    seen = watch(engine, line["lang"], root / line["file"])
    told = [(at, text) for at, text in seen["told"] if not text.over]
    delays, missed, lines = [], [], 0
    for slide in line["text_timeline"]:
        for wanted in filter(None, map(plain, slide["text"].split("\n"))):
            lines += 1
            found = [
                at
                for at, text in told
                if slide["start"] <= at < slide["end"]
                and fuzz.partial_ratio(wanted, plain(text.text)) >= LIKE
                and len(plain(text.text)) >= 0.8 * len(wanted)
            ]
            if found:
                delays.append(found[0] - slide["start"])
            else:
                missed.append(wanted)
    spurious = [
        text.text
        for at, text in told
        if not any(
            slide["start"] <= at < slide["end"] + 1
            and fuzz.partial_ratio(plain(text.text), plain(slide["text"])) >= PART_OF
            for slide in line["text_timeline"]
        )
    ]
    return {
        "lines": lines,
        "found": len(delays),
        "median_s": median(delays),
        "largest_s": max(delays),
        "within_750_ms": sum(delay <= 0.75 for delay in delays),
        "missed": missed,
        "spurious": spurious,
        "minutes": seen["length_s"] / 60,
        "core": (seen["changes_cpu_s"] + seen["read_cpu_s"]) / seen["length_s"],
    }


def bench_none(engine: str, lines: list[dict[str, Any]], root: Path) -> dict[str, Any]:
    """Texts told of videos of faces, which show none."""
    told, length, cost = [], 0.0, 0.0
    for line in lines:
        seen = watch(engine, "en", root / line["file"], until_s=10)
        told += [text.text for _, text in seen["told"] if not text.over]
        length += seen["length_s"]
        cost += seen["changes_cpu_s"] + seen["read_cpu_s"]
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
