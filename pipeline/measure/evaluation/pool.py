"""Pool: the recordings of an evaluation put together, as sums over sentences, so that chance can be told from change.

Decides: what is drawn anew for which score: the sentences of the references for quality and for long-form latency,
whole recordings for all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from pipeline.measure.confidence import Interval, Paired, Table, interval, mean_table, paired
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.scores.score import Line, Measured, total
from pipeline.measure.text import quality

Over: TypeAlias = Literal["sentences", "recordings"]
LEAST: dict[Over, int] = {"sentences": 10, "recordings": 5}  # drawing anew from fewer says nothing


class Pool(msgspec.Struct, frozen=True):
    """The recordings of an evaluation that are compared, measured."""

    measured: tuple[Measured, ...]
    values: dict[str, float]  # scores of all together
    each: dict[str, dict[str, float]]  # scores of each, by its id

    @property
    def lines(self) -> list[Line]:
        """The sentences of all."""
        return [line for one in self.measured for line in one.lines]


class Sample(msgspec.Struct, frozen=True):
    """What a score is a function of."""

    over: Over
    table: Table
    values: tuple[float | None, ...] | None = None  # where the score is their mean


def pool(evaluation: Evaluation, ids: Sequence[str]) -> Pool:
    """Some recordings of an evaluation, scored together."""
    measured = tuple(evaluation.measured(id_) for id_ in ids)
    each = {id_: evaluation.scores[id_].values for id_ in ids}
    return Pool(measured, total(measured).values | evaluation.of_runs(ids), each)


def sample(key: str, of: Pool) -> Sample | None:
    """What is drawn anew for a score; None where there is nothing."""
    lines = of.lines
    if key not in of.values or not lines:
        return None
    said, wanted = [line.hypothesis for line in lines], [line.reference for line in lines]
    if key == "chrf":
        return Sample("sentences", quality.chrf_table(said, wanted))
    if key == "bleu":
        return Sample("sentences", quality.bleu_table(said, wanted, of.measured[0].recording.to))
    if any(key in line.lags for line in lines):
        return _mean("sentences", [line.lags.get(key) for line in lines])
    return _mean("recordings", [values.get(key) for values in of.each.values()])


def _mean(over: Over, values: Sequence[float | None]) -> Sample:
    return Sample(over, mean_table(values), tuple(values))


def confidence(key: str, of: Pool) -> Interval | None:
    """A score and its bounds; None where there is too little to draw from."""
    found = sample(key, of)
    if found is None or _drawn(found.table, found.values) < LEAST[found.over]:
        return None
    return interval(found.table)


def _drawn(table: Table, values: Sequence[float | None] | None) -> int:
    """How many sentences or recordings have the score."""
    return len(table.rows) if values is None else sum(value is not None for value in values)


def difference(key: str, a: Pool, b: Pool) -> tuple[Paired, str] | None:
    """How far b is from a, and over what: `42 sentences`; None where it cannot be told.

    A sentence that has no delay in one of them, because nothing was said of it in time, counts in neither.
    """
    one, other = sample(key, a), sample(key, b)
    if one is None or other is None or one.over != other.over:
        return None
    left, right = one.table, other.table
    if one.values is not None and other.values is not None:
        both = [
            (x, y) for x, y in zip(one.values, other.values, strict=True) if x is not None and y is not None
        ]
        left, right = (mean_table([pair[side] for pair in both]) for side in (0, 1))
    if len(left.rows) < LEAST[one.over]:
        return None
    found = paired(left, right)
    return None if found is None else (found, f"{len(left.rows)} {one.over}")


__all__ = ["Pool", "Sample", "confidence", "difference", "pool", "sample"]
