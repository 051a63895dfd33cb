"""The draft: what is written about the sound that is held, from words given out to the tail still in question.

What it decides: how much of a new hypothesis is stable, and which of it makes whole words. What it must not know:
sound, models, voice activity; it sees tokens and their stream times, and is told how far the sound reaches.

How it works. A policy says how many tokens of the tail are stable (`stability.py`). Only whole words leave the
draft, and never the last one of a hypothesis, which may still grow. Tokens given out stay as `said` until their sound
is cut, because the next hypothesis is forced to begin with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nodes._engines.stability import Placed, Stability, Words
from nodes._engines.whisper import Word


@dataclass(frozen=True)
class LiveWord:
    """A word given out for good, and the span of stream time that it was heard in."""

    text: str
    start_ns: int
    end_ns: int
    glue: bool = False  # follows the word before it without a space


class Draft:
    """Tokens about the sound that is held.

    `words` groups tokens into whole words; `begins` says whether a word that comes first in its sound, and so has
    no space before it, is a word of its own; `stability` is the policy.
    """

    def __init__(self, words: Words, *, begins: Callable[[Word], bool], stability: Stability) -> None:
        self._words = words
        self._begins = begins
        self._stability = stability
        self._said: list[Placed] = []
        self._tail: list[Placed] = []
        self._floor_ns = 0  # no word begins or ends before the one given out before it

    @property
    def said(self) -> list[int]:
        """Tokens given out whose sound is still held."""
        return [placed.token for placed in self._said]

    @property
    def told_ns(self) -> int:
        """Up to where what was heard has been given out."""
        return self._floor_ns

    @property
    def tentative(self) -> str:
        """The tail as text; the next hypothesis replaces it."""
        return join(self._words([placed.token for placed in self._tail]))

    def revise(self, placed: Sequence[Placed], *, settled_ns: int) -> int:
        """Take a hypothesis: `said` with new times, then a new tail. How many tokens of the tail are stable.

        Tokens heard before `settled_ns` lie well before the end of the sound.
        """
        count = len(self._said)
        self._said, self._tail = list(placed[:count]), list(placed[count:])
        return self._whole(self._stability.hear(self._tail, settled_ns))

    def commit(self, count: int | None = None) -> list[LiveWord]:
        """Give out the first `count` tokens of the tail, all of it by default."""
        count = len(self._tail) if count is None else count
        given, self._tail = self._tail[:count], self._tail[count:]
        self._stability.advance(count)
        self._said += given
        fresh = len(self._said) == len(given)
        words: list[LiveWord] = []
        at = 0
        for word in self._words([each.token for each in given]):
            first, last = given[at], given[at + len(word.tokens) - 1]
            at += len(word.tokens)
            start = max(self._floor_ns, first.start_ns)
            self._floor_ns = max(start, last.end_ns)
            glue = word.glue and not (fresh and not words and self._begins(word))
            words.append(LiveWord(word.text, start, self._floor_ns, glue))
        return words

    def ends(self) -> list[int]:
        """Where the whole words that were given out end, in stream time."""
        ends, at = [], 0
        for word in self._words(self.said):
            at += len(word.tokens)
            ends.append(self._said[at - 1].end_ns)
        return ends

    def cut(self, time_ns: int) -> None:
        """Let go of the words heard up to a time, because their sound goes."""
        kept = 0
        for word, end in zip(self._words(self.said), self.ends(), strict=True):
            if end > time_ns:
                break
            kept += len(word.tokens)
        self._said = self._said[kept:]

    def clear(self) -> None:
        """Begin anew with other sound."""
        self._said, self._tail = [], []
        self._stability.forget()

    def _whole(self, count: int) -> int:
        """The longest prefix of at most `count` tokens that ends with a word, and not with the last one."""
        at = whole = 0
        for word in self._words([each.token for each in self._tail]):
            at += len(word.tokens)
            if at <= count and at < len(self._tail):
                whole = at
        return whole


def join(words: Sequence[Word | LiveWord]) -> str:
    """Words as one text."""
    return "".join(word.text if word.glue else f" {word.text}" for word in words).strip()
