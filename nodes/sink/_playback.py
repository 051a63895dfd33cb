"""Sound between a graph that makes it in pieces and a device that takes it in blocks. Safe for threads.

The graph puts pieces in and waits while `capacity_s` of sound is there; the device takes blocks and gets silence
where nothing is there. If the device takes nothing for `PATIENCE_S`, putting fails instead of hanging.
"""

from __future__ import annotations

import threading
from collections import deque
from functools import partial

import numpy as np

from pipeline.media import Samples

PATIENCE_S = 5.0


class Playback:
    """A bounded queue of samples; see the head of this file."""

    def __init__(self, rate_hz: int, capacity_s: float) -> None:
        self.rate_hz = rate_hz
        self._room = round(rate_hz * capacity_s)
        self._pieces: deque[Samples] = deque()
        self._count = 0  # samples that wait
        self._changed = threading.Condition()

    def put(self, samples: Samples) -> bool:
        """Add samples, when less than the capacity waits; False when nobody takes any."""
        with self._changed:
            if not self._wait(self._room):
                return False
            self._pieces.append(samples)
            self._count += len(samples)
            return True

    def drain(self) -> bool:
        """Wait until everything was taken; False when nobody takes any."""
        with self._changed:
            return self._wait(1)

    def take(self, count: int) -> Samples:
        """The next samples, (count,) float32, filled up with silence. Never waits."""
        block = np.zeros(count, np.float32)
        filled = 0
        with self._changed:
            while filled < count and self._pieces:
                piece = self._pieces.popleft()
                part = piece[: count - filled]
                block[filled : filled + len(part)] = part
                filled += len(part)
                if len(part) < len(piece):
                    self._pieces.appendleft(piece[len(part) :])
            self._count -= filled
            self._changed.notify_all()
        return block

    def _wait(self, below: int) -> bool:
        """Wait until fewer than `below` samples are there; False when none is taken for too long."""
        while (before := self._count) >= below:
            if not self._changed.wait_for(partial(self._fewer_than, before), PATIENCE_S):
                return False
        return True

    def _fewer_than(self, count: int) -> bool:
        return self._count < count
