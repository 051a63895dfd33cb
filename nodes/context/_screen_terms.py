"""Which words of a line on the screen a recogniser should be told of. Pure.

Decides: what in a line is worth expecting, and how much. A recogniser knows common words; what it does not know are
names, rare words and figures. How common a word is comes from `wordfreq` as its Zipf value, the logarithm of its uses
in a thousand million words (Speer 2022, "rspeer/wordfreq"); 3 is once in a million.

How it works. Neighbouring words with capitals are one name, if one of them is rare; other rare words stand alone; a
number counts where it has three digits or stands with letters ("GPT-4"). The rarest come first. Addresses are left
out, since nobody says them as they are written, and a line in capitals is written as a name would be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

LONGEST_NAME = 4  # words
SHORTEST = 4  # letters of a rare word; shorter ones are abbreviations or misread
COMMON = 5.0  # Zipf value of words such as "and"
COMMONEST = 8.0  # Zipf value that no word reaches
NUMBER_WORTH = 2.0  # as much as a word of Zipf value 6: names and rare words go first

Zipf = Callable[[str], float]

_WORD = re.compile(r"[^\W_](?:[^\W_]|[-'’.](?=[^\W_])|(?<=\d),(?=\d))*")  # noqa: RUF001 - the typographic apostrophe is meant
_ADDRESS = re.compile(r"\S*(?:://|www\.|@|/\w+/)\S*")


class Expected(msgspec.Struct, frozen=True):
    """A term of a line, and how much it is worth to expect it: the higher, the rarer."""

    text: str
    worth: float


def expected(line: str, zipf: Zipf, rare: float) -> list[Expected]:
    """The terms of a line, the rarest first. `rare`: Zipf value below which a word is rare."""
    line = _ADDRESS.sub(" ", line)
    if line.isupper():
        line = " ".join(_small(word, zipf) for word in line.split())
    found = [*_names(line, zipf, rare), *_alone(line, zipf, rare)]
    best: dict[str, Expected] = {}
    for term in sorted(found, key=lambda term: -term.worth):
        inside = any(term.text in other for other in best)
        if not inside:
            best[term.text] = term
    return list(best.values())


def _small(word: str, zipf: Zipf) -> str:
    """A word of a line in capitals as it would stand in a text: a name, a common word, or an abbreviation."""
    if len(word) > SHORTEST:
        return word.title()
    return word.lower() if zipf(word) > COMMON else word


def _names(line: str, zipf: Zipf, rare: float) -> Iterator[Expected]:
    """Runs of capitalised words, each with one that is rare."""
    for run in _runs(line):
        worth = max(_worth(word, zipf) for word in run)
        if len(run) > 1 and worth > COMMONEST - rare:
            yield Expected(" ".join(run), worth)


def _runs(line: str) -> Iterator[Sequence[str]]:
    """Neighbouring capitalised words with nothing but a space between them, at most LONGEST_NAME of them."""
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(line):
        word = match[0]
        follows = match.start() == end + 1 and len(run) < LONGEST_NAME
        if not follows and run:
            yield run
            run = []
        if word[0].isupper() and not any(letter.isdigit() for letter in word):
            run.append(word)
            end = match.end()
        elif run:
            yield run
            run = []
    if run:
        yield run


def _alone(line: str, zipf: Zipf, rare: float) -> Iterator[Expected]:
    """Rare words and numbers."""
    for match in _WORD.finditer(line):
        word = match[0]
        digits = sum(letter.isdigit() for letter in word)
        letters = sum(letter.isalpha() for letter in word)
        if digits and (letters or digits > 2):
            yield Expected(word, NUMBER_WORTH)
        elif letters >= SHORTEST and _worth(word, zipf) > COMMONEST - rare:
            yield Expected(word, _worth(word, zipf))


def _worth(word: str, zipf: Zipf) -> float:
    return COMMONEST - zipf(word)
