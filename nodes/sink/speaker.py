"""Sound to a loudspeaker or headphones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes.sink._playback import Playback
from nodes.sink._timeline import SOUND, same_rate
from pipeline.errors import MediaError, OutputError, PackageError, need
from pipeline.media import AudioFrame, Speech
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class Speaker(Node):
    """Play sound or speech on this machine, piece after piece, as soon as it comes.

    Plays in the order of arrival, with silence while nothing is there. While `buffer_s` of sound waits to be played
    the graph waits too, so nothing is dropped; the end of the run waits until all is played. All of it has one
    sample rate: the device is opened with that of the first sound. Needs the extra `live`.

    Example:
        ear: {uses: sink.speaker, inputs: {sound: voice.speech}, with: {device: headphones}}
    """

    device: str = ""  # name of the device, or a part of it; empty: the system's own choice
    buffer_s: Annotated[float, Meta(gt=0)] = 30  # sound that may wait to be played, seconds
    block_ms: Annotated[float, Meta(gt=0, le=1000)] = 20  # sound handed to the device at once, milliseconds

    sound = Input(SOUND)

    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        try:
            import sounddevice
        except ImportError:
            raise need("sounddevice", "live", "sink.speaker") from None
        except OSError as error:
            raise PackageError(
                f"sink.speaker: {error}; type: apt-get install libportaudio2 (other systems have it in the package)"
            ) from error
        self._sounddevice: Any = sounddevice
        self._stream: Any = None
        self._playback: Playback | None = None
        self._find_device()

    def process(self, sound: Packet[AudioFrame | Speech]) -> None:
        if self._playback is None:
            self._playback = self._start(sound.payload.rate_hz)
        same_rate("sink.speaker", sound.payload.rate_hz, self._playback.rate_hz)
        if not self._playback.put(sound.payload.samples):
            raise self._stuck()

    def finish(self) -> None:
        if self._playback is not None and not self._playback.drain():
            raise self._stuck()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _find_device(self) -> None:
        """Fail before the run starts when there is nothing to play on."""
        try:
            self._sounddevice.query_devices(self.device or None, "output")
        except (ValueError, self._sounddevice.PortAudioError) as error:
            names = [d["name"] for d in self._sounddevice.query_devices() if d["max_output_channels"] > 0]
            remedy = (
                f"give device one of: {', '.join(names)}" if names else "connect one, or write with sink.wav"
            )
            wanted = f" {self.device!r}" if self.device else ""
            raise MediaError(f"sink.speaker: no output device{wanted}: {error}; {remedy}") from error

    def _start(self, rate_hz: int) -> Playback:
        playback = Playback(rate_hz, self.buffer_s)

        def callback(block: Any, frames: int, _time: Any, _status: Any) -> None:
            block[:, 0] = playback.take(frames)

        try:
            self._stream = self._sounddevice.OutputStream(
                samplerate=rate_hz,
                device=self.device or None,
                channels=1,
                dtype="float32",
                blocksize=round(rate_hz * self.block_ms / 1000),
                callback=callback,
            )
            self._stream.start()
        except self._sounddevice.PortAudioError as error:
            raise MediaError(
                f"sink.speaker: the device {self.device or 'of the system'!r} cannot play {rate_hz} Hz: {error}; "
                "give another device, or put audio.resample before it"
            ) from error
        return playback

    def _stuck(self) -> OutputError:
        return OutputError(
            "sink.speaker: the device takes no more sound; is it still connected? give another device"
        )
