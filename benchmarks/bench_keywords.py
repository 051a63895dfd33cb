"""Terms: rare names right with no help, a glossary, text on the screen, and both; what that costs; renderings enforced.

    python -m benchmarks.bench_keywords [--media FOLDER] [--longest SECONDS] [--others SECONDS] [--json FILE]

Recordings with a transcript are searched for names that are rare in their language. A glossary has those of all recordings
of a language; a slide, drawn here and read by ocr.auto, has those of one recording among other words. Counted are names
right in the transcript and in its translation, names heard where nobody said them, and the word error rate. Then terms
chosen from the transcripts get renderings that no translator would choose, to see which way brings them into the output.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import jiwer
import msgspec
import numpy as np
from wordfreq import zipf_frequency

from benchmarks.live_recordings import decode, manifest
from benchmarks.term_renderings import enforced, plain, right
from nodes._engines.firefox import pairs
from nodes.asr.whisper import WhisperRecogniser
from nodes.context.keywords import Keywords
from nodes.ocr.auto import AutoOcr
from nodes.ocr.changes import ScreenChanges
from nodes.segment.sentences import Sentences
from nodes.translate.firefox import FirefoxTranslate
from nodes.vad.silero import SileroVad
from pipeline.media import AudioFrame, ScreenText, Term, Terms
from pipeline.packet import Packet
from pipeline.testing import audio, feed, pictures

LANGS = ("en", "es", "fr", "it", "pt")  # capitals mean names
RARE = 3.5  # Zipf value below which a name is rare
WAYS = ("none", "glossary", "screen", "both")
NAME = re.compile(r"(?<![.?!…:\"“«]\s)(?<!^)\b[^\W\d_][\w'’-]{2,}")  # noqa: RUF001 - not at the beginning of a sentence


class Spoken(msgspec.Struct, frozen=True):
    """A recording with what is said in it, and the rare names of that."""

    path: Path
    lang: str
    seconds: float
    transcript: str
    names: tuple[str, ...]


def spoken(root: Path, longest_s: float) -> list[Spoken]:
    """Recordings with a transcript in a language in which capitals mean names."""
    found = []
    for line in manifest(root):
        said = line.get("transcript") or ""
        if line["kind"] == "a_speech" and line["lang"] in LANGS and said and line["seconds"] <= longest_s:
            found.append(
                Spoken(root / line["file"], line["lang"], line["seconds"], said, names(said, line["lang"]))
            )
    return found


def names(said: str, lang: str) -> tuple[str, ...]:
    """Rare words with a capital where no sentence begins."""
    found = (word for word in NAME.findall(said) if word[0].isupper())
    return tuple(
        dict.fromkeys(w for w in found if zipf_frequency(w.casefold(), lang, wordlist="small") < RARE)
    )


def slide(words: Sequence[str]) -> list[Packet[Any]]:
    """A slide with a line for each name, for three seconds, as pictures."""
    picture = np.full((720, 1280, 3), 255, np.uint8)
    for row, text in enumerate(["Overview and results", *(f"{word}: first steps" for word in words)]):
        cv2.putText(
            picture, text, (80, 110 + 90 * row), cv2.FONT_HERSHEY_DUPLEX, 1.6, (20, 20, 40), 2, cv2.LINE_AA
        )
    return pictures([picture] * 6, 2)


def read(words: Sequence[str], lang: str) -> list[Packet[ScreenText]]:
    """What is read of a slide; it stays until the end."""
    texts = feed(AutoOcr(langs=[lang]), feed(ScreenChanges(), slide(words)).change).text
    return [msgspec.structs.replace(p, start=0, end=0) for p in texts if not p.payload.over]


def heard(
    sound: list[Packet[AudioFrame]], speech: list[Any], lang: str, terms: list[Packet[Terms]]
) -> list[Any]:
    """What the recogniser says of a recording."""
    return feed(WhisperRecogniser(lang=lang), audio=sound, speech=speech, bias=terms).transcript


def translated(said: list[Any], lang: str, terms: list[Packet[Terms]]) -> str:
    """The translation of a transcript; empty where no model is at hand."""
    to = "pt" if lang == "en" else "en"
    if (lang, to) not in pairs():
        return ""
    units = feed(Sentences(), said).unit
    told = feed(FirefoxTranslate(lang, to, tentative=False), unit=units, terms=terms).translation
    return " ".join(packet.payload.text for packet in told)


def runs(
    chosen: list[Spoken], glossaries: dict[str, list[str]], ways: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Each recording by each way."""
    for one in chosen:
        sound = audio(decode(one.path))
        speech = feed(SileroVad(), sound).activity
        filed = [
            Packet(Terms(tuple(Term(name, name, "", "glossary") for name in glossaries[one.lang])), 0, 0)
        ]
        shown = read(one.names, one.lang) if {"screen", "both"} & set(ways) else []
        told = {
            "none": [],
            "glossary": filed,
            "screen": feed(Keywords(), screen=shown).terms,
            "both": feed(Keywords(), glossary=filed, screen=shown).terms,
        }
        for way in ways:
            said = heard(sound, speech, one.lang, told[way])
            text = " ".join(p.payload.text for p in said if p.payload.committed)
            translation = translated(said, one.lang, told[way])
            others = [name for name in glossaries[one.lang] if not right([name], one.transcript)]
            yield {
                "file": one.path.name, "lang": one.lang, "way": way, "names": len(one.names), "seconds": one.seconds,
                "right": right(one.names, text),
                "translated": right(one.names, translation) if translation else None,
                "inserted": right(others, text),
                "truth": plain(one.transcript), "said": plain(text),
            }  # fmt: skip


def main() -> None:
    """Print the tables and write them down. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", default=os.environ.get("DRAGOMAN_MEDIA", "../shared/data"))
    parser.add_argument(
        "--longest", type=float, default=20, help="recordings that are longer are left out, s"
    )
    parser.add_argument("--others", type=float, default=600, help="how much of recordings without names, s")
    parser.add_argument("--json", default="out/bench/keywords.json")
    given = parser.parse_args()
    every = spoken(Path(given.media), given.longest)
    named = [one for one in every if one.names]
    glossaries = {
        lang: list(dict.fromkeys(name for one in named if one.lang == lang for name in one.names))
        for lang in LANGS
    }
    rest, length = [], 0.0
    for one in every:
        if not one.names and glossaries[one.lang] and length < given.others:
            rest.append(one)
            length += one.seconds
    rows = [*runs(named, glossaries, WAYS)]
    strange = [*runs(rest, glossaries, ("none", "glossary"))]
    print(
        f"{len(named)} recordings, {sum(one.seconds for one in named):.0f} s, with rare names: {glossaries}"
    )
    print(f"{'':10}{'names right':>14}{'in translation':>16}{'inserted':>10}{'WER':>8}")
    table: dict[str, dict[str, float]] = {}
    for way in WAYS:
        of = [row for row in rows if row["way"] == way]
        into = [row for row in of if row["translated"] is not None]
        total, there = sum(row["names"] for row in of), sum(row["names"] for row in into)
        table[way] = {
            "right": sum(row["right"] for row in of), "of": total,
            "translated": sum(row["translated"] for row in into), "of_translated": there,
            "inserted": sum(row["inserted"] for row in of),
            "wer": jiwer.wer([row["truth"] for row in of], [row["said"] for row in of]),
        }  # fmt: skip
        t = table[way]
        print(
            f"{way:10}{t['right']:>8} of {total:<3}{t['translated']:>9} of {there:<3}{t['inserted']:>9}{t['wer']:>9.3f}"
        )
    bare, told = ([row for row in strange if row["way"] == way] for way in ("none", "glossary"))
    wer = {
        way: jiwer.wer([r["truth"] for r in of], [r["said"] for r in of])
        for way, of in (("none", bare), ("glossary", told))
    }
    inserted = sum(row["inserted"] for row in told)
    print(
        f"without names: {length:.0f} s, {inserted} names inserted; WER {wer['none']:.3f}, with a glossary {wer['glossary']:.3f}"
    )
    ways = {
        f"{a}-{b}": enforced([one.transcript for one in every if one.lang == a][:25], a, b)
        for a, b in (("en", "pt"), ("pt", "en"))
        if (a, b) in pairs()
    }
    for pair, counts in ways.items():
        print(f"renderings {pair}: " + ", ".join(f"{way} {n}" for way, n in counts.items()))
    kept = {
        "recall doubled or complete": table["both"]["right"]
        >= min(2 * table["none"]["right"], table["both"]["of"]),
        "at most one insertion in ten minutes": inserted <= max(1.0, length / 600),
        "WER no worse than 1 %": wer["glossary"] <= 1.01 * wer["none"],
    }
    print("goals:", ", ".join(f"{goal}: {'yes' if good else 'NO'}" for goal, good in kept.items()))
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        json.dumps(
            {"goals": kept, "table": table, "strange": strange, "rows": rows, "renderings": ways}, indent=1
        )
        + "\n"
    )
    raise SystemExit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main()
