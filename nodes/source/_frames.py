"""Cutting a stream of samples into frames of one length, with times from the sample index."""

from __future__ import annotations

import numpy as np

from pipeline.clock import SECOND, Ns, sample_index, sample_time
from pipeline.media import AudioFrame, Samples
from pipeline.port import Emission


def frame_size(rate_hz: int, frame_ms: float) -> int:
    """Samples of a frame, at least one."""
    return max(1, round(rate_hz * frame_ms / 1000))


class Framer:
    """Collects samples and gives them out as emissions of the output `audio`, however they were cut before."""

    def __init__(self, rate_hz: int, frame_ms: float, start: Ns = 0) -> None:
        self.rate_hz = rate_hz
        self._size = frame_size(rate_hz, frame_ms)
        self._held: list[Samples] = []
        self._waiting = 0  # samples in _held
        self._at(start)

    def _at(self, start: Ns) -> None:
        first = sample_index(start, self.rate_hz)
        self._index = first  # of the first sample that was not given out
        self._offset = start - sample_time(first, self.rate_hz)  # a start that is not on the grid of samples

    def _time(self, index: int) -> Ns:
        return sample_time(index, self.rate_hz) + self._offset

    @property
    def next_start(self) -> Ns:
        """Stream time of the first sample that was not given out."""
        return self._time(self._index)

    @property
    def position(self) -> Ns:
        """Stream time at which the next sample pushed will stand."""
        return self._time(self._index + self._waiting)

    def push(self, samples: Samples) -> list[Emission[AudioFrame]]:
        """Take samples; the frames that are full now."""
        self._held.append(samples)
        self._waiting += len(samples)
        if self._waiting < self._size:
            return []
        whole = np.concatenate(self._held)
        cut = len(whole) - len(whole) % self._size
        self._held = [whole[cut:]]
        return [self._frame(whole[a : a + self._size]) for a in range(0, cut, self._size)]

    def flush(self) -> list[Emission[AudioFrame]]:
        """The last frame, which may be short."""
        rest = np.concatenate(self._held) if self._waiting else np.zeros(0, np.float32)
        self._held = []
        return [self._frame(rest)] if len(rest) else []

    def jump(self, start: Ns) -> list[Emission[AudioFrame]]:
        """Go on at `start`, which must not be before `position`; gives out what was held."""
        frames = self.flush()
        self._at(start)
        return frames

    def _frame(self, samples: Samples) -> Emission[AudioFrame]:
        # A copy: a frame is read-only and kept downstream, while `samples` is a view of what others may hold.
        frame = AudioFrame(samples.astype(np.float32, copy=True), self.rate_hz)
        start = self._time(self._index)
        self._index += len(samples)
        self._waiting -= len(samples)
        return Emission("audio", frame, start, self._time(self._index))


def pcm(samples: object) -> Samples:
    """Sound given by a program, as (n,) float32: float arrays, 16-bit integers, or bytes of 16-bit PCM.

    Raises `ValueError` that says what to give.
    """
    if isinstance(samples, bytes | bytearray | memoryview):
        if len(bytes(samples)) % 2:
            raise ValueError(
                "an odd number of bytes; give whole samples of 16-bit little-endian PCM, 2 bytes each"
            )
        samples = np.frombuffer(bytes(samples), "<i2")
    array = np.asarray(samples)
    if array.ndim != 1:
        raise ValueError(f"samples with shape {array.shape}; give one channel, shape (n,)")
    if array.dtype == np.int16:
        return (array / np.float32(32768)).astype(np.float32)
    if array.dtype.kind != "f":
        raise ValueError(f"samples of {array.dtype}; give float32 at full scale ±1.0, or int16")
    return array.astype(np.float32, copy=True)  # the caller may use its buffer again


def nominal(fps: float) -> Ns:
    """How long a picture stands at this rate."""
    return round(SECOND / fps)
