"""Scores of a live run by pipeline.measure: LongYAAL, p50 and p95 of a word's delay, chrF, growth of the lag; seconds."""

from __future__ import annotations

import msgspec
import numpy as np

from benchmarks.live_recordings import Recording
from pipeline.measure import recording as measured
from pipeline.measure.metrics import word_delay
from pipeline.measure.scores import longform
from pipeline.measure.text import quality
from pipeline.measure.trace import Said


class Timed(msgspec.Struct, frozen=True):
    """One output word: when it came out, and the end of the source that it renders; seconds."""

    text: str
    out_s: float
    heard_s: float


def chrf(hypothesis: str, reference: str) -> float:
    """chrF2 of a whole recording."""
    return quality.chrf([hypothesis], [reference]).value


def long_yaal(said: list[Timed], recording: Recording) -> float:
    """LongYAAL with compute and queueing: by the times at which words really came out."""
    sentences = tuple(
        measured.Sentence(segment.reference.replace("\n", " "), segment.start_s * 1000, segment.end_s * 1000)
        for segment in recording.segments
    )
    fields = (recording.name, recording.path, recording.from_, recording.to, recording.seconds)
    return (
        longform.long_scores(measured.Recording(*fields, sentences), _said(said), "queue")["long_yaal"] / 1000
    )


def delay(said: list[Timed], percent: float) -> float:
    """Percentile of the time from the end of a word's source to the moment at which it came out."""
    return float(np.percentile(word_delay.word_delays(_said(said)), percent)) / 1000 if said else float("nan")


def growth(said: list[Timed]) -> float:
    """Mean lag of the last minute less that of the first; 0 where all came within a minute."""
    return (word_delay.growth(_said(said)) or 0.0) / 1000


def _said(said: list[Timed]) -> list[Said]:
    return [
        Said(word.text, word.out_s * 1000, 0.0, word.out_s * 1000, word.heard_s * 1000, word.heard_s * 1000)
        for word in said
    ]
