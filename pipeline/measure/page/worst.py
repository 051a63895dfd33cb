"""Worst moments: the pieces that came latest, and the sentences that were rendered worst. Where to listen first."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pipeline.measure.page.timeline import joint
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.trace import Cut, Trace

MOST = 20  # moments of a kind


class Moment(msgspec.Struct, frozen=True):
    """A moment of a recording that is worth a look."""

    recording: str
    at_ms: float  # where it lies on the recording's time line
    size: float  # delay in s, or chrF
    text: str  # what was said
    beside: str  # why it was late; or the reference


def latest(traces: Mapping[str, Trace]) -> list[Moment]:
    """The pieces of translation whose first word came latest after its source, the latest first."""
    found = [
        Moment(
            name,
            at_ms=said[cut.first].end,
            size=max(word.out - word.end for word in said[cut.first : cut.last]) / 1000,
            text=joint(trace.translation.lang).join(word.text for word in said[cut.first : cut.last]),
            beside=_most(cut),
        )
        for name, trace in traces.items()
        for said in (trace.translation.said,)
        for cut in trace.translation.cuts
        if cut.last > cut.first
    ]
    return sorted(found, key=lambda moment: -moment.size)[:MOST]


def _most(cut: Cut) -> str:
    """The largest part of a delay, and why the piece ended where it did."""
    parts = [part for part in cut.lag_ms if part != "total"]
    most = max(parts, key=lambda part: cut.lag_ms[part], default="")
    told = f"mostly {most}, {cut.lag_ms[most] / 1000:.1f} s" if most else ""
    return "; ".join(part for part in (told, f"cut: {cut.reason}" if cut.reason else "") if part)


def weakest(evaluation: Evaluation) -> list[Moment]:
    """The reference sentences whose translation has the lowest chrF, the lowest first.

    Raises `PackageError` without sacrebleu.
    """
    lines = [line for one in evaluation.recordings for line in evaluation.measured(one.id).lines]
    found = [
        Moment(line.recording, line.sentence.start_ms, line.chrf, line.hypothesis, line.sentence.text)
        for line in lines
    ]
    return sorted(found, key=lambda moment: moment.size)[:MOST]


__all__ = ["Moment", "latest", "weakest"]
