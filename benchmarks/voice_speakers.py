"""Speakers to imitate, from a folder of media: the beginning of one utterance, with so many seconds of speech, and what else
they said.

LibriSpeech speakers with several utterances give a whole one as "other"; those with one long utterance give its
beginning as the reference and its end as "other" (`one_recording`: room and moment are the same, so every figure of
theirs is somewhat high, the goal line's too). Speakers of other languages are the prompts of a telephone switchboard.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.live_recordings import RATE_HZ, decode, manifest, media_root
from nodes._engines.voice.spectrum import without_silences
from pipeline.media import Samples

OTHERS = 6  # utterances beside the reference, at most
LEAST_S = 2.0  # of another utterance
REST_S = 5.0  # of what is left of the only utterance, at least
TELEPHONE = "a_speech/asterisk/"
READ = "f_voices/librispeech"


class Speaker(msgspec.Struct, frozen=True, eq=False):
    """Somebody to imitate."""

    name: str
    lang: str
    reference: Samples  # (n,) float32, 16 kHz
    others: list[Samples]
    band_hz: int  # up to where the recordings go
    one_recording: bool


def readers(seconds: float) -> list[Speaker]:
    """English ones, those with several utterances first."""
    root, by_name = media_root(), defaultdict(list)
    for line in manifest(root):
        if line["file"].startswith(READ):
            by_name[line["speaker"]].append(line)
    several = [_of_several(root, lines, seconds) for lines in by_name.values() if len(lines) > 2]
    single = [_of_one(root, lines[0], seconds) for lines in by_name.values() if len(lines) == 1]
    single = [speaker for speaker in single if len(speaker.others[0]) >= REST_S * RATE_HZ]
    return [*several, *single]


def foreigners(langs: list[str], seconds: float) -> list[Speaker]:
    """One for each language, in the telephone band."""
    root = media_root()
    lines = [line for line in manifest(root) if line["file"].startswith(TELEPHONE)]
    return [
        _of_several(root, [line for line in lines if line["lang"] == lang], seconds)
        for lang in langs
        if any(line["lang"] == lang for line in lines)
    ]


def _of_several(root: Path, lines: list[dict[str, Any]], seconds: float) -> Speaker:
    enough = [line for line in lines if line["seconds"] >= seconds]
    chosen = (
        min(enough, key=lambda line: line["seconds"])
        if enough
        else max(lines, key=lambda line: line["seconds"])
    )
    rest = [line for line in lines if line is not chosen and line["seconds"] >= LEAST_S]
    rest.sort(key=lambda line: abs(line["seconds"] - seconds))
    others = [decode(root / line["file"]) for line in rest[:OTHERS]]
    [reference, _] = _cut(decode(root / chosen["file"]), seconds)
    return _speaker(chosen, reference, others, one_recording=False)


def _of_one(root: Path, line: dict[str, Any], seconds: float) -> Speaker:
    reference, rest = _cut(decode(root / line["file"]), seconds)
    return _speaker(line, reference, [rest], one_recording=True)


def _cut(sound: Samples, seconds: float) -> list[Samples]:
    """A beginning with so much speech, or all of it; and the rest."""
    length = round(seconds * RATE_HZ)
    ends = range(length, len(sound), RATE_HZ // 10)
    end = next((end for end in ends if len(without_silences(sound[:end], RATE_HZ)) >= length), len(sound))
    return np.split(sound, [end])


def _speaker(
    line: dict[str, Any], reference: Samples, others: list[Samples], *, one_recording: bool
) -> Speaker:
    band_hz = 4000 if "8000Hz" in line["audio"] else RATE_HZ // 2
    return Speaker(line["speaker"], line["lang"], reference, others, band_hz, one_recording)
