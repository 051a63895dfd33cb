"""Overlay: what each node saw, drawn into a picture, so that people look instead of reading logs.

Decides: colours, boxes and labels. What is to be seen at a moment comes from _sight.py, letters from _letters.py.
Everything is cut to the picture, so that a face at its edge or a picture of one pixel is drawn as far as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from nodes.sink._letters import Letters
from nodes.sink._sight import Scene
from pipeline.media import Box, Gesture, Pixels

Mark: TypeAlias = Literal["captions", "mouths", "speaker", "hands", "text"]
Colour: TypeAlias = tuple[int, int, int]

WHITE, BLACK, GRAY = (255, 255, 255), (0, 0, 0), (160, 160, 160)
SPEAKER, TEXT, HAND = (255, 214, 10), (255, 105, 180), (64, 224, 255)
SHUT, OPEN = np.array((90, 120, 255)), np.array((60, 230, 60))  # a mouth that rests, one that speaks
PAPER = 0.2  # how much of the picture is seen through the paper under letters


class Overlay:
    """Draws scenes. Raises `PackageError` where Pillow is not installed."""

    def __init__(self, marks: frozenset[Mark], wanted_by: str) -> None:
        self._marks = marks
        self._letters = Letters(wanted_by)

    def draw(self, pixels: Pixels, scene: Scene) -> Pixels:
        """A copy of the picture (height, width, 3) uint8 RGB with the scene drawn into it."""
        sheet = _Sheet(np.array(pixels), self._letters)
        for mark, draw in _DRAWN.items():
            if mark in self._marks:
                draw(sheet, scene)
        return sheet.pixels


def _texts(sheet: _Sheet, scene: Scene) -> None:
    """Boxes of text on the screen, with what was read."""
    for text in scene.texts:
        sheet.frame(text.box, TEXT, 1)
        lang = f"{text.lang} " if text.lang else ""
        sheet.label(f"{text.text}  {lang}{text.confidence:.2f}", text.box, TEXT, below=True)


def _mouths(sheet: _Sheet, scene: Scene) -> None:
    """Boxes of mouths, greener the likelier they speak, and their activity; gray where that says nothing."""
    for face in scene.faces:
        red, green, blue = (SHUT + (OPEN - SHUT) * face.activity).astype(int)
        colour = (int(red), int(green), int(blue)) if face.reliable else GRAY
        told = f"{face.activity:.2f}" if face.reliable else "?"
        sheet.frame(face.mouth, colour, 1)
        sheet.label(f"{face.id}: {told}", face.mouth, colour, below=True)


def _speaker(sheet: _Sheet, scene: Scene) -> None:
    """The box of the face that speaks."""
    for face in scene.faces:
        if face.id == scene.speaker:
            sheet.frame(face.box, SPEAKER, 2)
            sheet.label(f"speaker {face.id}", face.box, SPEAKER)


def _hands(sheet: _Sheet, scene: Scene) -> None:
    """Boxes of hands with the gesture that is sure; nods and shakes over the largest head."""
    sure = {gesture.by: gesture for gesture in scene.gestures}
    for hand in scene.hands:
        sheet.frame(hand.box, HAND, 1)
        gesture = sure.get(hand.side)
        sheet.label(_name(gesture) if gesture else f"{hand.side} hand", hand.box, HAND)
        if hand.towards is not None:
            sheet.ray(hand.tip, hand.towards, HAND)
    if "head" in sure and scene.faces:
        largest = max(scene.faces, key=lambda face: face.box.right - face.box.left)
        sheet.label(_name(sure["head"]), largest.box, HAND, below=True)


def _name(gesture: Gesture) -> str:
    shown = f" {gesture.count}" if gesture.name == "count" else ""
    return gesture.name.replace("_", " ") + shown


def _captions(sheet: _Sheet, scene: Scene) -> None:
    sheet.captions(scene.captions)


_DRAWN: dict[Mark, Callable[[_Sheet, Scene], None]] = {  # in this order, the later over the earlier
    "text": _texts,
    "mouths": _mouths,
    "speaker": _speaker,
    "hands": _hands,
    "captions": _captions,
}


class _Sheet:
    """A picture that is drawn on; boxes are 0 to 1 of its sides."""

    def __init__(self, pixels: Pixels, letters: Letters) -> None:
        self.pixels = pixels
        self._letters = letters
        self._height, self._width = pixels.shape[:2]
        self._line = max(1, self._height // 360)
        self._size = max(10, self._height // 40)

    def frame(self, box: Box, colour: Colour, thick: int) -> None:
        """The outline of a box."""
        left, right = round(box.left * self._width), round(box.right * self._width)
        top, bottom = round(box.top * self._height), round(box.bottom * self._height)
        wide = thick * self._line
        for rows, columns in (
            (slice(top, top + wide), slice(left, right)),
            (slice(max(top, bottom - wide), bottom), slice(left, right)),
            (slice(top, bottom), slice(left, left + wide)),
            (slice(top, bottom), slice(max(left, right - wide), right)),
        ):
            self.pixels[rows, columns] = colour

    def ray(self, tip: tuple[float, float], towards: tuple[float, float], colour: Colour) -> None:
        """A dotted line from the tip of a finger to where it points."""
        wide = 2 * self._line
        reach = np.arange(0, 0.5 * self._width, 4 * wide)  # (n,) pixels from the tip
        across = np.round(tip[0] * self._width + reach * towards[0]).astype(int)
        down = np.round(tip[1] * self._height + reach * towards[1]).astype(int)
        seen = (across >= 0) & (across < self._width) & (down >= 0) & (down < self._height)
        for x, y in zip(across[seen], down[seen], strict=True):
            self.pixels[y : y + wide, x : x + wide] = colour

    def label(self, text: str, box: Box, colour: Colour, *, below: bool = False) -> None:
        """A line of text over a box, or below it; inside the picture where it has room."""
        mask = self._letters.mask(text, self._size)
        top = round(box.bottom * self._height) if below else round(box.top * self._height) - mask.shape[0]
        left = min(round(box.left * self._width), self._width - mask.shape[1])
        self._write(mask, max(0, min(top, self._height - mask.shape[0])), max(0, left), colour)

    def captions(self, lines: tuple[str, ...]) -> None:
        """Lines in the middle of the lower edge."""
        bottom = self._height - self._size
        for line in reversed(lines):
            mask = self._letters.mask(line, round(1.6 * self._size))
            bottom -= mask.shape[0]
            self._write(mask, max(0, bottom), max(0, (self._width - mask.shape[1]) // 2), WHITE)

    def _write(self, mask: Pixels, top: int, left: int, colour: Colour) -> None:
        """Letters in a colour on dark paper; `mask` is (height, width) uint8, how much of a pixel is ink."""
        place = self.pixels[top : top + mask.shape[0], left : left + mask.shape[1]]
        ink = mask[: place.shape[0], : place.shape[1], None].astype(np.uint16)
        paper = (place * PAPER).astype(np.uint16)
        place[:] = ((255 - ink) * paper + ink * np.array(colour, np.uint16)) // 255
