"""How far two things that are measured together go together. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import ArrayLike

from pipeline.clock import Ns


def correlation(one: ArrayLike, other: ArrayLike) -> float | None:
    """Pearson's, -1 to 1, of two rows of values; None where one of them does not change."""
    ones, others = np.asarray(one), np.asarray(other)
    spread = ones.std() * others.std()
    if spread < 1e-9:
        return None
    return float(np.mean((ones - ones.mean()) * (others - others.mean())) / spread)


class Correlation:
    """Of two values over the last `span` of stream time."""

    def __init__(self, span: Ns) -> None:
        self._span = span
        self._pairs: deque[tuple[Ns, float, float]] = deque()  # end and values of a window

    def add(self, end: Ns, one: float, other: float) -> None:
        """Take a window; windows come in order."""
        self._pairs.append((end, one, other))
        while self._pairs[0][0] <= end - self._span:
            self._pairs.popleft()

    @property
    def value(self) -> float:
        """-1 to 1; 0 where one of them does not change."""
        _, ones, others = zip(*self._pairs, strict=True)
        return correlation(ones, others) or 0.0
