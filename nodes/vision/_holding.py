"""Holding: from signs in single pictures to gestures that last. Pure.

A sign counts when it is in most of the last looks (`sure` of `looks`), and is over when it is in fewer than half as many.
One look with a wrong label, or none, changes nothing.
"""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from pipeline.clock import Ns
from pipeline.media import Gesture


class Sign(msgspec.Struct, frozen=True):
    """What one look shows: a gesture as it would be told."""

    name: str
    by: str
    score: float = 1.0
    count: int = 0
    tip: tuple[float, float] | None = None
    towards: tuple[float, float] | None = None


class _Look(msgspec.Struct, frozen=True):
    start: Ns
    end: Ns
    sign: Sign | None


class Holding:
    """The signs of one hand or head, look after look."""

    def __init__(self, looks: int, sure: int) -> None:
        self._looks: deque[_Look] = deque(maxlen=looks)
        self._sure = sure
        self._held: Gesture | None = None

    def look(self, start: Ns, end: Ns, sign: Sign | None) -> list[Gesture]:
        """Take the next look; what began or ended with it."""
        self._looks.append(_Look(start, end, sign))
        told = self._continue(end, sign)
        counts = Counter(_what(look.sign) for look in self._looks if look.sign is not None)
        what, times = counts.most_common(1)[0] if counts else (("", 0), 0)
        if times < self._sure or (self._held is not None and _what(self._held) == what):
            return told
        return [*told, *self.stop(), self._begin(what)]

    def stop(self) -> list[Gesture]:
        """Nothing more is seen: what was held is over."""
        held, self._held = self._held, None
        return [] if held is None else [msgspec.structs.replace(held, over=True)]

    @property
    def holds(self) -> bool:
        """A gesture goes on."""
        return self._held is not None

    @property
    def idle(self) -> bool:
        """Nothing is held, and nothing was seen lately."""
        return self._held is None and all(look.sign is None for look in self._looks)

    def _begin(self, what: tuple[str, int]) -> Gesture:
        shown = [look for look in self._looks if look.sign is not None and _what(look.sign) == what]
        last = shown[-1].sign
        assert last is not None
        score = sum(look.sign.score for look in shown if look.sign) / len(shown)
        self._held = Gesture(
            last.name,
            last.by,
            shown[0].start,
            shown[-1].end,
            False,
            score,
            last.count,
            last.tip,
            last.towards,
        )
        return self._held

    def _continue(self, end: Ns, sign: Sign | None) -> list[Gesture]:
        """Follow what is held; it is over when it is hardly seen any more."""
        if self._held is None:
            return []
        what = _what(self._held)
        if sign is not None and _what(sign) == what:
            self._held = msgspec.structs.replace(self._held, end=end)
        times = sum(look.sign is not None and _what(look.sign) == what for look in self._looks)
        return self.stop() if 2 * times < self._sure else []


def _what(shown: Sign | Gesture) -> tuple[str, int]:
    """What makes two signs the same: their name, and where they are numbers the number."""
    return shown.name, shown.count if shown.name == "count" else 0
