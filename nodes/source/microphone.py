"""Sound from a microphone or any other input of the sound card, by PortAudio."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import anyio
from msgspec import Meta

from nodes.source._frames import Framer, frame_size
from nodes.source._handover import Handover
from pipeline.clock import Ns, RunClock, ms, sample_index, sample_time
from pipeline.errors import MediaError, PackageError, need
from pipeline.media import AudioFrame, Samples
from pipeline.node import Source
from pipeline.port import Emission, Output

_log = logging.getLogger(__name__)
_SILENT_S = 5  # a device that gives nothing for so long was unplugged
_LIST = "`python -m sounddevice` lists the devices"

_Block: TypeAlias = tuple[int, Samples]  # index of its first sample since the device started


@dataclass
class Microphone(Source):
    """Take sound from a microphone, live.

    A packet comes as soon as the device has `frame_ms` of sound. Stream time counts the samples of the device; the
    first one stands at the moment it was heard. When the graph does not read for two seconds, or the device reports an
    overflow, sound is lost: the next packet starts after the gap, `lost` counts it and the log says so at the end.
    The device gives one channel at `rate_hz`; where it cannot, set the rate that it has and put audio.resample
    behind it. Ends only when it is stopped.

    Example: `talk: {uses: source.microphone, with: {device: USB}}`
    """

    device: int | str = ""  # number, or a part of the name; empty: the system's default
    rate_hz: Annotated[int, Meta(ge=1000, le=384_000)] = 16_000  # Hz
    frame_ms: Annotated[float, Meta(ge=1, le=1000)] = 20  # ms of sound in a packet

    audio = Output(AudioFrame, rate_hz="rate_hz")

    @property
    def live(self) -> bool:
        return True

    @property
    def held_since(self) -> Ns | None:
        return self._settled

    def open(self) -> None:
        sounddevice = _portaudio()
        self._settled: Ns = 0
        self.lost = 0  # blocks of sound that were lost, as far as the device can tell
        self._index = 0  # of the sample that the device gives next
        self._zero_s: float | None = None  # the device's clock at its first sample
        self._handover: Handover[_Block] = Handover(ms(2000))
        try:
            self._stream = sounddevice.InputStream(
                samplerate=self.rate_hz,
                blocksize=frame_size(self.rate_hz, self.frame_ms),
                device=None if self.device == "" else self.device,
                channels=1,
                dtype="float32",
                callback=self._heard,
                finished_callback=self._handover.end,
            )
        except (ValueError, sounddevice.PortAudioError) as error:
            raise MediaError(self._cannot_open(sounddevice, error)) from error

    def _cannot_open(self, sounddevice: Any, error: Exception) -> str:
        name = f"device {self.device!r}" if self.device != "" else "the default device"
        if not any(device["max_input_channels"] for device in sounddevice.query_devices()):
            return "source.microphone: this computer has no sound input; plug one in, or use source.file"
        if "sample rate" in str(error).lower():
            return (
                f"source.microphone: {name} cannot give {self.rate_hz} Hz ({error}); "
                "set rate_hz to 48000 or 44100 and put audio.resample behind it"
            )
        return f"source.microphone: {name} cannot be opened ({error}); choose another, {_LIST}"

    def _heard(self, block: Any, count: int, times: Any, status: Any) -> None:
        """Called by PortAudio in its own thread: hand over and return at once."""
        if self._zero_s is None:
            self._zero_s = times.inputBufferAdcTime
        if status.input_overflow:
            self.lost += 1
            behind = times.inputBufferAdcTime - self._zero_s
            self._index = max(self._index, round(behind * self.rate_hz))
        if not self._handover.offer((self._index, block[:, 0].copy()), sample_time(count, self.rate_hz)):
            self.lost += 1
        self._index += count

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        self._stream.start()
        framer: Framer | None = None
        expected = 0
        while True:
            index, samples = await self._next()
            if framer is None:
                now = clock.now() - sample_time(len(samples), self.rate_hz)
                first = sample_index(max(now, 0), self.rate_hz) - index
                framer = Framer(self.rate_hz, self.frame_ms, sample_time(first + index, self.rate_hz))
            elif index > expected:
                for emission in framer.jump(sample_time(first + index, self.rate_hz)):
                    self._settled = emission.end or 0
                    yield emission
            expected = index + len(samples)
            for emission in framer.push(samples):
                self._settled = emission.end or 0
                yield emission

    async def _next(self) -> _Block:
        with anyio.move_on_after(_SILENT_S):
            block = await self._handover.get()
            if block is not None:
                return block
        raise MediaError(
            f"source.microphone: {self.device or 'the default device'} stopped giving sound; plug it in again "
            "and start anew, or set on_error: restart"
        )

    def close(self) -> None:
        self._stream.close()
        if self.lost:
            _log.warning(
                "source.microphone: %d blocks of sound were lost; the graph or this computer is too slow",
                self.lost,
            )


def _portaudio() -> Any:
    try:
        import sounddevice
    except ImportError:
        raise need("sounddevice", "live", "source.microphone") from None
    except OSError as error:
        raise PackageError(
            f"source.microphone: the PortAudio library is not installed ({error}); "
            "type: sudo apt install libportaudio2 (or: brew install portaudio)"
        ) from None
    return sounddevice
