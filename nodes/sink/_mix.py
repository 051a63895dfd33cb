"""Speech over the original sound, which is lowered under it: blocks of one mixed track. Pure but for the resampler.

How it works
    Two tracks on one grid of samples. Sound is laid where it belongs, and `take` hands out what is settled, once.
    Under speech the original is lowered by `lower_db`: down within `ATTACK_S` before a piece, up within `RELEASE_S`
    after it has stayed down for `HOLD_S`. Where the next piece begins within `BRIDGE_S` it stays down in between, or it
    would come up only to go down again. A piece that comes too late for its place begins at once, and the original
    sinks while it has begun: the gain never jumps. It is a function of time and of these stretches only, so it does
    not depend on where blocks are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.clock import Ns, ms, sample_index
from pipeline.media import AudioFrame, Samples

ATTACK_S, HOLD_S, RELEASE_S = 0.12, 0.4, 0.5
BRIDGE_S = 2.0  # up and down again in less than this is heard as pumping
SEAM: Ns = ms(2)  # frames whose starts differ by less than this from where they should be follow one another


class Track:
    """Samples on a grid, of which the front is taken away."""

    def __init__(self) -> None:
        self.base = 0  # index of the first sample that was not taken
        self.end = 0  # index behind the last sample that was laid
        self._buffer = np.zeros(1 << 16, np.float32)

    def lay(self, index: int, samples: Samples) -> None:
        """Put samples at an index, behind what was taken."""
        needed = index + len(samples) - self.base
        if needed > len(self._buffer):
            room = np.zeros(max(needed, 2 * len(self._buffer)), np.float32)
            room[: len(self._buffer)] = self._buffer
            self._buffer = room
        offset = index - self.base
        self._buffer[offset : offset + len(samples)] = samples
        self.end = max(self.end, index + len(samples))

    def take(self, count: int) -> Samples:
        """The next samples, (count,) float32; silence where nothing was laid."""
        taken = np.zeros(count, np.float32)
        there = min(count, len(self._buffer))
        taken[:there] = self._buffer[:there]
        kept = len(self._buffer) - there
        self._buffer[:kept] = self._buffer[there:].copy()
        self._buffer[kept:] = 0
        self.base += count
        return taken


class Mix:
    """The mixed track; see the head of this file."""

    def __init__(self, rate_hz: int, lower_db: float) -> None:
        self._rate_hz = rate_hz
        self._lower_db = lower_db
        self._original = Track()
        self._speech = Track()
        self._lowered: list[
            tuple[int, int]
        ] = []  # stretches of speech, first and last sample, still to be heard
        self._converter: Converter | None = None
        self._place = 0  # index at which the next converted samples of the original go
        self._due: Ns = 0  # stream time at which the next frame of the original should start

    @property
    def taken(self) -> int:
        """Samples handed out so far."""
        return self._original.base

    @property
    def end(self) -> int:
        """Index behind the last sample that was laid."""
        return max(self._original.end, self._speech.end)

    def lay_original(self, frame: AudioFrame, start: Ns) -> None:
        """Put a frame of the original where it was heard."""
        if (
            self._converter is None
            or abs(start - self._due) > SEAM
            or self._converter.from_hz != frame.rate_hz
        ):
            self.flush()
            self._converter = Converter(frame.rate_hz, self._rate_hz)
            self._place = max(sample_index(start, self._rate_hz), self._original.end, self.taken)
        self._due = start + frame.duration
        self._append(self._converter.convert(frame.samples))

    def flush(self) -> None:
        """Lay what the converter still holds; the original pauses or ends here."""
        if self._converter is not None:
            self._append(self._converter.flush())
            self._converter = None

    def lay_speech(self, samples: Samples, rate_hz: int, at: Ns) -> Ns:
        """Put a piece of speech at `at`, or as soon after it as there is room; returns by how much it is late."""
        converter = Converter(rate_hz, self._rate_hz)
        whole = np.concatenate([converter.convert(samples), converter.flush()])
        wanted = sample_index(at, self._rate_hz)
        index = max(wanted, self._speech.end, self.taken)
        self._speech.lay(index, whole)
        self._lower(index, index + len(whole))
        return max(0, self.taken - wanted) * 1_000_000_000 // self._rate_hz

    def take(self, count: int) -> Samples:
        """The next samples of the mixed track, (count,) float32."""
        first = self.taken
        gain = lowering(self._lowered, first, count, self._rate_hz, self._lower_db)
        mixed = self._original.take(count) * gain + self._speech.take(count)
        reach = round((HOLD_S + RELEASE_S) * self._rate_hz)
        self._lowered = [stretch for stretch in self._lowered if stretch[1] + reach > first + count]
        limited: Samples = np.clip(mixed, -1.0, 1.0)
        return limited

    def _lower(self, begin: int, end: int) -> None:
        """Keep the original low under a piece, and before it where the last one is near and has not been let go."""
        if self._lowered:
            first, last = self._lowered[-1]
            held = last + HOLD_S * self._rate_hz >= self.taken
            if held and begin - last <= BRIDGE_S * self._rate_hz:
                self._lowered[-1] = (first, end)
                return
        self._lowered.append((max(begin, self.taken + round(ATTACK_S * self._rate_hz)), end))

    def _append(self, samples: Samples) -> None:
        """Lay converted samples of the original; what is behind the sound already taken has no place any more."""
        late = min(len(samples), max(0, self.taken - self._place))
        self._original.lay(self._place + late, samples[late:])
        self._place += len(samples)


def lowering(
    pieces: Sequence[tuple[int, int]], first: int, count: int, rate_hz: int, lower_db: float
) -> Samples:
    """Gain of the original for samples `first` to `first + count`, (count,) float32, 0 to 1."""
    at = np.arange(first, first + count)
    depth = np.zeros(count)  # 0: as it is, 1: fully lowered
    for begin, end in pieces:
        down = 1 - (begin - at) / (ATTACK_S * rate_hz)
        up = 1 - (at - end - HOLD_S * rate_hz) / (RELEASE_S * rate_hz)
        depth = np.maximum(depth, np.clip(np.minimum(down, up), 0, 1))
    return (10 ** (depth * lower_db / 20)).astype(np.float32)


class Converter:
    """Sound from one sample rate to another, in pieces."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import av

        self.from_hz = from_hz
        self._av = av
        self._resampler: Any = None
        if from_hz != to_hz:
            self._resampler = av.AudioResampler(format="fltp", layout="mono", rate=to_hz)

    def convert(self, samples: Samples) -> Samples:
        """Samples (n,) float32 at the new rate; some of them come with the next piece."""
        if self._resampler is None or not len(samples):
            return samples
        frame = self._av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = self.from_hz
        return self._joined(self._resampler.resample(frame))

    def flush(self) -> Samples:
        """What is still held."""
        return (
            np.zeros(0, np.float32)
            if self._resampler is None
            else self._joined(self._resampler.resample(None))
        )

    @staticmethod
    def _joined(frames: Sequence[Any]) -> Samples:
        parts = [np.asarray(frame.to_ndarray(), np.float32)[0] for frame in frames]
        return np.concatenate([np.zeros(0, np.float32), *parts])
