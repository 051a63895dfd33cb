"""The sound and the pictures of a file: from compressed packets to emissions, one track each.

A track decodes into `raw` (what the decoder gave, with the file's own time) and lays that out on the timeline
when it is asked for its `head`. Both work only when the reader asks; PyAV objects never leave this file and
`_reader.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from nodes._engines.resampler import Resampler
from nodes.source._frames import Framer, nominal
from nodes.source._timeline import TWICE, Timeline
from pipeline.clock import SECOND, Ns, sample_index, sample_time
from pipeline.media import Pixels, Samples, VideoFrame
from pipeline.port import Emission

UNDECODABLE = "packets that cannot be decoded"
_FULL_SCALE = {"u1": 128.0, "i2": 32768.0, "i4": 2147483648.0, "i8": 9223372036854775808.0}
# ITU-R BS.775 downmix: the sides by 3 dB less than the centre, the surrounds by 6 dB, no subwoofer.
_WEIGHTS = {"FC": 1.0, "FL": 0.707, "FR": 0.707, "LFE": 0.0, "LFE2": 0.0}
_SURROUND = 0.5


class Track(Protocol):
    """What the reader needs of a track."""

    stream: Any
    packets: deque[Any]
    raw: deque[Any]
    done: bool  # nothing more will be decoded
    absent: bool  # it stays silent while the other goes on: not waited for

    def decode(self, packet: Any) -> None:
        """Decode a packet (None: the end) into `raw`."""

    def head(self) -> Ns | None:
        """Start of what would be given next; None while that is not known."""

    def pop(self, floor: Ns, led: bool) -> Emission[Any] | None:
        """Give it, not before `floor`; None when it turned out to be nothing."""

    def rest(self) -> None:
        """Give out what is held back: nothing comes for a while, or ever."""

    def resume(self, floor: Ns) -> None:
        """Packets come again; the other track has come to `floor`."""


def raw_time(item: Any, stream: Any) -> Ns | None:
    """Time of a packet or frame as the file has it."""
    at = item.pts if item.pts is not None else item.dts
    base = item.time_base or stream.time_base
    return None if at is None else int(at * SECOND * base.numerator) // int(base.denominator)


def decoded(stream: Any, packet: Any, timeline: Timeline) -> Iterator[Any]:
    """Frames of one packet; one that is damaged is counted and passed over."""
    from av.error import FFmpegError

    try:
        yield from stream.decode(packet)
    except FFmpegError:
        timeline.repairs[UNDECODABLE] += 1


class AudioTrack:
    """One audio stream as mono frames of one rate and length."""

    def __init__(self, stream: Any, rate_hz: int, frame_ms: float, timeline: Timeline) -> None:
        self.stream = stream
        self.packets: deque[Any] = deque()
        self.raw: deque[tuple[Ns | None, Samples, int]] = deque()  # time in the file, mono, its rate
        self.done = self.absent = False
        self._ready: deque[Emission[Any]] = deque()
        self._timeline = timeline
        self._framer = Framer(rate_hz, frame_ms)
        self._resampler: Resampler | None = None
        self._base: Ns = 0  # stream time of the first sample that came at the present rate
        self._count = 0  # samples since then

    def decode(self, packet: Any) -> None:
        for frame in decoded(self.stream, packet, self._timeline):
            self.raw.append((raw_time(frame, self.stream), mono(frame), frame.sample_rate))

    def head(self) -> Ns | None:
        while self.raw and not self._ready:
            self._lay_out(*self.raw.popleft())
        if self.done and not self._ready:
            self.rest()
        return self._ready[0].start if self._ready else None

    def pop(self, floor: Ns, led: bool) -> Emission[Any] | None:
        return self._ready.popleft()

    def rest(self) -> None:
        if self._resampler is not None:
            self._ready += self._framer.push(self._resampler.flush())
            self._base, self._count, self._resampler = self._position(), 0, None
        self._ready += self._framer.flush()

    def resume(self, floor: Ns) -> None:
        if floor > self._framer.position:
            self._silence(floor - self._framer.position, self._framer.rate_hz)

    def _position(self) -> Ns:
        rate = self._resampler.from_hz if self._resampler else self._framer.rate_hz
        return self._base + sample_time(self._count, rate)

    def _lay_out(self, at: Ns | None, samples: Samples, rate_hz: int) -> None:
        self._silence(self._timeline.silence_before(at, self._position()), rate_hz)
        self._push(samples, rate_hz)

    def _silence(self, length: Ns, rate_hz: int) -> None:
        left = sample_index(length, rate_hz)
        while left > 0:
            self._push(np.zeros(min(left, rate_hz), np.float32), rate_hz)
            left -= rate_hz

    def _push(self, samples: Samples, rate_hz: int) -> None:
        if self._resampler is None or self._resampler.from_hz != rate_hz:
            if self._resampler is not None:
                self._ready += self._framer.push(self._resampler.flush())
            self._base, self._count = self._position(), 0
            self._resampler = Resampler(rate_hz, self._framer.rate_hz)
        self._count += len(samples)
        self._ready += self._framer.push(self._resampler.feed(samples))


class VideoTrack:
    """One video stream as RGB pictures, upright, of at most `max_fps` a second and `max_height` lines."""

    def __init__(self, stream: Any, max_fps: float, max_height: int, timeline: Timeline) -> None:
        self.stream = stream
        self.packets: deque[Any] = deque()
        self.raw: deque[tuple[Ns | None, Ns, Any]] = deque()  # time in the file, duration, frame
        self.done = self.absent = False
        self._timeline = timeline
        self._max_fps = max_fps
        self._max_height = max_height
        self._nominal = nominal(float(stream.average_rate or stream.guessed_rate or 25))
        self._slot = -1  # of the last picture given, in a grid of max_fps
        self._last: Pixels | None = None

    def decode(self, packet: Any) -> None:
        for frame in decoded(self.stream, packet, self._timeline):
            length = int((frame.duration or 0) * SECOND * (frame.time_base or self.stream.time_base))
            self.raw.append((raw_time(frame, self.stream), length or self._nominal, frame))

    def head(self) -> Ns | None:
        return self._timeline.picture_at(self.raw[0][0], self.raw[0][1]) if self.raw else None

    def pop(self, floor: Ns, led: bool) -> Emission[Any] | None:
        at, length, frame = self.raw.popleft()
        repeats = self._timeline.repeats(at, length)
        pixels = None
        if repeats:
            pixels = rgb(frame, self._max_height)
            if self._last is not None and np.array_equal(pixels, self._last):
                self._timeline.repairs[TWICE] += 1
                return None
        start = max(self._timeline.picture(at, length, led=led), floor)
        end = start + length
        if self._max_fps:
            slot = int(start * self._max_fps) // SECOND
            if slot == self._slot:
                return None
            self._slot = slot
            end = max(end, start + nominal(self._max_fps))
        self._last = rgb(frame, self._max_height) if pixels is None else pixels
        return Emission("video", VideoFrame(self._last), start, end)

    def rest(self) -> None:
        """Pictures are not held back."""

    def resume(self, floor: Ns) -> None:
        """`pop` keeps to the floor."""


def mono(frame: Any) -> Samples:
    """Any decoded audio as (n,) float32, full scale ±1.0; never louder than its loudest channel."""
    array = frame.to_ndarray()
    channels = [channel.name for channel in frame.layout.channels]
    if not frame.format.is_planar:
        array = array.reshape(-1, len(channels)).T  # (channels, n)
    if array.dtype.kind != "f":
        scale = _FULL_SCALE[array.dtype.str[1:]]
        array = (array.astype(np.float64) - (128 if array.dtype.kind == "u" else 0)) / scale
    if len(channels) == 1:
        return np.array(array[0], np.float32)
    weights = np.array([_WEIGHTS.get(name, _SURROUND) for name in channels])
    if not weights.any():
        weights[:] = 1
    return np.asarray((weights / weights.sum()) @ array, np.float32)


def rgb(frame: Any, max_height: int) -> Pixels:
    """A decoded picture, upright and at most `max_height` lines (0: as it is); (height, width, 3) uint8."""
    turns = round((frame.rotation or 0) / 90) % 4
    width, height = frame.width, frame.height
    shown = width if turns % 2 else height
    if max_height and shown > max_height:
        width, height = round(width * max_height / shown), round(height * max_height / shown)
    pixels = frame.to_ndarray(format="rgb24", width=max(width, 1), height=max(height, 1))
    return np.ascontiguousarray(np.rot90(pixels, turns))
