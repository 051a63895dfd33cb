"""Utterances: sound and voice activity, cut into windows in which somebody is heard.

Decides: the grid of blocks and windows that everything after it counts in, and where an utterance begins and ends.
The grid is counted in samples from the first one of an unbroken stream, so it does not depend on how sound is cut into
packets. Knows nothing of voices.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from pipeline.clock import Ns, sample_index, sample_time
from pipeline.media import Activity, AudioFrame, Samples
from pipeline.packet import Packet

RATE_HZ = 16_000
BLOCK = 1600  # samples: 100 ms
WINDOW = 16  # blocks in which a voice is heard: 1.6 s
STRIDE = 8  # blocks between two windows: 0.8 s
BEFORE = 2  # blocks before activity that belong to the utterance
FEWEST = 4  # blocks at the end of an utterance from which they get a window of their own
TOLERANCE = 16  # samples by which a packet may be off without breaking the stream


class Window(msgspec.Struct, frozen=True, eq=False):
    """The last 1.6 s of an utterance that goes on, or is just over."""

    samples: Samples  # (WINDOW * BLOCK,) float32, 16 kHz
    start: Ns
    end: Ns  # when it was known
    first: bool  # of its utterance
    new: Samples  # (n,) float32: the end of `samples`, which no window before it held


class Over(msgspec.Struct, frozen=True):
    """An utterance is over."""

    end: Ns  # when that was known


class Utterances:
    """Packets in; windows out, and the ends of utterances."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)  # (n,) with n < BLOCK
        self._next: int | None = None  # index of the first sample of `_rest`, or of the one to come
        self._activity: deque[Packet[Activity]] = deque()
        self._blocks: deque[Samples] = deque(maxlen=WINDOW)
        self._count = 0  # blocks of the utterance that goes on; 0: there is none
        self._seen = 0  # of them, in a window
        self._end: Ns = 0  # of the last block

    def hear(
        self, audio: Packet[AudioFrame], activity: Sequence[Packet[Activity]]
    ) -> Iterator[Window | Over]:
        """What this sound completes; `activity` is all that overlaps it."""
        known = self._activity[-1].start if self._activity else None
        self._activity.extend(packet for packet in activity if known is None or packet.start > known)
        first = sample_index(audio.start, RATE_HZ)
        expected = first if self._next is None else self._next + len(self._rest)
        if self._next is None or audio.lost or abs(first - expected) > TOLERANCE:
            yield from self.stop(audio.start)
            self._blocks.clear()
            self._rest, self._next = self._rest[:0], first
        sound, begin = np.concatenate([self._rest, audio.payload.samples]), self._next
        whole = len(sound) // BLOCK * BLOCK
        self._rest, self._next = sound[whole:], begin + whole
        for at in range(0, whole, BLOCK):
            yield from self._hear(sound[at : at + BLOCK], begin + at)

    @property
    def held_since(self) -> Ns | None:
        """Nothing that comes of the utterance that goes on is known before this; None where there is none."""
        return self._end if self._count else None

    def _hear(self, block: Samples, index: int) -> Iterator[Window | Over]:
        start, end = sample_time(index, RATE_HZ), sample_time(index + BLOCK, RATE_HZ)
        speaking = self._speaking(start, end)
        if not speaking:
            yield from self.stop(end)
        elif not self._count:
            self._blocks = deque(list(self._blocks)[-BEFORE:], WINDOW)
            self._count = len(self._blocks)
        self._blocks.append(block)
        self._end = end
        self._count += speaking
        if speaking and self._count >= WINDOW and (self._count - WINDOW) % STRIDE == 0:
            yield self._window(end)

    def _speaking(self, start: Ns, end: Ns) -> bool:
        """Whether activity says so anywhere in a block."""
        while self._activity and self._activity[0].end <= start:
            self._activity.popleft()
        return any(window.payload.speaking for window in self._activity if window.start < end)

    def stop(self, at: Ns) -> Iterator[Window | Over]:
        """The utterance that goes on is over, as is known at `at`: its last window, where enough of it is new."""
        if not self._count:
            return
        if self._count >= WINDOW and self._count - self._seen >= FEWEST:
            yield self._window(at)
        self._count = self._seen = 0
        yield Over(at)

    def _window(self, at: Ns) -> Window:
        new = self._count - self._seen
        first, self._seen = not self._seen, self._count
        blocks = list(self._blocks)
        start = self._end - sample_time(WINDOW * BLOCK, RATE_HZ)
        return Window(np.concatenate(blocks), start, at, first, np.concatenate(blocks[-new:]))
