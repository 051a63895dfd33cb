"""A video file: pictures, one track of sound and captions, encoded and muxed by PyAV.

Decides: codecs and containers. It is given things in the order of their own track and needs no common order: the
muxer interleaves them and holds at most `held_s` seconds of encoded pictures for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from nodes.sink._cues import Cue
from nodes.sink._file import OutputFile, refused
from pipeline.clock import SECOND, Ns
from pipeline.errors import OutputError
from pipeline.media import Pixels, Samples

TICK = Fraction(1, 60_000)  # of pictures: exact for 24, 25, 30, 50, 60 and 29.97 a second
CUE_TICK = Fraction(1, 1000)
CAPTIONS = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".mkv": "subrip"}


class MovieRules(msgspec.Struct, frozen=True):
    """How a movie is encoded."""

    rate_hz: int
    crf: int
    bitrate_kbps: int
    preset: str
    held_s: float


class Movie:
    """A video file being written. Raises `OutputError`."""

    def __init__(self, place: str, path: str, rules: MovieRules) -> None:
        import av

        OutputFile(place, path).close()  # says at once when there is no right to write
        self._av = av
        self._place = place
        self._path = path
        self._rules = rules
        self._container: Any = None
        self._last_tick = -1
        self._samples = 0  # encoded so far
        self.started = False

    def picture(self, pixels: Pixels, at: Ns) -> None:
        """Encode a picture that is shown from `at` on; one for a moment that has its picture is left out."""
        tick = int(at * TICK.denominator // SECOND)
        if tick <= self._last_tick:
            return
        self._last_tick = tick
        if not self.started:
            height, width = (max(2, side // 2 * 2) for side in pixels.shape[:2])
            self._safely(lambda: self._start(height, width))
        frame = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame = frame.reformat(width=self._video.width, height=self._video.height, format="yuv420p")
        frame.pts, frame.time_base = tick, TICK
        self._safely(lambda: self._container.mux(self._video.encode(frame)))

    def sound(self, samples: Samples) -> None:
        """Encode the next samples."""
        if not len(samples):
            return
        frame = self._av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = self._rules.rate_hz
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rules.rate_hz)
        self._samples += len(samples)
        self._safely(lambda: self._container.mux(self._audio.encode(frame)))

    def caption(self, cue: Cue) -> None:
        """Add a cue to the captions."""
        raw = "\n".join(cue.lines).encode()
        if self._mov_text:
            raw = len(raw).to_bytes(2, "big") + raw
        packet = self._av.Packet(raw)
        packet.stream = self._captions
        packet.time_base = CUE_TICK
        packet.pts = packet.dts = round(cue.start / 1_000_000)
        packet.duration = max(1, round(cue.end / 1_000_000) - packet.pts)
        self._safely(lambda: self._container.mux(packet))

    def close(self) -> None:
        """Write what the encoders hold and the index; without a picture there is no file."""
        if not self.started:
            Path(self._path).unlink(missing_ok=True)
            return
        container, self._container = self._container, None
        if container is None:
            return

        def end() -> None:
            container.mux(self._video.encode(None))
            container.mux(self._audio.encode(None))
            container.close()

        self._safely(end)

    def _start(self, height: int, width: int) -> None:
        rules, options = self._rules, {"max_interleave_delta": str(int(self._rules.held_s * 1_000_000))}
        codec = CAPTIONS[Path(self._path).suffix.lower()]
        self._mov_text = codec == "mov_text"
        if (
            self._mov_text
        ):  # in fragments while it grows, so that it can be read whatever happens; then one index
            options["movflags"] = "+hybrid_fragmented+frag_keyframe+delay_moov"
        self._container = self._av.open(self._path, "w", options=options)
        self.started = True
        name = self._encoder()
        choices = {"preset": rules.preset} if name == "libx264" else {}
        if name == "libx264" and not rules.bitrate_kbps:
            choices["crf"] = str(rules.crf)
        self._video = self._container.add_stream(name, rate=Fraction(25), options=choices)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        self._video.codec_context.time_base = TICK
        if name != "libx264" or rules.bitrate_kbps:
            self._video.bit_rate = 1000 * (rules.bitrate_kbps or 4000)
        self._audio = self._container.add_stream("aac", rate=rules.rate_hz, layout="mono")
        self._audio.bit_rate = 96_000
        self._captions = self._container.add_mux_stream(codec)
        self._captions.time_base = CUE_TICK

    def _encoder(self) -> str:
        """The best encoder of this build of FFmpeg that every player knows."""
        for name in ("libx264", "libopenh264", "mpeg4"):
            with suppress(self._av.codec.codec.UnknownCodecError):
                self._av.Codec(name, "w")
                return name
        raise OutputError(f"{self._place}: this build of PyAV encodes no video; type: pip install --force av")

    def _safely(self, action: Callable[[], Any]) -> None:
        try:
            action()
        except (OSError, self._av.FFmpegError) as error:
            number = getattr(error, "errno", None)
            raise refused(
                self._place, self._path, OSError(number, getattr(error, "strerror", error))
            ) from error
