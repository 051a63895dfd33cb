"""Sound of the wire to sound of a graph, and back: PCM, Opus packets, rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.clock import sample_time
from pipeline.gateway.calls import Hear, Refused
from pipeline.gateway.recipes import HEARD_HZ
from pipeline.media import AudioFrame, Samples
from pipeline.node import finish, step
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.resolve import node_class
from pipeline.settings import build

OPUS_HZ = 48_000  # what Opus is decoded to, whatever it was made from (RFC 6716, section 2.1.3)
OPUS_LONGEST = OPUS_HZ * 120 // 1000  # samples of the longest packet (RFC 6716, section 3.2)


class Ear:
    """Turns what a client sends into samples at HEARD_HZ, by the node audio.resample. One stream."""

    def __init__(self) -> None:
        self._resample = build(node_class("audio.resample"), {"rate_hz": HEARD_HZ})
        self._opus: Any = None
        self._anew(HEARD_HZ)

    def samples(self, heard: Hear) -> Samples:
        """(n,) float32, full scale ±1.0. Raises `Refused` for odd bytes and broken packets."""
        if heard.codec == "opus":
            return self._at_rate(self._decoded(heard.data), OPUS_HZ)
        if len(heard.data) % 2:
            raise Refused("16-bit samples have an even number of bytes", "audio")
        samples = np.frombuffer(heard.data, "<i2").astype(np.float32) / np.float32(32768)
        return self._at_rate(samples, heard.rate_hz)

    def rest(self) -> Samples:
        """The few milliseconds that a filter still holds; what comes after this is another stream."""
        found = _joined(finish(self._resample, 0))
        self._anew(self._rate_hz)
        return found

    def _anew(self, rate_hz: int) -> None:
        self._rate_hz, self._taken = rate_hz, 0
        self._resample.open()

    def _at_rate(self, samples: Samples, rate_hz: int) -> Samples:
        if rate_hz != self._rate_hz:
            self._anew(rate_hz)
        if rate_hz == HEARD_HZ or not len(samples):
            return samples
        start, self._taken = self._taken, self._taken + len(samples)
        span = sample_time(start, rate_hz), sample_time(self._taken, rate_hz)
        return _joined(step(self._resample, {"sound": Packet(AudioFrame(samples, rate_hz), *span)}))

    def _decoded(self, packet: bytes) -> Samples:
        import av

        if self._opus is None:
            self._opus = av.CodecContext.create("opus", "r")
            self._opus.sample_rate = OPUS_HZ
            self._opus.layout = "mono"
        try:
            frames = self._opus.decode(av.Packet(packet))
        except (av.FFmpegError, ValueError) as error:
            raise Refused("this is no packet of Opus", "audio") from error
        pieces = [frame.to_ndarray().astype(np.float32).reshape(-1, frame.samples)[0] for frame in frames]
        return np.concatenate(pieces)[:OPUS_LONGEST] if pieces else np.zeros(0, np.float32)


def _joined(emissions: list[Emission[Any]]) -> Samples:
    pieces: list[Samples] = [emission.payload.samples for emission in emissions]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def pcm(samples: Samples) -> bytes:
    """16-bit little-endian PCM; what is beyond full scale is clipped."""
    return np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
