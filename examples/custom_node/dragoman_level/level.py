"""Level: an automatic gain for speech.

Decides: the gain of each window of 10 ms, from how loud speech has been of late. Windows below the floor are pauses
and do not count, so that the noise in a pause is not raised more and more. The gain runs in a straight line from
window to window, because a step would click.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from pipeline import AudioFrame, Input, Node, Output, Packet
from pipeline.clock import Ns, ms, sample_index, sample_time
from pipeline.media import Samples
from pipeline.port import Emission

WINDOW_MS = 10
JITTER = ms(1)  # a packet that starts this far from where the last one ended does not follow it


@dataclass
class Level(Node):
    """Bring quiet and loud speakers to one level, so that the next node hears them equally well.

    Emits sound in whole windows of 10 ms and holds back less than one. Sound below `floor_dbfs` keeps the gain
    that speech had before it. What would exceed full scale is limited to it.

    Example: `level: {uses: audio.level, inputs: {audio: talk.audio}, with: {target_dbfs: -18}}`
    """

    target_dbfs: Annotated[float, Meta(ge=-60, le=-6)] = -20.0  # RMS that speech is brought to, dBFS
    most_db: Annotated[float, Meta(ge=0, le=60)] = 30.0  # the most that sound is raised or lowered, dB
    settle_ms: Annotated[float, Meta(ge=10, le=10_000)] = 400.0  # time in which it follows a change, ms
    floor_dbfs: Annotated[float, Meta(ge=-120, le=0)] = -55.0  # RMS below which it is a pause, dBFS

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def __post_init__(self) -> None:
        if self.floor_dbfs >= self.target_dbfs:
            raise ValueError(
                f"floor_dbfs {self.floor_dbfs:g} is not below target_dbfs {self.target_dbfs:g}; lower the floor"
            )

    def open(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)  # (n,) float32, less than a window
        self._rate_hz = 0
        self._next = 0  # index of the first sample of the rest, counted from stream time 0
        self._speech_dbfs = self.target_dbfs
        self._gain_db = 0.0

    @property
    def held_since(self) -> Ns | None:
        return sample_time(self._next, self._rate_hz) if len(self._rest) else None

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        if not self._follows(audio):
            yield from self.finish()
            self._rate_hz = audio.payload.rate_hz
            self._next = sample_index(audio.start, self._rate_hz)
        self._rest = np.concatenate([self._rest, audio.payload.samples])
        size = max(1, self._rate_hz * WINDOW_MS // 1000)
        whole = len(self._rest) // size * size
        if whole:
            samples, self._rest = self._rest[:whole], self._rest[whole:]
            yield self._said(np.concatenate([self._levelled(part) for part in samples.reshape(-1, size)]))

    def finish(self) -> Iterator[Emission[Any]]:
        if len(self._rest):
            samples, self._rest = self._rest, self._rest[:0]
            yield self._said(self._levelled(samples))

    def _follows(self, audio: Packet[AudioFrame]) -> bool:
        """Whether this packet goes on where the last one ended."""
        if self._rate_hz != audio.payload.rate_hz or audio.lost:
            return False
        return abs(audio.start - sample_time(self._next + len(self._rest), self._rate_hz)) < JITTER

    def _said(self, samples: Samples) -> Emission[Any]:
        start = sample_time(self._next, self._rate_hz)
        self._next += len(samples)
        return self.sound(AudioFrame(samples, self._rate_hz), start, sample_time(self._next, self._rate_hz))

    def _levelled(self, window: Samples) -> Samples:
        """A window at its gain; (n,) float32."""
        power = float(np.dot(window, window)) / len(window)
        level_dbfs = 10 * math.log10(power) if power > 0 else -math.inf
        if level_dbfs > self.floor_dbfs:
            self._speech_dbfs += (level_dbfs - self._speech_dbfs) * min(1.0, WINDOW_MS / self.settle_ms)
        before, self._gain_db = self._gain_db, self._limited(self.target_dbfs - self._speech_dbfs)
        gains_db = np.linspace(before, self._gain_db, len(window), dtype=np.float32)  # (n,) dB
        return np.clip(window * np.float32(10) ** (gains_db / 20), -1, 1).astype(np.float32)

    def _limited(self, gain_db: float) -> float:
        return max(-self.most_db, min(self.most_db, gain_db))
