"""Is it understood: each language spoken by every voice at hand and heard again by whisper-base; characters wrong.

    python -m benchmarks.bench_spoken [--langs TAG ...] [--voices NODE ...] [--write] [--json FILE]

The sentences are in spoken_sentences.toml: the languages that LiveTranslate speaks first, then others. A figure speaks of
voice and recogniser together. `--write` puts the figures into pipeline/languages.toml, where the house takes the quality
of a voice from; a figure above 0.5 makes a voice `broken`, and every other voice comes before it.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from faster_whisper import WhisperModel

from pipeline import models, resolve, routes
from pipeline.clock import stopwatch_ns
from pipeline.errors import DragomanError
from pipeline.languages import canonical, code, languages, of_service, quality
from pipeline.measure.text.quality import cer
from pipeline.media import Samples, Text
from pipeline.testing import feed, text, words

SENTENCES = Path(__file__).with_name("spoken_sentences.toml")
TABLE = Path(routes.__file__).with_name("languages.toml")
RATE_HZ = 16_000  # of what Whisper hears
BREATH_S = 0.5  # silence before and after a sentence
MOST_TOKENS = 120  # of what is heard at once
GROUPS = (slice(0, 3), slice(3, 6), slice(6, 10))  # sentences heard at once: Whisper likes some length
STYLE = {"zh": "以下是普通话的句子。"}  # said before, so that the script is that of the sentences


def spoken(node: str, lang: str, sentences: Sequence[str]) -> list[Samples]:
    """Each sentence as a voice speaks it: (n,) float32, 16 kHz."""
    said = []
    for sentence in sentences:
        found = feed(resolve.node_class(node)(lang=lang), text(Text(words(sentence), "", lang))).speech
        parts = [packet.payload for packet in found]
        rates = {part.rate_hz for part in parts}
        sound = np.concatenate([part.samples for part in parts]) if parts else np.zeros(0, np.float32)
        said.append(np.asarray(soxr.resample(sound, rates.pop() if rates else RATE_HZ, RATE_HZ), np.float32))
    return said


def heard(model: Any, sounds: Sequence[Samples], lang: str) -> str:
    """What the recogniser understands of a few sentences, with a breath before, between and after them."""
    breath = np.zeros(int(BREATH_S * RATE_HZ), np.float32)
    segments, _ = model.transcribe(
        np.concatenate([breath, *(part for sound in sounds for part in (sound, breath))]),
        language=code("whisper", lang),
        beam_size=5,
        temperature=0.0,
        max_new_tokens=MOST_TOKENS,
        initial_prompt=STYLE.get(code("whisper", lang)),
    )
    return " ".join(segment.text.strip() for segment in segments)


def wrong(said: str, *ways: Sequence[str]) -> float:
    """Share of characters wrong, by the way of writing the sentences that is nearest.

    At most 1: what is not understood at all may be written down as any length of nonsense.
    """
    scores = [cer([said], [" ".join(sentences)]) for sentences in ways]
    return min(1.0, *(score.value for score in scores if score is not None))


def measured(model: Any, lang: str, node: str, ways: Sequence[Sequence[str]]) -> dict[str, Any]:
    """One voice of one language; the sentences in the first way of writing them are spoken."""
    begun = stopwatch_ns()
    try:
        sounds = spoken(node, lang, ways[0])
    except DragomanError as error:
        return {"lang": lang, "voice": node, "error": str(error)}
    speaking_s = (stopwatch_ns() - begun) / 1e9
    said = [heard(model, sounds[group], lang) for group in GROUPS]
    share = round(
        float(np.mean([wrong(one, *(way[g] for way in ways)) for one, g in zip(said, GROUPS, strict=True)])),
        2,
    )
    seconds = sum(len(sound) for sound in sounds) / RATE_HZ
    return {
        "lang": lang, "voice": node, "cer": share, "quality": quality(share),
        "seconds": round(seconds, 1), "speaking_s": round(speaking_s, 1), "silent": sum(not len(s) for s in sounds),
        "heard": said,
    }  # fmt: skip


def rows(langs: Sequence[str], nodes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every voice at hand of each language."""
    sentences = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    model = WhisperModel(
        str(models.ensure(routes.RECOGNISER)), device="cpu", compute_type="int8", cpu_threads=1
    )
    tags = [tag for tag in sentences if tag == canonical(tag)]
    for lang in (
        map(canonical, langs)
        if langs
        else sorted(tags, key=lambda tag: (tag not in of_service("speech"), tag))
    ):
        at_hand = [one.node for one in routes.speakers(lang) if not one.needs]
        for node in at_hand:
            if not nodes or node in nodes:
                yield measured(
                    model, lang, node, [sentences[tag] for tag in sentences if canonical(tag) == lang]
                )
        if not at_hand:
            yield {"lang": lang, "voice": "", "error": "nothing speaks it"}


def write(found: Sequence[dict[str, Any]]) -> None:
    """Put the figures into the table of languages, beside those of voices that were not measured now."""
    table = TABLE.read_text(encoding="utf-8")
    for lang in {row["lang"] for row in found if "cer" in row}:
        new = {
            row["voice"].partition(".")[2]: row["cer"]
            for row in found
            if row["lang"] == lang and "cer" in row
        }
        kept = {**languages()[lang].cer, **new}
        figures = ", ".join(f"{voice} = {share:.2f}" for voice, share in sorted(kept.items()))
        line = re.search(rf"(?m)^{lang} = \{{.*\}}$", table)
        assert line is not None
        plain = re.sub(r", cer = \{[^}]*\}", "", line[0])
        table = table.replace(line[0], f"{plain[:-2]}, cer = {{ {figures} }} }}")
    TABLE.write_text(table, encoding="utf-8")


def main() -> None:
    """Print a line for each voice, and those that nobody understands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--langs", nargs="*", default=[], help="BCP 47; all that there are sentences for")
    parser.add_argument("--voices", nargs="*", default=[], help="nodes that speak; all that are at hand")
    parser.add_argument("--write", action="store_true", help="put the figures into pipeline/languages.toml")
    parser.add_argument("--json", default="out/bench/spoken.json")
    given = parser.parse_args()
    print(f"{'language':20}{'voice':14}{'CER':>6}  {'quality':10}{'speech':>8}{'silent':>8}")
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    found = []
    for row in rows(given.langs, given.voices):
        found.append(row)
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        name = f"{row['lang']} {languages()[row['lang']].name}"
        figures = row.get("error") or (
            f"{row['cer']:6.2f}  {row['quality']:10}{row['seconds']:7.1f}s{row['silent']:8}"
        )
        print(f"{name:20}{row['voice']:14}{figures}", flush=True)
    broken = [f"{row['lang']} by {row['voice']}" for row in found if row.get("quality") == "broken"]
    print(f"broken (CER above 0.5): {', '.join(broken) or 'none'}")
    if given.write:
        write(found)


if __name__ == "__main__":
    main()
