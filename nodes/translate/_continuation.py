"""Continuation: a translation that only ever grows, from a translator that only knows whole texts.

Decides: what to append to a committed translation when the next reading unit of a sentence comes. Knows nothing of
packets, times or engines; a translator is a function from text to text.

How it works. A unit is often a piece of a sentence, and a piece translated alone lacks what stands before it (person,
case, agreement). So the sentence so far is translated with the new unit at its end, and what follows the committed
words in the result is appended:

    exact     the committed words begin the new translation: the rest is appended
    near      they do but for a few words (the translator changed its mind on what is already spoken): the place
              where they end is found by edit distance over words, and the rest from there is appended
    alone     they do not: the unit is translated by itself, and its first letter is made small again

Words are compared without case and punctuation. A comma that the longer translation puts behind the last committed
word is appended as a glued word; a full stop that the source does not have is taken off.
"""

# ruff: noqa: RUF001 (marks and letters of many scripts are meant)

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

LONGEST_CONTEXT = 40  # source words of one sentence that are translated again; beyond, translators lose words
NEAR = 0.5  # share of committed words that may differ
STOPS = ".?!…。？！"
JOINTS = ",;:，；：、"
NOUNS_ARE_CAPITAL = ("de", "lb")

_PIECE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")


class Piece(msgspec.Struct, frozen=True):
    """A word of the translation; `glue`: it follows the one before without a space."""

    text: str
    glue: bool = False


def pieces(text: str) -> list[Piece]:
    """A text in words; Chinese and Japanese in characters, with what follows them."""
    found: list[Piece] = []
    for match in _PIECE.finditer(text):
        glue = match.start() > 0 and not text[match.start() - 1].isspace()
        if glue and found and not any(letter.isalnum() for letter in match[0]):
            found[-1] = Piece(found[-1].text + match[0], found[-1].glue)
        else:
            found.append(Piece(match[0], glue))
    return found


def key(word: str) -> str:
    """A word without case and punctuation, for comparing; punctuation alone is itself."""
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word


class Continuation:
    """The committed translation of the sentence that is going on, and how it continues."""

    def __init__(self, translate: Callable[[str], str], target: str = "") -> None:
        self._translate = translate
        self._keeps_capitals = target.partition("-")[0] in NOUNS_ARE_CAPITAL
        self.forget()

    def forget(self) -> None:
        """A sentence is over: the next unit begins one."""
        self._source = ""
        self._committed: list[Piece] = []

    def extend(self, unit: str) -> list[Piece]:
        """The words to append for the next unit of the source. They are committed with this call."""
        return self._add(unit, self._next(unit))

    def lag(self, unit: str, ahead: str) -> list[Piece]:
        """As `extend`, but one word for each of the unit, with what was read `ahead` of it in view.

        This is wait-k with a model that was trained on whole sentences (Ma et al., ACL 2019, section 4.1, "test-time
        wait-k"). What the translation has more is said when the sentence ends.
        """
        whole = pieces(self._translate(" ".join(part for part in (self._source, unit, ahead) if part)))
        rest = following(self._committed, whole) if self._committed else whole
        if rest is None:  # it changed its mind on what is said already: go on at the same place
            rest = whole[len(self._committed) :]
        return self._add(unit, finished(rest[: len(unit.split())], unit))

    def _add(self, unit: str, added: list[Piece]) -> list[Piece]:
        self._source = f"{self._source} {unit}".strip()
        self._committed += added
        if len(self._source.split()) > LONGEST_CONTEXT:
            self.forget()
        return added

    def preview(self, tail: str) -> str:
        """How the translation may go on with `tail`; nothing is committed."""
        if not tail.strip():
            return ""
        words = self._next(tail)
        return "".join((" " if i and not piece.glue else "") + piece.text for i, piece in enumerate(words))

    def _next(self, unit: str) -> list[Piece]:
        if not self._committed:
            return finished(pieces(self._translate(unit)), unit)
        whole = pieces(self._translate(f"{self._source} {unit}"))
        rest = following(self._committed, whole)
        if rest is None or not plausible(rest, unit):
            rest = self._alone(unit, whole)
        return finished(rest, unit)

    def _alone(self, unit: str, whole: Sequence[Piece]) -> list[Piece]:
        """The translation of a piece by itself, which begins small unless it is a name."""
        words = pieces(self._translate(unit))
        if words and unit[:1].islower() and not self._keeps_capitals:
            first = words[0].text
            a_name = first in {piece.text for piece in whole[1:]} or first.partition("'")[0] == "I"
            if not a_name and not any(letter.isupper() for letter in first[1:]):
                words[0] = Piece(first[:1].lower() + first[1:], words[0].glue)
        return words


def following(committed: Sequence[Piece], whole: Sequence[Piece]) -> list[Piece] | None:
    """What follows the committed words in a translation of more; None when they do not begin it."""
    end = _end_of([key(piece.text) for piece in committed], [key(piece.text) for piece in whole])
    if end is None:
        return None
    rest = list(whole[end:])
    last, now = committed[-1].text, whole[end - 1].text
    if rest and now[-1] in JOINTS and last[-1] not in JOINTS + STOPS:
        rest.insert(0, Piece(now[-1], glue=True))
    return rest


def _end_of(committed: list[str], whole: list[str]) -> int | None:
    """How many words of `whole` render what is committed: exactly, or but for a few of them."""
    if whole[: len(committed)] == committed:
        return len(committed)
    distances = list(range(len(whole) + 1))  # from the committed words so far to each prefix of `whole`
    for count, word in enumerate(committed, 1):
        row = [count]
        for index, other in enumerate(whole, 1):
            row.append(min(distances[index - 1] + (word != other), distances[index] + 1, row[-1] + 1))
        distances = row
    # The place is sure only where the last committed word stands there too.
    ends = [n for n in range(1, len(whole) + 1) if whole[n - 1] == committed[-1]]
    if not ends:
        return None
    end = min(ends, key=lambda n: (distances[n], abs(n - len(committed))))
    return end if distances[end] <= NEAR * len(committed) else None


def plausible(rest: Sequence[Piece], unit: str) -> bool:
    """Whether `rest` can be the translation of `unit`: neither empty nor out of all proportion."""
    words, given = len(rest), len(unit.split())
    return given // 3 < words <= 3 * given + 3 if given > 1 else 0 < words <= 5


def finished(words: list[Piece], unit: str) -> list[Piece]:
    """Without the full stop that a translator adds to a piece which has none."""
    if words and unit.rstrip()[-1:] not in STOPS and words[-1].text[-1] in ".。":
        bare = words[-1].text.rstrip(".。")
        return [*words[:-1], Piece(bare, words[-1].glue)] if bare else words[:-1]
    return words
