"""Gaps: the silences between pieces of translated speech, and pieces that sound at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.measure.trace import Piece


class Gaps(msgspec.Struct, frozen=True):
    """Silences between intervals of speech, and how much of the intervals overlapped; milliseconds."""

    total: float
    count: int
    overlap: float

    @property
    def mean(self) -> float:
        """The mean silence, ms; 0 where there is none."""
        return self.total / self.count if self.count else 0.0


def queued(delays: Sequence[float], durations: Sequence[float]) -> list[tuple[float, float]]:
    """Start and duration of each interval, ms, played one after another: none before it is there.

    Start_i = max(delay_i, end_(i-1)). For logs that say when speech was there and not when it played.
    """
    found, end = [], float("-inf")
    for delay, duration in zip(delays, durations, strict=True):
        start = max(delay, end)
        found.append((start, duration))
        end = start + duration
    return found


def played(pieces: Iterable[Piece]) -> list[tuple[float, float]]:
    """Start and duration of each piece as it played, ms."""
    return [(piece.plays_at, piece.duration) for piece in pieces]


def gaps(intervals: Iterable[tuple[float, float]]) -> Gaps:
    """The silences between intervals of (start, duration), and their overlap: Sum, Num and Ave of the discontinuity.

    Ma et al. 2020 (arXiv:2007.16193); what comes before the first and after the last interval is an offset, no gap.
    """
    total, count, overlap = 0.0, 0, 0.0
    end: float | None = None
    for start, duration in sorted(intervals):
        if end is not None and start > end:
            total, count = total + start - end, count + 1
        elif end is not None:
            overlap += min(end, start + duration) - start
        end = start + duration if end is None else max(end, start + duration)
    return Gaps(total, count, overlap)
