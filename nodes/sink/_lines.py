"""Breaking text into lines for captions. Pure.

Widths are columns: a wide character (Chinese, Japanese, Korean) counts two, a combining mark none. Scripts without
spaces break between any two characters, but no line begins with a closing mark or ends with an opening one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import msgspec


class Atom(msgspec.Struct, frozen=True):
    """A piece of text that is not broken, and whether a space stands before it."""

    text: str
    space: bool = True


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends behind this text, as far as its punctuation says."""
    return _last(text) in set(".!?\u3002\u061f\u0964")


def ends_clause(text: str) -> bool:
    """Whether a clause ends behind this text, as far as its punctuation says."""
    last = _last(text)
    return last in set(",;:\u3001\u060c") or unicodedata.category(last or "a") == "Pd"


def _last(text: str) -> str:
    """The last character but for closing quotes and brackets; wide forms count as the plain ones."""
    while text and (text[-1] in "\"'" or unicodedata.category(text[-1]) in ("Pe", "Pf")):
        text = text[:-1]
    return unicodedata.normalize("NFKC", text[-1:])[-1:]


def atoms(text: str, glue: bool, max_line: int) -> list[Atom]:
    """A word as pieces that are not broken: itself, or its characters where the script has no spaces."""
    found: list[Atom] = []
    for token in text.split():
        for index, piece in enumerate(part for whole in _unbroken(token) for part in _hard(whole, max_line)):
            found.append(Atom(piece, space=index == 0 and not (glue and not found)))
    return found


def _unbroken(token: str) -> list[str]:
    """A token cut beside wide characters, but not before closing marks nor behind opening ones."""
    parts = [token[0]]
    for before, character in pairwise(token):
        kind = unicodedata.category(character)
        closes = kind in ("Pe", "Pf", "Po", "Lm") or _columns(character) == 0
        opened = unicodedata.category(before) in ("Ps", "Pi")
        if closes or opened or max(_columns(before), _columns(character)) < 2:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _hard(piece: str, max_line: int) -> list[str]:
    """A piece that is wider than a line, cut; others as they are."""
    parts, start = [], 0
    while width(piece[start:]) > max_line:
        end = start + 1
        while width(piece[start : end + 1]) <= max_line:
            end += 1
        parts.append(piece[start:end])
        start = end
    return [*parts, piece[start:]]


def joined(pieces: Sequence[Atom]) -> str:
    """Pieces as one string."""
    return "".join(f" {piece.text}" if piece.space else piece.text for piece in pieces).lstrip()


def wrap(pieces: Sequence[Atom], max_line: int) -> list[str]:
    """Pieces in as few lines as fit, the lines as even as can be."""
    lines = _greedy(pieces, max_line)
    if len(lines) < 2:
        return lines
    low, high = width(joined(pieces)) // len(lines), max_line
    while low < high:
        middle = (low + high) // 2
        if len(_greedy(pieces, middle)) <= len(lines):
            high = middle
        else:
            low = middle + 1
    return _greedy(pieces, high)


def _greedy(pieces: Sequence[Atom], max_line: int) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        longer = joined([Atom(lines[-1]), piece]) if lines else piece.text
        if lines and width(longer) <= max_line:
            lines[-1] = longer
        else:
            lines.append(piece.text)
    return lines
