"""Tiles: where a picture differs from the one that was told last, and whether it has come to rest there.

How it works: each picture is made a gray one of 320 x 180 and cut into 20 x 12 tiles. A tile *differs* when enough of
its pixels are unlike those of the reference, which is what was told before, and *moves* when they are unlike those of
the picture before. What differs and no longer moves is told at once. A tile that keeps moving (a camera, a film in a slide) is
restless: it is told by the clock, together with all others of its kind, and once more when it comes to rest.

Somebody who talks rests here and moves there all the time. So what is told has a bound: once two whole screens were
told in short order, the next telling waits until half a screen a second makes up for it, and takes all that came.

Hashes of whole pictures will not do: a subtitle over a photograph changes none of their 64 bits.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.clock import Ns, ms, seconds, to_seconds
from pipeline.media import Box, Pixels

ROWS, COLUMNS = 12, 20
_HIGH, _WIDE = 180, 320  # pixels of the gray picture: 15 x 16 in a tile
_SHARE = 0.02  # of the pixels of a tile; a caret that blinks is less
_DIFFERS, _MOVES = 18, 12  # gray levels, of 255; noise and compression are less
_MEMORY_S = 1.3  # time constant of how restless a tile is
_ONE_LOOK = ms(100)  # that one look can speak for: after a gap nobody knows whether it moved
_RESTLESS, _UNEASY = 0.5, 0.35  # of the recent past that a tile moved
_UNEASY_LOOKS = 3  # at rest, before an uneasy tile is told
_AT_ONCE, _A_SECOND = 2.0, 0.5  # screens that may be told

Tiles = NDArray[np.bool_]  # (12, 20)


class Told(msgspec.Struct, frozen=True, eq=False):
    """Regions that are to be looked at, and since when they showed something new."""

    regions: tuple[Box, ...]
    restless: bool
    since: Ns


class TileWatch:
    """Looks at one picture after another. `cv2` is OpenCV; `tick_s` is how often restless tiles are told, seconds."""

    def __init__(self, cv2: Any, tick_s: float) -> None:
        self._cv2 = cv2
        self._tick = seconds(tick_s)
        self._next_tick: Ns = 0
        self._at: Ns = 0
        self._reference: NDArray[np.uint8] | None = None
        self._before = np.zeros((_HIGH, _WIDE), np.uint8)
        self._moved = np.zeros((ROWS, COLUMNS))  # share of the recent past, 0 to 1
        self._quiet = np.zeros((ROWS, COLUMNS), int)  # looks since it moved
        self._room = _AT_ONCE  # screens that may be told now
        self._unread = np.zeros((ROWS, COLUMNS), bool)  # told while it moved, so not for good
        self._since = np.zeros((ROWS, COLUMNS), np.int64)  # when it began to differ, ns

    def look(self, pixels: Pixels, at: Ns) -> list[Told]:
        """What is to be looked at in the picture at stream time `at`."""
        gray = self._gray(pixels)
        if self._reference is None:
            self._reference, self._before, self._at = gray.copy(), gray, at
            self._next_tick = at + self._tick
            return [Told((Box(0, 0, 1, 1),), False, at)]
        differs = self._unlike(gray, self._reference, _DIFFERS)
        self._follow(gray, differs, at)
        rests = self._quiet >= np.where(self._moved > _UNEASY, _UNEASY_LOOKS, 1)
        settled, told = (differs | self._unread) & rests, list[Told]()
        if settled.any() and self._room > 0:
            told.append(self._tell(gray, settled, False))
            self._room -= sum(map(_cost, told[0].regions))
        moving = differs & (self._moved > _RESTLESS) & ~settled
        if at >= self._next_tick and moving.any():
            self._next_tick = at + self._tick
            told.append(self._tell(gray, moving, True))
        return told

    def _gray(self, pixels: Pixels) -> NDArray[np.uint8]:
        """The picture as (180, 320) uint8, each pixel from four: an average over all costs eight times as much."""
        small = self._cv2.resize(pixels, (_WIDE, _HIGH), interpolation=self._cv2.INTER_LINEAR)
        gray: NDArray[np.uint8] = self._cv2.cvtColor(small, self._cv2.COLOR_RGB2GRAY)
        return gray

    def _unlike(self, one: NDArray[np.uint8], other: NDArray[np.uint8], levels: int) -> Tiles:
        apart = self._cv2.absdiff(one, other) > levels
        if not apart.any():
            return np.zeros((ROWS, COLUMNS), bool)
        shares = apart.reshape(ROWS, _HIGH // ROWS, COLUMNS, _WIDE // COLUMNS).mean((1, 3))
        return np.asarray(shares > _SHARE)

    def _follow(self, gray: NDArray[np.uint8], differs: Tiles, at: Ns) -> None:
        """What moves, and since when a tile has differed."""
        moves = self._unlike(gray, self._before, _MOVES)
        weight = float(np.exp(-min(at - self._at, _ONE_LOOK) / seconds(_MEMORY_S)))
        self._moved = weight * self._moved + (1 - weight) * moves
        self._room = min(_AT_ONCE, self._room + _A_SECOND * to_seconds(at - self._at))
        self._quiet = np.where(moves, 0, self._quiet + 1)
        self._since = np.where(differs & (self._since > 0), self._since, np.where(differs, at, 0))
        self._before, self._at = gray, at

    def _tell(self, gray: NDArray[np.uint8], tiles: Tiles, restless: bool) -> Told:
        assert self._reference is not None
        since = self._since[tiles & (self._since > 0)]
        began = int(since.min()) if since.size else self._at
        mask = np.kron(tiles, np.ones((_HIGH // ROWS, _WIDE // COLUMNS), bool))
        self._reference[mask] = gray[mask]
        self._unread = (self._unread & ~tiles) | (tiles & restless)
        self._since[tiles] = 0
        return Told(_boxes_around(self._cv2, tiles), restless, began)


def _boxes_around(cv2: Any, tiles: Tiles) -> tuple[Box, ...]:
    """Rectangles around the tiles that are set and their neighbours; near ones are one where that costs less."""
    wide = cv2.dilate(tiles.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(wide, connectivity=8)
    parts = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in found[1:]]
    while (pair := _worth_joining(parts)) is not None:
        one, other = pair
        parts = [part for part in parts if part not in pair] + [_union(one, other)]
    return tuple(
        Box(a / COLUMNS, b / ROWS, c / COLUMNS, d / ROWS) for a, b, c, d in sorted(parts, key=_order)
    )


def _cost(box: Box) -> float:
    """What looking at a region costs, in looks at a whole screen."""
    return (box.right - box.left) * (box.bottom - box.top) + _A_CALL / (ROWS * COLUMNS)


_Part = tuple[int, int, int, int]  # left, top, right, bottom in tiles
_A_CALL = 16  # tiles that looking once more costs as much as


def _worth_joining(parts: list[_Part]) -> tuple[_Part, _Part] | None:
    pairs = [
        (_area(one) + _area(other) + _A_CALL - _area(_union(one, other)), one, other)
        for index, one in enumerate(parts)
        for other in parts[:index]
    ]
    gain, one, other = max(pairs, default=(0, (0, 0, 0, 0), (0, 0, 0, 0)))
    return (one, other) if gain > 0 else None


def _union(one: _Part, other: _Part) -> _Part:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _area(part: _Part) -> int:
    return (part[2] - part[0]) * (part[3] - part[1])


def _order(part: _Part) -> tuple[int, int]:
    return part[1], part[0]
