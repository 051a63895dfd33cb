"""LocalAgreement: what successive hypotheses say alike is taken as said.

What it decides: how long the prefix is that the last n hypotheses share. What it must not know: sound, tokens'
meaning, whole words. Works on any sequence of comparable items.

How it works (Liu, Spanakis, Niehues: Low-latency sequence-to-sequence speech recognition and translation by partial
hypothesis selection, Interspeech 2020, section 3.2): a hypothesis for a longer stretch of sound usually corrects the
tail of the one before and leaves its beginning alone; so the common prefix of n hypotheses in a row is stable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


def common_prefix(first: Sequence[T], second: Sequence[T]) -> int:
    """How many items at the start of both are equal."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


class Agreement(Generic[T]):
    """The prefix that the last `n` hypotheses share; n of 1 believes each at once.

    Raises: ValueError for n below 1.
    """

    def __init__(self, n: int = 2) -> None:
        if n < 1:
            raise ValueError(f"agreement of {n} hypotheses; give 1 or more")
        self._past: deque[tuple[T, ...]] = deque(maxlen=n)

    def hear(self, hypothesis: Sequence[T]) -> int:
        """Add a hypothesis; how many of its items all of the last n share, 0 while there are fewer than n."""
        self._past.append(tuple(hypothesis))
        if len(self._past) < (self._past.maxlen or 1):
            return 0
        return min(common_prefix(past, hypothesis) for past in self._past)

    def advance(self, count: int) -> None:
        """Forget the first `count` items of every hypothesis: they are committed and no longer in question."""
        for _ in range(len(self._past)):
            self._past.append(self._past.popleft()[count:])

    def forget(self) -> None:
        """Begin anew: the next hypothesis is about other sound."""
        self._past.clear()
