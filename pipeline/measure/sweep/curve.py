"""Sweep: the same recordings under many settings: quality against latency, with confidence.

Decides: on which recordings points are compared (those that every point has), and which points nothing beats (the
Pareto front). Every point is an evaluation in a folder of its own, so a sweep that was stopped goes on where it was, and
one that is given more values only runs what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from pipeline.errors import InputError
from pipeline.measure.confidence import Interval
from pipeline.measure.evaluation import evaluate
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.evaluation.pool import confidence, pool
from pipeline.measure.scores.evaluation import SLOWED, Evaluation
from pipeline.measure.scores.labels import metric
from pipeline.measure.sweep.choice import Chosen, choose, plan_at
from pipeline.measure.sweep.points import Point, Vary, points

Tell: TypeAlias = Callable[[str], None]
Evaluate: TypeAlias = Callable[[Plan], Evaluation]


class Row(msgspec.Struct, frozen=True):
    """A point and what came of it, over the recordings that every point has."""

    point: Point
    folder: str  # of its evaluation, inside the sweep's
    default: bool = False
    values: dict[str, float] = {}
    quality: Interval | None = None
    latency: Interval | None = None
    front: bool = False  # no other point is as good and sooner
    why: str = ""  # why there is nothing


class Sweep(msgspec.Struct, frozen=True):
    """A sweep that was run."""

    folder: Path
    about: dict[str, Any]  # of its first evaluation
    quality: str  # key of the score up the page
    latency: str  # key of the score across the page
    rows: tuple[Row, ...]
    recordings: tuple[str, ...]  # that every point has
    notes: tuple[str, ...] = ()  # points that were not run as asked, scores that are absent, and why
    lost: tuple[str, ...] = ()  # recordings that are in no score, and why

    @property
    def keys(self) -> list[str]:
        """The settings that were varied."""
        return list(dict.fromkeys(key for row in self.rows for key in row.point.changes))


def run(
    plan: Plan,
    varied: Sequence[Vary],
    *,
    one_at_a_time: bool = False,
    quality: str = "chrf",
    latency: str = "long_yaal_ms_queue",
    tell: Tell = lambda _: None,
    evaluated: Evaluate = evaluate.run,
) -> Sweep:
    """Evaluate every point, in folders under that of the plan. `tell` is told what is done next.
    `evaluated` may show how far an evaluation is.

    Raises `InputError` before anything runs where a setting fits no graph, or where only some recordings have it.
    """
    chosen, notes = choose(plan, points(varied, one_at_a_time=one_at_a_time))
    done: list[tuple[Chosen, Evaluation]] = []
    for number, one in enumerate(chosen, 1):
        tell(f"point {number} of {len(chosen)}: {one.point.name}{' (the default)' * one.default}")
        done.append((one, evaluated(plan_at(plan, one.point, plan.out / one.folder))))
    return summary(plan.out, done, notes, quality, latency)


def summary(
    folder: Path, done: Sequence[tuple[Chosen, Evaluation]], notes: Sequence[str], quality: str, latency: str
) -> Sweep:
    """The rows of a sweep, over the recordings that every point has which has any.

    Raises `InputError` where no point has a recording that could be scored.
    """
    there = [found for _, found in done if found.recordings]
    if not there:
        why = next((one.why for _, found in done for one in found.left_out), "no recordings")
        raise InputError(f"{folder}: nothing could be scored at any point: {why}")
    every = list(dict.fromkeys(one.id for found in there for one in found.recordings))
    common = [id_ for id_ in every if all(id_ in found.traces for found in there)]
    lost = {one.why: None for _, found in done for one in found.left_out}
    rows = [_row(one, found, common, quality, latency) for one, found in done]
    front = _with_front(rows, quality, latency)
    absent = [_absent(key, there) for key in (quality, latency) if not any(key in row.values for row in rows)]
    slowed = [f"{one.point.name}: {found.total.notes[SLOWED]}" for one, found in done if found.busy]
    told = (*notes, *absent, *slowed)
    return Sweep(folder, there[0].about, quality, latency, front, tuple(common), told, tuple(lost))


def _absent(key: str, there: Sequence[Evaluation]) -> str:
    why = next((found.total.notes[key] for found in there if key in found.total.notes), "not scored")
    return f"{key}: no point has it ({why}); draw another score with --x or --y"


def _row(one: Chosen, found: Evaluation, common: Sequence[str], quality: str, latency: str) -> Row:
    if not found.recordings:
        why = next((lost.why for lost in found.left_out), "no recordings")
        return Row(one.point, one.folder, one.default, why=why)
    both = pool(found, common)
    up, across = (confidence(key, both) for key in (quality, latency))
    return Row(one.point, one.folder, one.default, both.values, up, across)


def _with_front(rows: Sequence[Row], quality: str, latency: str) -> tuple[Row, ...]:
    """The rows with those marked that no other beats in both scores."""
    signs = [1.0 if metric(key).better == "more" else -1.0 for key in (quality, latency)]
    goods = [
        tuple(sign * row.values[key] for sign, key in zip(signs, (quality, latency), strict=True))
        if quality in row.values and latency in row.values
        else None
        for row in rows
    ]
    beaten = [
        good is None or any(_beats(other, good) for other in goods if other is not None) for good in goods
    ]
    return tuple(
        msgspec.structs.replace(row, front=not is_beaten) for row, is_beaten in zip(rows, beaten, strict=True)
    )


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


__all__ = ["Row", "Sweep", "run", "summary"]
