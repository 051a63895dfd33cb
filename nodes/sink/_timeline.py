"""Sound laid on a time line, from left to right. Pure.

Decides: at which sample a packet's sound starts. A frame of sound starts where it was heard. Speech starts when it
plays: not before its time (`plays_at`), not before it came (`left`, in a live run), not before the speech before it
is over. Sound that would start inside what is already laid loses its head if it is a frame, and waits if it is speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.clock import Ns, sample_index
from pipeline.errors import MediaError
from pipeline.media import AudioFrame, Samples, Speech
from pipeline.packet import Packet

SOUND: Any = AudioFrame | Speech  # what a port for sound of both kinds takes
CHUNK_S = 1  # silence is handed out in pieces of this length, so that memory stays flat


def speech_time(packet: Packet[Any]) -> Ns:
    """When a piece of speech may start at the earliest: its time, or in a live run when it came if that is later."""
    speech: Speech = packet.payload
    return max(speech.plays_at, packet.left)


class Timeline:
    """Where the next sample goes. `at` is its index; everything before it was handed out."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.at = 0

    def lay(self, packet: Packet[AudioFrame | Speech]) -> Iterator[Samples]:
        """Silence up to the packet's sound, then that sound: arrays (n,) float32."""
        sound = packet.payload
        if isinstance(sound, Speech):
            first = max(self.at, sample_index(speech_time(packet), self.rate_hz))
            samples = sound.samples
        else:
            first = sample_index(packet.start, self.rate_hz)
            samples = sound.samples[max(0, self.at - first) :]
        while self.at < first:
            count = min(first - self.at, CHUNK_S * self.rate_hz)
            self.at += count
            yield np.zeros(count, np.float32)
        self.at += len(samples)
        if len(samples):
            yield samples


def same_rate(place: str, rate_hz: int, wanted_hz: int) -> None:
    """Raises `MediaError` when sound of another rate comes than was written before."""
    if rate_hz != wanted_hz:
        raise MediaError(
            f"{place}: got sound at {rate_hz} Hz, but what came before has {wanted_hz} Hz; "
            "put audio.resample before it"
        )
