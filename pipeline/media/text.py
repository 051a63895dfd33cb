"""Text that grows, the terms that are expected in it, and the speech made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from pipeline.clock import Ns, sample_time
from pipeline.media.arrays import Samples, read_only


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
        read_only(self.samples)

    @property
    def duration(self) -> Ns:
        """Nanoseconds."""
        return sample_time(len(self.samples), self.rate_hz)


def join_words(words: Iterable[Word]) -> str:
    """Words as a readable string, with spaces where the script has them."""
    text = ""
    for word in words:
        text += word.text if word.glue or not text else f" {word.text}"
    return text
