"""Nodes of the hop benchmark: a flood of 20 ms packets, a pass-through, a counter."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.clock import RunClock, sample_time
from pipeline.media import AudioFrame
from pipeline.node import Node, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class Flood(Source):
    """As many frames of 20 ms as asked for, as fast as they go."""

    count: int = 1000  # frames

    audio = Output(AudioFrame, rate_hz=16_000)

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        frame = AudioFrame(np.zeros(320, np.float32), 16_000)
        for index in range(self.count):
            yield self.audio(frame, sample_time(index * 320, 16_000), sample_time((index + 1) * 320, 16_000))


@dataclass
class Pass(Node):
    """Pass a frame on."""

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.sound(audio.payload)


@dataclass
class Sink(Node):
    """Count frames."""

    audio = Input(AudioFrame)

    def open(self) -> None:
        self.count = 0

    def process(self, audio: Packet[AudioFrame]) -> None:
        self.count += 1
