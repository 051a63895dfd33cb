"""When and where the screen changed: pictures pass on only where something new is to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes._engines.opencv import opencv
from nodes._engines.optional import or_none
from nodes.ocr._tiles import TileWatch
from pipeline.clock import SECOND, Ns, ms
from pipeline.media import Pixels, ScreenChange, VideoFrame
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

_SLACK = ms(1)  # sources round their times


@dataclass
class ScreenChanges(Node):
    """Tell when and where the screen changed and came to rest, so that text is read once, when it appears.

    Emits `change` with the picture and the regions in it that differ from what was told before: the first picture at
    once, a slide, a subtitle or a line of code when it stands still. What keeps moving (a camera, a film) is told by
    the clock, because text may stand on it. A still screen costs well under a hundredth of a core. A caret that blinks
    and the noise of compression are no change. Give its reader little room (`capacity: 2`) and its own input
    `when_full: drop_oldest`: then a reader that is behind skips pictures but misses no change that lasts.

    Example:
        changes: {uses: ocr.changes, inputs: {video: {from: talk.video, when_full: drop_oldest, capacity: 8}}}
    """

    fps: Annotated[float, Meta(gt=0, le=60)] = 12.5  # pictures looked at a second, at most
    tick_s: Annotated[float, Meta(ge=0.1, le=60)] = 1.0  # how often what keeps moving is told, seconds
    required: bool = True  # false: where it cannot run, say so and see nothing, so that the rest goes on

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 6

    video = Input(VideoFrame)
    change = Output(ScreenChange)

    def open(self) -> None:
        cv2 = or_none(lambda: opencv("ocr.changes"), self.required)
        self._watch = TileWatch(cv2, self.tick_s) if cv2 else None
        self._due: Ns | None = None
        self._last: Pixels | None = None
        self._seen: Ns = 0  # start of the last picture

    def process(self, video: Packet[VideoFrame]) -> Iterator[Emission[Any]]:
        self._last, self._seen = video.payload.pixels, video.start
        if self._watch is None:
            return
        if self._due is not None and video.start < self._due - _SLACK:
            return
        step = round(SECOND / self.fps)
        self._due = max((self._due or video.start) + step, video.start)
        for told in self._watch.look(self._last, video.start):
            yield self.change(ScreenChange(self._last, told.regions, told.since, told.restless))

    def finish(self) -> Iterator[Emission[Any]]:
        if self._last is not None:
            yield self.change(ScreenChange(self._last, (), self._seen, last=True))
