"""When the speaker talks and for how long they pause, from voice activity. Pure, flat memory."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from pipeline.clock import FOREVER, Ns, ms, seconds, to_seconds
from pipeline.media import Activity
from pipeline.packet import Packet

LIKELY = 0.5  # probability from which a window counts as talking
PAUSES = 20  # the last ones, of which the usual one is made
_SHORTEST, _LONGEST = ms(150), seconds(1.5)  # of what counts as a pause in speech
_KEPT = seconds(90)  # how far back stretches are known


class Talking:
    """The stretches in which somebody talks."""

    def __init__(self) -> None:
        self.end: Ns = -FOREVER  # stream time up to which activity came
        self._stretches: deque[tuple[Ns, Ns]] = deque()

    def add(self, window: Packet[Activity]) -> None:
        """The next window; windows come in order."""
        if window.payload.probability >= LIKELY:
            if self._stretches and window.start - self._stretches[-1][1] <= ms(1):
                self._stretches[-1] = (self._stretches[-1][0], window.end)
            else:
                self._stretches.append((window.start, window.end))
        self.end = max(self.end, window.end)
        while self._stretches and self._stretches[0][1] < self.end - _KEPT:
            self._stretches.popleft()

    def seconds(self, start: Ns, end: Ns) -> float:
        """How much of a span is talk."""
        return to_seconds(sum(max(0, min(end, b) - max(start, a)) for a, b in self._stretches))

    def usual_pause_s(self, until: Ns) -> float | None:
        """Mean of the last pauses between talk that ended before a time; None where there was none."""
        ends = [stretch for stretch in self._stretches if stretch[0] <= until]
        gaps = [after[0] - before[1] for before, after in pairwise(ends)]
        counted = [gap for gap in gaps if _SHORTEST <= gap <= _LONGEST][-PAUSES:]
        return to_seconds(sum(counted) // len(counted)) if counted else None
