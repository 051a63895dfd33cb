"""Confidence: how far a score would move with other sentences, and whether two systems differ by more than that.

Scores of a whole corpus (BLEU, chrF, a mean latency) are all functions of sums over sentences. A `Table` keeps what is
summed, so drawing sentences anew a thousand times costs one product of matrices. The seed is fixed: the same data
always give the same interval.

What it cannot know: sentences of one recording are alike (one voice, one topic), so with few recordings the true
uncertainty is larger than it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

SEED = 20_260
RESAMPLES = 1000
LEVEL = 0.95

Array = npt.NDArray[np.float64]


class Table(msgspec.Struct, frozen=True):
    """What a score is made of: a row of sums for each sentence, and the score of their total."""

    rows: Array  # (sentences, sums) float64
    score: Callable[[Array], float]  # of (sums,) float64; nan where it is not defined

    @property
    def value(self) -> float:
        """The score of all sentences."""
        return self.score(self.rows.sum(axis=0))


class Interval(msgspec.Struct, frozen=True):
    """A score and the bounds within which it lies for 95 of 100 draws of sentences."""

    value: float
    low: float
    high: float


class Paired(msgspec.Struct, frozen=True):
    """How much b is above a on the same sentences, its bounds, and how likely so much is by chance (two-sided)."""

    difference: float
    low: float
    high: float
    p: float


def mean_table(values: Sequence[float | None]) -> Table:
    """The table of a mean; None is a sentence that has no value and does not count."""
    rows = [(0.0, 0.0) if value is None else (value, 1.0) for value in values]
    return Table(np.asarray(rows, np.float64).reshape(-1, 2), _mean)


def interval(
    table: Table, *, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval | None:
    """Percentile bootstrap (Efron 1979) over sentences; None where there is nothing to score."""
    if not len(table.rows) or np.isnan(table.value):
        return None
    low, high = _bounds(_scores(table, _draws(len(table.rows), resamples, seed)), level)
    return Interval(table.value, low, high)


def paired(
    a: Table, b: Table, *, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = SEED
) -> Paired | None:
    """Paired bootstrap: both systems on the same draws of sentences; None where one has nothing to score.

    Koehn 2004 (EMNLP, Statistical Significance Tests for Machine Translation Evaluation); p by the share of draws whose
    difference is as far from the mean difference as the measured one is from none, as sacrebleu has it.

    Raises `ValueError` when the tables are not of the same number of sentences.
    """
    if len(a.rows) != len(b.rows):
        raise ValueError(
            f"paired: {len(a.rows)} and {len(b.rows)} sentences; compare systems on the same sentences"
        )
    difference = b.value - a.value if len(a.rows) else float("nan")
    if np.isnan(difference):
        return None
    draws = _draws(len(a.rows), resamples, seed)
    found = _scores(b, draws) - _scores(a, draws)
    low, high = _bounds(found, level)
    by_chance = np.abs(found - np.nanmean(found))
    p = (int(np.sum(by_chance >= abs(difference))) + 1) / (resamples + 1)
    return Paired(difference, low, high, 1.0 if difference == 0 else p)


def _mean(sums: Array) -> float:
    return float(sums[0] / sums[1]) if sums[1] else float("nan")


def _draws(sentences: int, resamples: int, seed: int) -> Array:
    """(resamples, sentences) float64: how often each sentence is drawn."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(sentences, np.full(sentences, 1 / sentences), size=resamples).astype(np.float64)


def _scores(table: Table, draws: Array) -> Array:
    """(resamples,) float64: the score of each draw."""
    return np.asarray([table.score(sums) for sums in draws @ table.rows])


def _bounds(scores: Array, level: float) -> tuple[float, float]:
    low, high = np.nanquantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
