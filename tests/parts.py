"""Small real nodes for tests of graphs and of running them: a script, a gain, a gate, a sum, and trouble on demand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.clock import Ns, RunClock, ms
from pipeline.media import AudioFrame, Terms
from pipeline.node import Node, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


def frame(value: float = 0.0, samples: int = 160) -> AudioFrame:
    """A frame whose samples all have one value."""
    return AudioFrame(np.full(samples, value, np.float32), 16_000)


@dataclass
class Script(Source):
    """Play frames that carry their index, one each `every_ms`, at the pace of life or as fast as they go."""

    count: int = 10  # frames
    every_ms: float = 10  # length of a frame, milliseconds
    pace: str = "asap"  # realtime or asap
    fail_at: int = -1  # index at which it raises; -1: never

    audio = Output(AudioFrame, rate_hz=16_000)

    @property
    def live(self) -> bool:
        return self.pace == "realtime"

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        for index in range(self.count):
            start, end = ms(index * self.every_ms), ms((index + 1) * self.every_ms)
            if self.live:
                await clock.until(end)
            if index == self.fail_at:
                raise ValueError("the tape tore")
            yield self.audio(frame(index), start, end)


@dataclass
class Gain(Node):
    """Multiply by a factor."""

    factor: float = 1.0  # times

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.sound(AudioFrame(audio.payload.samples * np.float32(self.factor), 16_000))


@dataclass
class Every(Node):
    """Pass every n-th frame on; says nothing about the others."""

    n: int = 2  # frames

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        self._seen = 0

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        self._seen += 1
        if self._seen % self.n == 0:
            yield self.sound(audio.payload)


@dataclass
class Hold(Node):
    """Hold back until n frames are together, then say them all; what is left comes at the end."""

    n: int = 3  # frames

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        self._waiting: list[Packet[AudioFrame]] = []

    @property
    def held_since(self) -> Ns | None:
        return self._waiting[0].start if self._waiting else None

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        self._waiting.append(audio)
        if len(self._waiting) == self.n:
            yield from self.finish()

    def finish(self) -> Iterator[Emission[Any]]:
        for packet in self._waiting:
            yield self.sound(packet.payload, packet.start, packet.end)
        self._waiting = []


@dataclass
class Add(Node):
    """Sum of what starts together."""

    a = Input(AudioFrame)
    b = Input(AudioFrame)
    sound = Output(AudioFrame)

    join = "aligned"

    def process(self, a: Packet[AudioFrame] | None, b: Packet[AudioFrame] | None) -> Iterator[Emission[Any]]:
        present = [packet.payload.samples for packet in (a, b) if packet is not None]
        yield self.sound(AudioFrame(np.sum(present, axis=0).astype(np.float32), 16_000))


@dataclass
class Trouble(Node):
    """Raise at some frames, in `process`, `open` or `close`; else pass them on."""

    at: list[int] = field(default_factory=list)  # values of frames at which it raises
    place: str = "process"  # process, open or close

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        if self.place == "open":
            raise OSError("no such device")

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        if int(audio.payload.samples[0]) in self.at:
            raise ValueError("cannot do this one")
        yield self.sound(audio.payload)

    def close(self) -> None:
        if self.place == "close":
            raise OSError("will not shut")


@dataclass
class Keep(Node):
    """Keep what comes, for the test to look at."""

    audio = Input(AudioFrame)

    def open(self) -> None:
        self.kept: list[Packet[AudioFrame]] = []
        self.closed = 0

    def process(self, audio: Packet[AudioFrame]) -> None:
        self.kept.append(audio)

    def close(self) -> None:
        self.closed += 1

    @property
    def values(self) -> list[int]:
        """The value of each frame."""
        return [int(packet.payload.samples[0]) for packet in self.kept]


@dataclass
class Say(Node):
    """Terms from frames: text for tests that need another kind."""

    audio = Input(AudioFrame)
    terms = Output(Terms)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.terms(Terms.of(str(int(audio.payload.samples[0]))))
