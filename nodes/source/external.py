"""Sound and pictures that a program pushes into a graph: a gateway, a notebook, a pipe."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from msgspec import Meta

from nodes.source._frames import Framer, nominal, pcm
from nodes.source._handover import Handover
from pipeline.clock import Ns, RunClock, ms, sample_time
from pipeline.media import AudioFrame, Pixels, Samples, VideoFrame
from pipeline.node import Source
from pipeline.port import Emission, Output

_GAP = ms(40)  # a given start this far ahead is a gap; nearer ones are the jitter of whoever stamps

_Item: TypeAlias = tuple[Samples | VideoFrame, Ns | None]  # what was pushed, and its stream time if given


@dataclass
class External(Source):
    """Take sound and pictures from the program that runs the graph.

    The program calls `push(samples)` and `push_picture(pixels)` (from any thread; False when there is no room),
    or `await put(samples)` and `await put_picture(pixels)` (from any event loop; they wait for room), and at the
    end `end()`. In a run, the node to push into is `run.node("caller")`. Sound is mono: float arrays at full scale ±1.0, int16, or
    bytes of 16-bit little-endian PCM as they come from a pipe; pictures are (height, width, 3) uint8 RGB.

    Sound comes out in frames of `frame_ms`, however it was pushed. Its stream time counts its samples from the
    first one, which stands at 0 or, with `pace: realtime`, when it came; a `start` given with a push overrules
    that, and one more than 40 ms ahead is a gap. Pictures without a `start` follow each other at `fps`, or stand
    when they came. Nothing goes back: what is stamped too early is put right after what was given before it, and
    sound and pictures wait for each other by `capacity_ms` at most.

    Example: `caller: {uses: source.external, with: {rate_hz: 16000}}`
    """

    rate_hz: Annotated[int, Meta(ge=1000, le=384_000)] = 16_000  # Hz, of the sound pushed
    frame_ms: Annotated[float, Meta(ge=1, le=10_000)] = 20  # ms of sound in a packet
    capacity_ms: Annotated[float, Meta(ge=1, le=3_600_000)] = 2000  # ms of media that may wait to be read
    fps: Annotated[float, Meta(gt=0, le=1000)] = 25  # pictures a second, where pushed without a start
    pace: Literal["realtime", "asap"] = "realtime"  # pushed as it happens, or as fast as it is taken

    audio = Output(AudioFrame, rate_hz="rate_hz")
    video = Output(VideoFrame)

    def __post_init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        self._closed = False
        self._sound: Framer | None = None  # made by the first sound
        self._picture: Ns | None = None  # start of the last picture
        self._floor: Ns = 0  # nothing that is still to come starts before this
        self._handover: Handover[_Item] = Handover(ms(self.capacity_ms))

    @property
    def live(self) -> bool:
        return self.pace == "realtime"

    def push(self, samples: object, start: Ns | None = None) -> bool:
        """Sound, if there is room for it. Raises `ValueError` when it is not mono sound."""
        sound = self._checked(samples)
        return self._handover.offer((sound, start), sample_time(len(sound), self.rate_hz))

    async def put(self, samples: object, start: Ns | None = None) -> bool:
        """Sound; waits for room. False when the graph has stopped. Raises `ValueError` as `push` does."""
        sound = self._checked(samples)
        return await self._handover.put((sound, start), sample_time(len(sound), self.rate_hz))

    def push_picture(self, pixels: Pixels, start: Ns | None = None) -> bool:
        """A picture, if there is room for it. Raises `ValueError` when it is not RGB."""
        return self._handover.offer((VideoFrame(np.array(pixels)), start), nominal(self.fps))

    async def put_picture(self, pixels: Pixels, start: Ns | None = None) -> bool:
        """A picture; waits for room. False when the graph has stopped. Raises `ValueError` as above."""
        return await self._handover.put((VideoFrame(np.array(pixels)), start), nominal(self.fps))

    def end(self) -> None:
        """Nothing more comes; what was pushed is still played."""
        self._handover.end()

    @property
    def waiting_ms(self) -> float:
        """Media that was pushed and not yet read, ms."""
        return self._handover.length / 1e6

    @property
    def held_since(self) -> Ns | None:
        return self._floor if self._sound is not None and self._picture is not None else None

    def open(self) -> None:
        if self._closed:  # opened again after a failure; what is pushed before the first time is kept
            self._renew()

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        while (item := await self._handover.get()) is not None:
            payload, start = item
            if isinstance(payload, VideoFrame):
                emissions = self._seen(payload, start, clock)
            else:
                emissions = self._heard(payload, start, clock)
            for emission in emissions:
                yield emission
            self._settle()
        if self._sound is not None:
            for emission in self._sound.flush():
                yield emission

    def close(self) -> None:
        """Whoever still pushes is told that the graph has stopped."""
        self._closed = True
        self._handover.end()

    def _checked(self, samples: object) -> Samples:
        try:
            return pcm(samples)
        except ValueError as error:
            raise ValueError(f"source.external: {error}") from None

    def _heard(self, samples: Samples, start: Ns | None, clock: RunClock) -> list[Emission[Any]]:
        if self._sound is None:
            arrived = clock.now() - sample_time(len(samples), self.rate_hz) if self.live else 0
            first = max(arrived if start is None else start, self._floor)
            self._sound = Framer(self.rate_hz, self.frame_ms, first)
            return list(self._sound.push(samples))
        gap = start is not None and start - self._sound.position > _GAP
        at = max(start or 0, self._floor) if gap else self._floor
        done = self._sound.jump(at) if at > self._sound.position else []
        return [*done, *self._sound.push(samples)]

    def _seen(self, frame: VideoFrame, start: Ns | None, clock: RunClock) -> list[Emission[Any]]:
        length = nominal(self.fps)
        if start is None:
            follows = 0 if self._picture is None else self._picture + length
            start = clock.now() if self.live else follows
        start = max(start, self._floor, 0 if self._picture is None else self._picture + 1)
        late = self._sound is not None and start - self._sound.next_start > ms(self.capacity_ms)
        done = self._sound.flush() if self._sound is not None and late else []
        self._picture = start
        return [*done, self.video(frame, start, start + length)]

    def _settle(self) -> None:
        """Move the floor: to the slower of sound and pictures, but not further behind than `capacity_ms`."""
        nexts = [] if self._sound is None else [self._sound.next_start]
        nexts += [] if self._picture is None else [self._picture]
        self._floor = max(self._floor, min(nexts), max(nexts) - ms(self.capacity_ms))
