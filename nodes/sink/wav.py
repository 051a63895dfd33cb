"""Sound into a WAV file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from nodes.sink._file import OutputFile
from nodes.sink._timeline import SOUND, Timeline, same_rate
from pipeline.media import AudioFrame, Samples, Speech
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Input

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")  # RIFF, fmt (PCM, mono, 16 bit), data
MOST = 0xFFFFFFFF  # the sizes of WAV have 32 bits; above, players read on to the end of the file


def header(rate_hz: int, data_bytes: int) -> bytes:
    """The first 44 bytes of a file with that much sound."""
    riff = min(MOST, 36 + data_bytes)
    form = (16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return HEADER.pack(b"RIFF", riff, b"WAVE", b"fmt ", *form, b"data", min(MOST, data_bytes))


@dataclass
class WavFile(Node):
    """Write sound or speech into a WAV file on the time line of the source: mono, 16 bit.

    Sound stands where it was heard and speech where it plays, with silence between, so the file runs beside the
    recording. Written as it comes, in flat memory; its header is right after every second and at the end. All of
    it has one sample rate: sound of another rate is refused.

    Example:
        file: {uses: sink.wav, inputs: {sound: voice.speech}, with: {path: talk.pt.wav}}
    """

    path: str = "speech.wav"  # the file; its folder is made, an old file is written over
    rate_hz: Annotated[int, Meta(ge=0, le=384_000)] = 0  # sample rate to insist on, hertz; 0: none

    sound = Input(SOUND)

    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        self._file = OutputFile("sink.wav", self.path)
        self._line: Timeline | None = None
        self._patched = 0  # bytes of sound that the header speaks of
        self._file.append(header(self.rate_hz or 16_000, 0))

    def process(self, sound: Packet[AudioFrame | Speech]) -> None:
        rate_hz = sound.payload.rate_hz
        if self._line is None:
            self._line = Timeline(self.rate_hz or rate_hz)
        same_rate("sink.wav", rate_hz, self._line.rate_hz)
        for samples in self._line.lay(sound):
            self._file.append(pcm16(samples))
        if self._file.size - HEADER.size - self._patched >= 2 * rate_hz:
            self._patch()

    def finish(self) -> None:
        self._patch()

    def close(self) -> None:
        try:
            self._patch()
        finally:
            self._file.close()

    def _patch(self) -> None:
        if self._line is not None:
            self._patched = self._file.size - HEADER.size
            self._file.patch(0, header(self._line.rate_hz, self._patched))


def pcm16(samples: Samples) -> bytes:
    """(n,) float32 as little-endian 16-bit PCM, rounded and limited."""
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes()
