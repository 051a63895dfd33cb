"""Lines of text in a picture: where they are, what they say, and who finds and reads them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels

_BULLET = re.compile(r"^[▶►▸>»•●■◆‣·▪○◦*]+\s+")
_TILTED = 0.06  # radians: more, and the line is turned level before it is read
_UPRIGHT = 2  # heights in a width: a line that is taller runs upwards


class Reading(msgspec.Struct, frozen=True):
    """What a line says."""

    text: str
    confidence: float  # 0 to 1
    lang: str = ""  # BCP 47; empty where it is not known


class Line(msgspec.Struct, frozen=True, eq=False):
    """A line that was found, in pixels of the picture in which it was looked for."""

    corners: NDArray[np.float32]  # (4, 2), from the upper left clockwise in the sense of reading
    reading: Reading | None = None  # where finding and reading are one

    @property
    def rect(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the upright rectangle around it."""
        (left, top), (right, bottom) = np.floor(self.corners.min(0)), np.ceil(self.corners.max(0))
        return int(left), int(top), int(right), int(bottom)


class Reader(Protocol):
    """An engine, as the screen uses it. Belongs to one thread."""

    cv2: Any

    def find(self, pixels: Pixels, scale: float) -> list[Line]:
        """Lines in a part of a picture, which may be looked at `scale` times as large (1 or less)."""
        ...

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """What pictures of single lines say; empty texts where nothing could be read."""
        ...

    def close(self) -> None:
        """Let go what was opened."""
        ...


def cut(cv2: Any, pixels: Pixels, line: Line) -> Pixels:
    """The picture of one line, level and from left to right."""
    left, top, right, bottom = line.rect
    height, width = pixels.shape[:2]
    left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
    along = line.corners[1] - line.corners[0]
    tilt = float(np.arctan2(along[1], along[0]))
    if abs(tilt) <= _TILTED or bottom - top > _UPRIGHT * (right - left):
        part = pixels[top:bottom, left:right]
    else:
        part = _levelled(cv2, pixels, line)
    if part.shape[0] > _UPRIGHT * part.shape[1]:
        part = np.rot90(part)
    return np.ascontiguousarray(part)


def _levelled(cv2: Any, pixels: Pixels, line: Line) -> Pixels:
    corners = line.corners.astype(np.float32)
    width = max(1, round(float(np.hypot(*(corners[1] - corners[0])))))
    height = max(1, round(float(np.hypot(*(corners[3] - corners[0])))))
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, level)
    return np.asarray(cv2.warpPerspective(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def tidy(text: str) -> str:
    """A line without the bullet before it and without spaces more than there are words."""
    return _BULLET.sub("", " ".join(text.split()))


def visible(text: str) -> int:
    """How many letters and digits it has."""
    return sum(char.isalpha() or char.isdecimal() for char in text)


def alike(one: str, other: str) -> float:
    """How much two texts have in common, 0 to 1; spaces and case count for nothing."""
    return difflib.SequenceMatcher(None, bare(one), bare(other), autojunk=False).ratio()


def bare(text: str) -> str:
    """A text without spaces and case."""
    return "".join(text.split()).casefold()
