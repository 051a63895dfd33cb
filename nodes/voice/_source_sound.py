"""The speaker's sound of the last minute and its pitch, by stream time. Flat memory.

Decides: where samples stand, whatever they were cut into. Pitch is found block by block as sound comes, so that it is
there when a piece of speech asks for it; a block begins at a multiple of BLOCK from the first sample.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.voice.pitch import HOP, curve
from pipeline.clock import FOREVER, SECOND, Ns, ms, sample_index, sample_time, seconds
from pipeline.media import Floats, Samples

RATE_HZ = 16_000
BLOCK = 64 * HOP  # samples, 1.024 s
KEPT = 64  # blocks
LONGEST_GAP_S = 30.0  # a longer one begins anew
_SEAM: Ns = ms(1)  # sound that starts this near to where it should follows what was before
_QUIET = 1e-3  # peak of a block in which no voice is looked for, -60 dBFS


class SourceSound:
    """Samples (n,) float32 at RATE_HZ and their pitch, since at most KEPT blocks."""

    def __init__(self, with_pitch: bool) -> None:
        self._with_pitch = with_pitch
        self._begin(None)

    def _begin(self, base: Ns | None) -> None:
        self._base = base  # stream time of the first sample
        self._blocks: dict[int, Samples] = {}
        self._pitch: dict[int, Floats] = {}
        self._rest = np.zeros(0, np.float32)  # behind the last whole block
        self._whole = 0  # blocks before it

    @property
    def end(self) -> Ns:
        """Stream time up to which sound came."""
        return -FOREVER if self._base is None else self._base + sample_time(self._count, RATE_HZ)

    def add(self, start: Ns, samples: Samples) -> None:
        """Sound that starts at a time; what is missing before it counts as silence, what overlaps is left out."""
        if start - self.end > seconds(LONGEST_GAP_S):
            self._begin(start)
        ahead = start - self.end
        missing = 0 if abs(ahead) <= _SEAM else round(ahead * RATE_HZ / SECOND)
        parts = [self._rest, np.zeros(max(0, missing), np.float32), samples[max(0, -missing) :]]
        self._rest = np.concatenate(parts)
        while len(self._rest) >= BLOCK:
            block, self._rest = self._rest[:BLOCK], self._rest[BLOCK:]
            self._close(block)

    def between(self, start: Ns, end: Ns) -> Samples:
        """What is kept of a span, (n,) float32."""
        first, last = self._index(start), self._index(end)
        parts = [np.zeros(0, np.float32)]
        for number in range(first // BLOCK, -(-last // BLOCK)):
            block = self._rest if number == self._whole else self._blocks.get(number, parts[0])
            parts.append(block[max(0, first - number * BLOCK) : last - number * BLOCK])
        return np.concatenate(parts)

    def pitch(self, start: Ns, end: Ns) -> Floats:
        """Pitch in the blocks that end within a span: (n,) float32 Hz, 0 where nothing is voiced."""
        numbers = range(self._index(start) // BLOCK, self._index(end) // BLOCK)
        none = np.zeros(0, np.float32)
        return np.concatenate([none, *(self._pitch.get(number, none) for number in numbers)])

    @property
    def _count(self) -> int:
        return self._whole * BLOCK + len(self._rest)

    def _close(self, block: Samples) -> None:
        self._blocks[self._whole] = block
        if self._with_pitch and np.abs(block).max() > _QUIET:
            self._pitch[self._whole] = curve(block, RATE_HZ)
        self._whole += 1
        for kept in (self._blocks, self._pitch):
            kept.pop(self._whole - KEPT, None)

    def _index(self, at: Ns) -> int:
        return 0 if self._base is None else max(0, sample_index(at - self._base, RATE_HZ))
