"""Sight: pictures, and what is seen in them: faces, hands, gestures, text."""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.clock import Ns
from pipeline.media.arrays import Pixels, read_only


class VideoFrame(msgspec.Struct, frozen=True, eq=False):
    """One picture."""

    pixels: Pixels  # (height, width, 3) uint8, RGB

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(
                f"VideoFrame.pixels: got {self.pixels.dtype} with shape {self.pixels.shape}; "
                "give uint8 with shape (height, width, 3), RGB"
            )
        read_only(self.pixels)


class Box(msgspec.Struct, frozen=True):
    """A rectangle in a picture; 0 to 1 of its width and height, from the upper left."""

    left: float
    top: float
    right: float
    bottom: float


class Face(msgspec.Struct, frozen=True, eq=False):
    """One face in one picture: where it is, what its mouth does, how the head is turned."""

    id: int  # the same while the face is followed, from 1
    box: Box
    mouth: Box
    crop: Pixels  # (96, 96) uint8, gray: the mouth, upright, at a fixed size of the face
    aperture: float  # of the inner lips, in distances between the outer corners of the eyes
    movement: float  # change of the shape of the lips, in the same distances a second
    activity: float  # how likely it is that this mouth speaks, 0 to 1
    yaw: float  # degrees; positive: to the left of the picture
    pitch: float  # degrees; positive: down
    roll: float  # degrees
    reliable: bool  # whether `activity` can be trusted: a face seen from the front, near and calm enough

    def __post_init__(self) -> None:
        read_only(self.crop)


class Faces(msgspec.Struct, frozen=True, eq=False):
    """All faces in one picture; none where nobody is seen."""

    faces: tuple[Face, ...] = ()


class ActiveSpeaker(msgspec.Struct, frozen=True):
    """Whose mouth goes with the sound."""

    face: int | None  # `id` of the face; None: nobody who is seen
    confidence: float = 0.0  # 0 to 1


class Hand(msgspec.Struct, frozen=True):
    """One hand in one picture, as it is seen there."""

    side: str  # "left" or "right": whose hand it is, seen by the person
    box: Box
    shape: str  # "thumb_up", "thumb_down", "open_palm", "fist", "victory", "pointing_up", "i_love_you" or ""
    score: float  # of `shape`, 0 to 1
    fingers: int  # stretched, 0 to 5
    tip: tuple[float, float]  # of the index finger, 0 to 1 of width and height
    towards: tuple[float, float] | None = (
        None  # unit vector in the picture, right and down; None: does not point
    )


class Hands(msgspec.Struct, frozen=True):
    """All hands in one picture."""

    hands: tuple[Hand, ...] = ()


class Gesture(msgspec.Struct, frozen=True):
    """A gesture that somebody makes: told when it is sure, and again when it is over."""

    name: str  # a shape of a hand, "count", "pointing", "wave", "nod" or "shake"
    by: str  # "left", "right" or "head"
    start: Ns  # when it began
    end: Ns  # until when it was seen so far
    over: bool  # False when it is told for the first time, True when it has ended
    score: float = 1.0  # 0 to 1
    count: int = 0  # for "count": fingers shown
    tip: tuple[float, float] | None = None  # for "pointing": where the finger is, 0 to 1 of width and height
    towards: tuple[float, float] | None = None  # for "pointing": unit vector in the picture, right and down


class ScreenChange(msgspec.Struct, frozen=True, eq=False):
    """A picture in which something new is to be looked at, and where."""

    pixels: Pixels  # (height, width, 3) uint8, RGB: the whole picture
    regions: tuple[Box, ...]  # where it differs from what was told before; none in the last one
    start: Ns  # when that began to show
    restless: bool = False  # it keeps moving there, so the picture is one of many
    last: bool = False  # the end of the stream: nothing more is shown

    def __post_init__(self) -> None:
        read_only(self.pixels)


class ScreenText(msgspec.Struct, frozen=True):
    """A line of text on the screen: told when it has been read, and again when it is gone."""

    id: int  # the same while the line stays, from 1
    text: str
    box: Box
    lang: str  # BCP 47; empty where it is not known
    confidence: float  # of the reading, 0 to 1
    start: Ns  # first seen
    end: Ns  # last seen so far
    over: bool  # False when it is told for the first time, True when it is gone
