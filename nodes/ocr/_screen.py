"""The screen: which lines of text stand on it, from their first to their last picture.

How it works: a change names regions. A line in them whose own pixels are as they were still stands there. What else the
engine finds in them is cut out and read; a text that was known a moment ago keeps its number, also where it moved;
others are new. What is neither as it was nor found again is over. Nothing outside of the regions is looked at.

In a region that keeps moving a line is read again and again, so it stays what it was as long as the reading is like it;
and where nothing was read, the next look waits twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from nodes.ocr._lines import Line, Reader, Reading, alike, bare, cut, tidy, visible
from pipeline.clock import Ns, seconds
from pipeline.media import Box, Pixels, ScreenChange, ScreenText

Rect = tuple[int, int, int, int]  # left, top, right, bottom; pixels

_LEAST_PX = 7  # height of a line; smaller ones cannot be read
_LEAST = 2  # letters and digits of a line that is told
_LIKE = 0.8  # two readings of a line in moving pictures
_SAME_PLACE = 0.5  # of the smaller rectangle
_HIGH, _WIDEST, _PATCH = (
    24,
    960,
    8,
)  # pixels: the small picture of a line by which it is known again, its parts
_PATCH_DIFFERS = (
    0.06  # of the contrast of the line; a letter that changed is 0.15 and more, compression 0.015
)
_FIRST_WAIT, _LONGEST_WAIT = seconds(0.5), seconds(4)


class _Known(msgspec.Struct):
    """A line that stands on the screen."""

    told: ScreenText
    rect: Rect
    small: NDArray[np.float32]


class Screen:
    """What stands on the screen. `find_px` is how large a picture is when lines are looked for, its long side."""

    def __init__(self, reader: Reader, min_confidence: float, find_px: int) -> None:
        self._reader = reader
        self._min_confidence = min_confidence
        self._find_px = find_px
        self._known: list[_Known] = []
        self._next_id = 1
        self._size = (0, 0)
        self._end: Ns = 0  # of the last picture
        self._wait: Ns = _FIRST_WAIT
        self._not_before: Ns = 0  # restless regions

    def look(self, change: ScreenChange, start: Ns, end: Ns) -> list[ScreenText]:
        """What came and went with a change whose picture is shown from `start` to `end`."""
        self._end = end
        if change.last:
            return self.stop()
        if change.restless and start < self._not_before:
            return []
        if change.pixels.shape[:2] != self._size:
            self._size = (change.pixels.shape[0], change.pixels.shape[1])
            self._known = [msgspec.structs.replace(line, small=_NOTHING) for line in self._known]
        told, regions = (
            list[ScreenText](),
            self._whole_lines([_rect(box, self._size) for box in change.regions]),
        )
        for region in regions:
            told += self._look_at(region, change, start, end)
        if change.restless:
            read = any(_inside(line.rect, region) for line in self._known for region in regions)
            self._wait = _FIRST_WAIT if read else min(2 * self._wait, _LONGEST_WAIT)
            self._not_before = start + self._wait
        return sorted(told, key=lambda text: not text.over)

    def stop(self) -> list[ScreenText]:
        """Nothing more is shown: what stands there was seen until the last picture."""
        known, self._known = self._known, []
        return [_over(line, self._end) for line in known]

    def close(self) -> None:
        """Close the reader."""
        self._reader.close()

    def _whole_lines(self, regions: list[Rect]) -> list[Rect]:
        """The regions, as large as the lines that they cut."""
        whole = []
        for region in regions:
            grown = region
            while (more := self._grown(grown)) != grown:
                grown = more
            whole.append(grown)
        return [rect for i, rect in enumerate(whole) if not any(_inside(rect, other) for other in whole[:i])]

    def _grown(self, region: Rect) -> Rect:
        for line in self._known:
            if _overlap(line.rect, region) > 0:
                region = _union(region, line.rect)
        return region

    def _look_at(self, region: Rect, change: ScreenChange, start: Ns, end: Ns) -> list[ScreenText]:
        pixels = change.pixels
        here = [known for known in self._known if _inside(known.rect, region)]
        still = [known for known in here if self._as_it_was(known, pixels)]
        for known in still:
            known.told = msgspec.structs.replace(known.told, end=end)
        lines = [line for line in self._find(region, pixels) if not _among(line.rect, still)]
        gone = [known for known in here if known not in still]
        came = list[_Known]()
        for line, reading in zip(lines, self._read(lines, pixels), strict=True):
            if reading.confidence < self._min_confidence or visible(reading.text) < _LEAST:
                continue
            again = self._again(line, reading, gone, change.restless)
            if again is None:
                came.append(self._begin(line, reading, change, start, end))
            else:
                gone.remove(again)
                again.rect = self._clipped(line)
                again.small = self._small(again.rect, pixels)
                again.told = msgspec.structs.replace(again.told, end=end, box=_box(again.rect, self._size))
        self._known = [known for known in self._known if known not in gone] + came
        return [_over(known, change.start) for known in gone] + [known.told for known in came]

    def _find(self, region: Rect, pixels: Pixels) -> list[Line]:
        left, top, right, bottom = region
        if right - left < _LEAST_PX or bottom - top < _LEAST_PX:
            return []
        scale = min(1.0, self._find_px / max(pixels.shape[:2]))
        found = self._reader.find(np.ascontiguousarray(pixels[top:bottom, left:right]), scale)
        offset = np.array([left, top], np.float32)
        moved = [Line(line.corners + offset, line.reading) for line in found]
        return [line for line in moved if min(_sides(line.rect)) >= _LEAST_PX]

    def _read(self, lines: Sequence[Line], pixels: Pixels) -> list[Reading]:
        unread = [line for line in lines if line.reading is None]
        read = iter(self._reader.read([cut(self._reader.cv2, pixels, line) for line in unread]))
        readings = [line.reading or next(read) for line in lines]
        return [msgspec.structs.replace(reading, text=tidy(reading.text)) for reading in readings]

    def _again(self, line: Line, reading: Reading, gone: list[_Known], restless: bool) -> _Known | None:
        """Which of the lines that are not as they were this one is."""
        for known in gone:
            if bare(known.told.text) == bare(reading.text):
                return known
            here = _overlap(known.rect, line.rect) > _SAME_PLACE
            if restless and here and alike(known.told.text, reading.text) >= _LIKE:
                return known
        return None

    def _begin(self, line: Line, reading: Reading, change: ScreenChange, start: Ns, end: Ns) -> _Known:
        number, self._next_id = self._next_id, self._next_id + 1
        since = min(change.start, start)
        rect = self._clipped(line)
        told = ScreenText(
            number, reading.text, _box(rect, self._size), reading.lang, reading.confidence, since, end, False
        )
        return _Known(told, rect, self._small(rect, change.pixels))

    def _clipped(self, line: Line) -> Rect:
        """Where a line is, inside of the picture."""
        return _common(line.rect, (0, 0, self._size[1], self._size[0]))

    def _as_it_was(self, line: _Known, pixels: Pixels) -> bool:
        now = self._small(line.rect, pixels)
        if now.shape != line.small.shape or not now.size:
            return False
        contrast = max(float(line.small.std()) * 4, 16.0)
        apart = self._reader.cv2.blur(np.abs(now - line.small), (_PATCH, _PATCH))
        return float(apart.max()) < _PATCH_DIFFERS * contrast

    def _small(self, rect: Rect, pixels: Pixels) -> NDArray[np.float32]:
        """A line in gray; (24, n) float32."""
        left, top, right, bottom = rect
        part = pixels[top:bottom, left:right]
        if not part.size:
            return _NOTHING
        width = min(_WIDEST, max(_PATCH, round(part.shape[1] * _HIGH / part.shape[0])))
        cv2 = self._reader.cv2
        small = cv2.resize(part, (width, _HIGH), interpolation=cv2.INTER_AREA)
        gray: NDArray[np.float32] = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return gray


def _over(line: _Known, at: Ns) -> ScreenText:
    return msgspec.structs.replace(line.told, end=max(at, line.told.start), over=True)


_NOTHING = np.zeros((0, 0), np.float32)


def _rect(box: Box, size: tuple[int, int]) -> Rect:
    height, width = size
    return (
        int(box.left * width),
        int(box.top * height),
        min(width, int(np.ceil(box.right * width))),
        min(height, int(np.ceil(box.bottom * height))),
    )


def _box(rect: Rect, size: tuple[int, int]) -> Box:
    height, width = size
    left, top, right, bottom = rect
    return Box(left / width, top / height, right / width, bottom / height)


def _sides(rect: Rect) -> tuple[int, int]:
    return rect[2] - rect[0], rect[3] - rect[1]


def _union(one: Rect, other: Rect) -> Rect:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _common(one: Rect, other: Rect) -> Rect:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _inside(one: Rect, other: Rect) -> bool:
    return _union(one, other) == other


def _overlap(one: Rect, other: Rect) -> float:
    """What two rectangles share, as a part of the smaller one."""
    across, down = _sides(_common(one, other))
    areas = [max(1, wide * high) for wide, high in (_sides(one), _sides(other))]
    return max(0, across) * max(0, down) / min(areas)


def _among(rect: Rect, lines: Sequence[_Known]) -> bool:
    return any(_overlap(rect, line.rect) > _SAME_PLACE for line in lines)
