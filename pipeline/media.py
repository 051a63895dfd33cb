"""Payload kinds: what packets carry. Shapes, dtypes, units, ranges.

Arrays are made read-only when a payload is made, because one packet goes to many consumers. Text on edges is
*committed* (append-only, never taken back) or *tentative* (the present tail, replaced by the next packet).
A kind names in `converters` the node that converts each of its formats; nothing converts silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.clock import Ns, sample_time

Samples = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def _read_only(array: NDArray[Any]) -> None:
    array.flags.writeable = False


class AudioFrame(msgspec.Struct, frozen=True, eq=False):
    """A stretch of mono sound."""

    samples: Samples  # (n,) float32, full scale ±1.0
    rate_hz: int

    converters: ClassVar[dict[str, str]] = {"rate_hz": "audio.resample"}

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 1:
            raise ValueError(
                f"AudioFrame.samples: got {self.samples.dtype} with shape {self.samples.shape}; "
                "give float32 with shape (n,), full scale ±1.0"
            )
        _read_only(self.samples)

    @property
    def duration(self) -> Ns:
        """Nanoseconds."""
        return sample_time(len(self.samples), self.rate_hz)

    @staticmethod
    def joined(frames: Sequence[AudioFrame]) -> AudioFrame:
        """Frames that follow one another, as one frame."""
        if len(frames) == 1:
            return frames[0]
        return AudioFrame(np.concatenate([frame.samples for frame in frames]), frames[0].rate_hz)


class VideoFrame(msgspec.Struct, frozen=True, eq=False):
    """One picture."""

    pixels: Pixels  # (height, width, 3) uint8, RGB

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(
                f"VideoFrame.pixels: got {self.pixels.dtype} with shape {self.pixels.shape}; "
                "give uint8 with shape (height, width, 3), RGB"
            )
        _read_only(self.pixels)


class Activity(msgspec.Struct, frozen=True):
    """How likely it is that somebody speaks during a window."""

    probability: float  # 0 to 1
    speaking: bool  # the detector's decision, with its hysteresis


class SpeechSegment(msgspec.Struct, frozen=True):
    """A stretch of speech between silences."""

    mean_probability: float  # 0 to 1


class Word(msgspec.Struct, frozen=True):
    """A word and the span of the source that it came from (for a translation: of its reading unit)."""

    text: str
    start: Ns
    end: Ns
    glue: bool = False  # follows the word before it without a space (scripts without spaces)


class Text(msgspec.Struct, frozen=True):
    """A step of a text that grows: what is new in it, and how it may go on."""

    committed: tuple[Word, ...] = ()  # new words, in order; never taken back
    tentative: str = ""  # the present tail; replaced by that of the next packet
    lang: str = ""  # BCP 47; empty while it is not known
    ends: str = ""  # why something ends after the committed words: "", "pause", "sentence" or "end"
    reason: str = ""  # why this was cut here (reading units): "pause", "punctuation", "agreed", "limit", …
    source: tuple[Word, ...] = ()  # for a translation: the source words that it renders

    @property
    def text(self) -> str:
        """The committed words as one string."""
        return join_words(self.committed)


class Term(msgspec.Struct, frozen=True):
    """A word or name to expect, and how it is to be translated."""

    text: str  # as it is written in the language spoken
    rendering: str = ""  # how it is to appear in the translation; empty: as the translator likes
    to: str = ""  # language of the rendering, BCP 47; empty: whatever is translated into
    origin: str = "given"  # who named it: "given" (beforehand), "glossary", "injected" or "screen"
    until: Ns | None = None  # stream time from which on it is expected no more; None: to the end


class Terms(msgspec.Struct, frozen=True):
    """Words to expect from now on, the likeliest first: names on a slide, a glossary. Takes the place of those before."""

    terms: tuple[Term, ...] = ()

    @staticmethod
    def of(*texts: str) -> Terms:
        """Terms without renderings."""
        return Terms(tuple(Term(text) for text in texts))

    def at(self, time: Ns) -> tuple[Term, ...]:
        """Those that are expected at a stream time."""
        if all(term.until is None for term in self.terms):
            return self.terms
        return tuple(term for term in self.terms if term.until is None or time < term.until)


class Speech(msgspec.Struct, frozen=True, eq=False):
    """Synthesised speech of one piece of text."""

    samples: Samples  # (n,) float32, full scale ±1.0
    rate_hz: int
    text: str
    lang: str  # BCP 47
    plays_at: Ns  # stream time of the source at which it starts to play
    speed: float = 1.0  # 1.0 is the voice's own pace
    skipped: int = 0  # pieces of text not spoken just before it, because speech could not keep up
    words: tuple[Word, ...] = ()  # the committed words that it speaks

    converters: ClassVar[dict[str, str]] = {"rate_hz": "audio.resample"}

    def __post_init__(self) -> None:
        _read_only(self.samples)

    @property
    def duration(self) -> Ns:
        """Nanoseconds."""
        return sample_time(len(self.samples), self.rate_hz)


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
        _read_only(self.crop)


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
        _read_only(self.pixels)


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


KINDS: tuple[type, ...] = (
    AudioFrame,
    VideoFrame,
    Activity,
    SpeechSegment,
    Text,
    Terms,
    Speech,
    Faces,
    ActiveSpeaker,
    Hands,
    Gesture,
    ScreenChange,
    ScreenText,
)
NEVER_DROPPED: tuple[type, ...] = (Text, Speech)


def join_words(words: Iterable[Word]) -> str:
    """Words as a readable string, with spaces where the script has them."""
    text = ""
    for word in words:
        text += word.text if word.glue or not text else f" {word.text}"
    return text
