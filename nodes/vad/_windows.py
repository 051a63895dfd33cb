"""Windows: a stream of sound cut into windows of one size, however the stream itself was cut into packets.

Decides: where each window lies in stream time, and when a stream is broken. Knows nothing of speech.

Windows are counted in samples from the first sample of an unbroken stretch, so their times never drift. A packet
that is lost, or one that starts elsewhere than where the last one ended, breaks the stretch: what does not fill
a window is let go, and counting starts anew at that packet.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from pipeline.clock import Ns, sample_index, sample_time
from pipeline.media import AudioFrame, Samples
from pipeline.packet import Packet

TOLERANCE_MS = 1  # sources that round their times are not broken


class Window(msgspec.Struct, frozen=True, eq=False):
    """One window of sound; `fresh` when what came before it does not join up."""

    samples: Samples  # (size,) float32, full scale ±1.0
    start: Ns
    end: Ns
    fresh: bool


class Windows:
    """Cuts packets into windows of `size` samples."""

    def __init__(self, size: int, rate_hz: int = 16_000) -> None:
        self._size = size
        self._rate_hz = rate_hz
        self._rest: Samples = np.zeros(0, np.float32)  # (n,) with n < size, what waits for its window to fill
        self._next: int | None = None  # index of the first sample of `_rest`, or of the one to come
        self._fresh = True  # no window of this stretch has been told yet

    def cut(self, packet: Packet[AudioFrame]) -> Iterator[Window]:
        """The windows that this packet completes."""
        first = sample_index(packet.start, self._rate_hz)
        if self._next is None or packet.lost or self._jumps(first, self._next + len(self._rest)):
            self._rest, self._next, self._fresh = self._rest[:0], first, True
        sound = np.concatenate([self._rest, packet.payload.samples])
        whole = len(sound) // self._size * self._size
        begin, fresh = self._next, self._fresh
        self._rest, self._next = sound[whole:], begin + whole
        self._fresh = fresh and not whole
        for at in range(0, whole, self._size):
            start, end = begin + at, begin + at + self._size
            yield Window(
                sound[at : at + self._size],
                sample_time(start, self._rate_hz),
                sample_time(end, self._rate_hz),
                fresh and at == 0,
            )

    def _jumps(self, first: int, expected: int) -> bool:
        return abs(first - expected) > TOLERANCE_MS * self._rate_hz // 1000

    @property
    def held_since(self) -> Ns | None:
        """Start of the window that is not full yet; None when nothing waits."""
        return sample_time(self._next, self._rate_hz) if self._next is not None and len(self._rest) else None
