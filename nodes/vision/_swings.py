"""Swings: how often something went to and fro lately. A wave, a nod and a shake of the head are swings. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clock import Ns


class Swings:
    """Counts swings of at least `least` within the last `span` of stream time."""

    def __init__(self, span: Ns, least: float) -> None:
        self._span = span
        self._least = least
        self._seen: deque[tuple[Ns, float]] = deque()

    def add(self, at: Ns, value: float) -> None:
        """Take the next value; values come in order."""
        self._seen.append((at, value))
        while self._seen[0][0] <= at - self._span:
            self._seen.popleft()

    @property
    def since(self) -> Ns | None:
        """When what is counted began; None when nothing was seen."""
        return self._seen[0][0] if self._seen else None

    def count(self) -> tuple[int, float]:
        """How many swings, and how far they went together."""
        lengths = [abs(b - a) for a, b in pairwise(turns([value for _, value in self._seen], self._least))]
        whole = [length for length in lengths if length >= self._least]
        return len(whole), sum(whole)


def turns(values: Sequence[float], least: float) -> list[float]:
    """The values at which a series turns back by at least `least`, with its first and its last extreme."""
    if not values:
        return []
    found, up = [values[0]], None
    for value in values[1:]:
        further = up is None or (value > found[-1]) == up
        if further and value != found[-1]:
            if up is None and abs(value - found[-1]) >= least:
                up = value > found[-1]
                found.append(value)
            elif up is not None:
                found[-1] = value
        elif not further and abs(value - found[-1]) >= least:
            found.append(value)
            up = not up
    return found
