"""Recording: a file to interpret, and what it should become."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

Unit: TypeAlias = Literal["word", "char"]
UNSPACED = frozenset(
    {"ja", "zh", "yue", "th", "lo", "km", "my", "bo"}
)  # written without spaces between words


class Sentence(msgspec.Struct, frozen=True):
    """One reference sentence (or group of sentences), and the span of the source that it renders."""

    text: str
    start_ms: float
    end_ms: float


class Recording(msgspec.Struct, frozen=True):
    """A recording with its reference translation."""

    id: str  # unique in its manifest; names its folder of results
    path: Path  # absolute
    from_: str = msgspec.field(name="from")  # BCP 47
    to: str  # BCP 47
    seconds: float
    sentences: tuple[Sentence, ...] = ()  # in order; one that spans the whole file where no times are known
    transcript: str = ""  # what is said, in the language spoken; empty when not known
    terms: tuple[str, ...] = ()  # words to expect
    line: int = 0  # of the manifest, for messages

    @property
    def reference(self) -> str:
        """The whole reference translation."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def unit(self) -> Unit:
        """What has a delay in the language of the translation."""
        return unit_of(self.to)


class LeftOut(msgspec.Struct, frozen=True):
    """A recording that is not scored, and why."""

    id: str  # empty where a line of a manifest has none
    why: str  # place: what is wrong; how to put it right


def unit_of(lang: str) -> Unit:
    """Words, or characters for languages written without spaces."""
    return "char" if lang.split("-", maxsplit=1)[0] in UNSPACED else "word"
