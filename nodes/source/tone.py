"""A test signal: a sine, noise or silence."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta

from nodes.source._frames import frame_size
from pipeline.clock import Ns, RunClock, sample_time
from pipeline.media import AudioFrame, Samples
from pipeline.node import Source
from pipeline.port import Emission, Output


@dataclass
class Tone(Source):
    """Give a sine, noise or silence: to try a graph without a recording.

    A frame comes when its last sample is due, or at once with `pace: asap`. The signal does not depend on
    `frame_ms`, and noise is the same in every run. A sine that would exceed full scale is refused.

    Example: `beep: {uses: source.tone, with: {hz: 1000, duration_s: 3}}`
    """

    kind: Literal["sine", "noise", "silence"] = "sine"  # the signal
    hz: Annotated[float, Meta(gt=0, le=192_000)] = 440.0  # Hz, of the sine; below half of rate_hz
    level_dbfs: Annotated[float, Meta(ge=-120, le=0)] = -12.0  # dBFS (RMS); a sine reaches -3.02 at most
    duration_s: Annotated[float, Meta(ge=0)] = 10.0  # s; 0: without end
    rate_hz: Annotated[int, Meta(ge=1000, le=384_000)] = 16_000  # Hz
    frame_ms: Annotated[float, Meta(ge=1, le=10_000)] = 20  # ms of sound in a packet
    pace: Literal["realtime", "asap"] = "realtime"  # as a microphone would, or as fast as the graph takes it

    audio = Output(AudioFrame, rate_hz="rate_hz")

    def __post_init__(self) -> None:
        if self.kind == "sine" and self.level_dbfs > -3.01:
            raise ValueError(
                f"a sine at {self.level_dbfs} dBFS (RMS) clips; give level_dbfs of -3.02 or less"
            )
        if self.kind == "sine" and self.hz >= self.rate_hz / 2:
            raise ValueError(
                f"hz {self.hz:g} is not below half of rate_hz {self.rate_hz}; lower hz or raise rate_hz"
            )

    @property
    def live(self) -> bool:
        return self.pace == "realtime"

    @property
    def held_since(self) -> Ns | None:
        return self._settled

    def open(self) -> None:
        self._random = np.random.default_rng(0)
        self._settled: Ns = 0

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        total = round(self.duration_s * self.rate_hz) if self.duration_s else math.inf
        index, size = 0, frame_size(self.rate_hz, self.frame_ms)
        while index < total:
            count = int(min(size, total - index))
            end = sample_time(index + count, self.rate_hz)
            await clock.until(end if self.live else 0)
            self._settled = end
            yield self.audio(
                AudioFrame(self._signal(index, count), self.rate_hz), sample_time(index, self.rate_hz), end
            )
            index += count

    def _signal(self, index: int, count: int) -> Samples:
        """Samples `index` to `index + count`; (count,) float32."""
        level = 10 ** (self.level_dbfs / 20)
        if self.kind == "silence":
            return np.zeros(count, np.float32)
        if self.kind == "noise":
            return np.clip(level * self._random.standard_normal(count), -1, 1).astype(np.float32)
        phase = 2 * np.pi * self.hz * np.arange(index, index + count) / self.rate_hz
        return (math.sqrt(2) * level * np.sin(phase)).astype(np.float32)
