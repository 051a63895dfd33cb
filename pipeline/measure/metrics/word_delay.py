"""Word delay: how late each word came, counted from the end of what it renders. What people who watch a speaker notice.

The field's metrics compare with an even pace, since texts from elsewhere do not say which source a word renders. Ours
do, so here a delay is that of the word itself: no pace, no reference, no alignment.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.measure.trace import Said

MINUTE_MS = 60_000.0


def word_delays(said: Sequence[Said]) -> list[float]:
    """For each unit, ms from the end of the source it renders to the moment at which it came, with queueing."""
    return [unit.out - unit.end for unit in said]


def growth(said: Sequence[Said]) -> float | None:
    """Mean delay of the words of the last minute less that of the first, ms: above 0 the interpreter falls behind.

    None where all words came within a minute; under two minutes both have words in common.
    """
    if not said or said[-1].out - said[0].out <= MINUTE_MS:
        return None
    first = [unit for unit in said if unit.out <= said[0].out + MINUTE_MS]
    last = [unit for unit in said if unit.out >= said[-1].out - MINUTE_MS]
    return _mean(word_delays(last)) - _mean(word_delays(first))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
