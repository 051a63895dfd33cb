"""Words out of fragments of text that a service sends as they come, and may cut anywhere. Pure.

A word is whole when white space follows it, when it ends like a sentence, or in a script that writes no spaces. What is
not whole yet is the tail.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias

Piece: TypeAlias = tuple[str, bool]  # a word, and whether it follows the one before without a space

_TOKEN = re.compile(r"(\s*)(\S+)")
_ENDS = ".!?…؟।"  # those of wide scripts are wide themselves
_NO_SPACES = ("th", "lo", "km", "my")  # besides those whose characters are wide


class Fragments:
    """One text that grows. `lang` is its language, BCP 47."""

    def __init__(self, lang: str) -> None:
        self._spaced = lang.partition("-")[0] not in _NO_SPACES
        self._tail = ""
        self._begun = False

    @property
    def tail(self) -> str:
        """What is not whole yet."""
        return self._tail.strip()

    def add(self, fragment: str) -> list[Piece]:
        """The words that are whole now."""
        self._tail += fragment
        tokens = list(_TOKEN.finditer(self._tail))
        if tokens and not self._whole(tokens[-1]):
            tokens.pop()
        return self._taken(tokens)

    def end(self) -> list[Piece]:
        """What is left; nothing more comes of it."""
        found = self._taken(list(_TOKEN.finditer(self._tail)))
        self._tail = ""
        return found

    def _whole(self, token: re.Match[str]) -> bool:
        last = token[2][-1]
        followed = token.end() < len(self._tail)
        return followed or not self._spaced or last in _ENDS or _wide(last)

    def _taken(self, tokens: list[re.Match[str]]) -> list[Piece]:
        found: list[Piece] = []
        for token in tokens:
            apart = bool(token[1]) or not self._begun
            found.append((token[2], not apart))
            self._begun = True
        if tokens:
            self._tail = self._tail[tokens[-1].end() :]
        return found


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
