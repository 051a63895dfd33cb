"""Glossary: where terms stand in a text, in whatever form. Pure.

Decides: which stretch of a text is which term. Knows no translator.

How it works. Texts are cut into words (a character each, in scripts without spaces), and terms are looked up by the
plain form of their first word, so that ten thousand of them cost no more than ten. The longest term that fits
wins, an exact form before an inflected one; matches never overlap. A term of one word that is written with a
capital is found only where the text has one too ("May" is not "may"); one in capitals throughout, only in capitals.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from nodes.translate._inflection import plain_form, same_word
from pipeline.media import Term

LONGEST_GAP = 3  # characters between two words of a term
LONGEST_ABBREVIATION = 3  # letters before a full stop that ends no sentence
STOPS = frozenset(",;:!?…()[]\n")
UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")  # begin the names of characters


class Token(msgspec.Struct, frozen=True):
    """A word and where it stands in its text, in characters."""

    text: str
    start: int
    end: int


class Found(msgspec.Struct, frozen=True):
    """A term in a text."""

    term: Term
    start: int
    end: int
    exact: bool  # in the form of the glossary, but for case


class _Entry(msgspec.Struct, frozen=True):
    term: Term
    words: tuple[str, ...]


class Glossary:
    """Terms of one language, to be found in texts. `cased`: capitals matter, see the head of this file."""

    def __init__(self, terms: Sequence[Term], lang: str, *, cased: bool = True) -> None:
        self._lang = lang
        self._cased = cased
        self._entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._beginnings: set[tuple[str, ...]] = set()
        for term in terms:
            words = _words(term.text)
            if words:
                forms = self._forms(words)
                self._entries[forms[0]].append(_Entry(term, words))
                self._beginnings.update(forms[:count] for count in range(1, len(forms)))
        self._longest = max((len(beginning) for beginning in self._beginnings), default=0)

    def find(self, text: str) -> list[Found]:
        """The terms in a text, in order."""
        return list(self._find(text, tokens(text)))

    def unfinished(self, words: Sequence[str]) -> int:
        """How many of the last words may be the beginning of a term that goes on."""
        parts = [tuple(token.text for token in tokens(word)) for word in words]
        for count in range(min(self._longest, len(words)), 0, -1):
            tail = tuple(part for group in parts[-count:] for part in group)
            if self._forms(tail) in self._beginnings and all(parts[-count:]) and not _stopped(words[-count:]):
                return count
        return 0

    def _forms(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(plain_form(word, self._lang) for word in words)

    def _find(self, text: str, parts: Sequence[Token]) -> Iterator[Found]:
        at = 0
        while at < len(parts):
            best: tuple[int, bool, _Entry] | None = None
            for entry in self._entries.get(plain_form(parts[at].text, self._lang), ()):
                here = parts[at : at + len(entry.words)]
                if self._fits(text, here, entry):
                    exact = all(
                        p.text.casefold() == w.casefold() for p, w in zip(here, entry.words, strict=True)
                    )
                    rank = (len(here), exact)
                    if best is None or rank > best[:2]:
                        best = (*rank, entry)
            if best is None:
                at += 1
                continue
            count, exact, entry = best
            yield Found(entry.term, parts[at].start, parts[at + count - 1].end, exact)
            at += count

    def _fits(self, text: str, here: Sequence[Token], entry: _Entry) -> bool:
        if len(here) < len(entry.words):
            return False
        if any(_parted(one.text, text[one.end : other.start]) for one, other in pairwise(here)):
            return False
        if not all(same_word(p.text, w, self._lang) for p, w in zip(here, entry.words, strict=True)):
            return False
        return not (self._cased and len(here) == 1) or _capitals_fit(here[0].text, entry.words[0])


def tokens(text: str) -> list[Token]:
    """The words of a text: runs of letters, digits and marks; single characters in scripts without spaces."""
    found: list[Token] = []
    start = None
    for at, character in enumerate(f"{text} "):
        kind = unicodedata.category(character)[0]
        joins = kind in "LNM"
        alone = (
            kind == "L" and ord(character) > 0x0E00 and unicodedata.name(character, "").startswith(UNSPACED)
        )
        if start is not None and (not joins or alone):
            found.append(Token(text[start:at], start, at))
            start = None
        if joins and start is None:
            start = at
    return found


@lru_cache(maxsize=32_768)  # a glossary is read again whenever a term comes or goes
def _words(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(text))


def _parted(word: str, between: str) -> bool:
    """Whether what stands behind a word ends something; the full stop of an abbreviation ("St. Antoine") does not."""
    ends = "." in between and len(word) > LONGEST_ABBREVIATION
    return ends or len(between) > LONGEST_GAP or bool(STOPS & set(between))


def _stopped(words: Sequence[str]) -> bool:
    """Whether something ends within or behind these words."""
    return any(
        STOPS & set(word) or (word[-1:] == "." and len(word) > LONGEST_ABBREVIATION + 1) for word in words
    )


def _capitals_fit(word: str, term: str) -> bool:
    if len(term) > 1 and term.isupper():
        return word.isupper()
    return word[0].isupper() or not term[0].isupper()
