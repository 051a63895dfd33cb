"""From one sample rate to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from nodes._engines.resampler import Resampler
from pipeline.clock import Ns, ms, sample_index, sample_time
from pipeline.media import AudioFrame, Samples, Speech
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

SOUND: Any = AudioFrame | Speech
_JITTER = ms(1)  # a frame that starts this near to where it should follows the one before


@dataclass
class Resample(Node):
    """Give sound the sample rate that the next node takes.

    Emits at once all that the filter lets go: 2 to 4 ms of sound stay inside until more comes. The samples do not
    depend on how the sound was cut, and sample n stands where it stood before. Where packets were lost or time
    jumps, what is inside is given out and the filter starts anew after the gap. Sound that has the rate already
    passes as it is. Spoken pieces (`speech`) are converted each as a whole.

    Example: `ear: {uses: audio.resample, inputs: {sound: talk.audio}, with: {rate_hz: 16000}}`
    """

    rate_hz: Annotated[int, Meta(ge=1000, le=384_000)] = 16_000  # Hz, of what is given out

    sound = Input(SOUND)
    resampled = Output(SOUND, rate_hz="rate_hz")

    def open(self) -> None:
        self._filter: Resampler | None = None
        self._base: Ns = 0  # stream time of the first sample since the last gap
        self._taken = 0  # samples since then, at the rate that comes
        self._given = 0  # the same at the rate that goes

    @property
    def held_since(self) -> Ns | None:
        """Where the next sample given out will stand, while something is inside."""
        if self._filter is None or self._out(self._given) >= self._in(self._taken):
            return None
        return self._out(self._given)

    def process(self, sound: Packet[AudioFrame | Speech]) -> Iterator[Emission[AudioFrame | Speech]]:
        payload = sound.payload
        if isinstance(payload, Speech):
            yield self._spoken(payload)
            return
        if self._filter is None or self._breaks(sound, payload.rate_hz):
            yield from self.finish()
            self._filter = Resampler(payload.rate_hz, self.rate_hz)
            self._base = max(sound.start, self._out(self._given))
            self._taken = self._given = 0
        self._taken += len(payload.samples)
        yield from self._emit(self._filter.feed(payload.samples))

    def finish(self) -> Iterator[Emission[AudioFrame | Speech]]:
        if self._filter is not None:
            yield from self._emit(self._filter.flush())

    def _breaks(self, sound: Packet[Any], rate_hz: int) -> bool:
        assert self._filter is not None
        jumped = abs(sound.start - self._in(self._taken)) > _JITTER
        return sound.lost > 0 or jumped or rate_hz != self._filter.from_hz

    def _emit(self, samples: Samples) -> Iterator[Emission[AudioFrame | Speech]]:
        if len(samples):
            start = self._out(self._given)
            self._given += len(samples)
            yield self.resampled(AudioFrame(samples, self.rate_hz), start, self._out(self._given))

    def _spoken(self, speech: Speech) -> Emission[AudioFrame | Speech]:
        whole = Resampler(speech.rate_hz, self.rate_hz)
        samples = np.concatenate([whole.feed(speech.samples), whole.flush()])
        return self.resampled(msgspec.structs.replace(speech, samples=samples, rate_hz=self.rate_hz))

    def _in(self, index: int) -> Ns:
        assert self._filter is not None
        return _time(self._base, index, self._filter.from_hz)

    def _out(self, index: int) -> Ns:
        return _time(self._base, index, self.rate_hz)


def _time(base: Ns, index: int, rate_hz: int) -> Ns:
    """Stream time of the sample `index` samples after `base`: on the grid of samples where `base` is on it."""
    first = sample_index(base, rate_hz)
    if sample_time(first, rate_hz) == base:
        return sample_time(first + index, rate_hz)
    return base + sample_time(index, rate_hz)
