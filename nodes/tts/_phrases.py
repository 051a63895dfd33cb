"""Where a text may be cut so that its beginning is heard while the rest is still made. Pure.

A slow voice takes a third of a second for a second of speech, so what leaves first is made short and what follows longer:
it is made while the first is heard. Cuts are at marks only, where a speaker would pause too; a text without any is one
phrase, and so is one that is short anyway. The phrases, joined, are the text.
"""

# ruff: noqa: RUF001 (marks of many scripts are meant)
from __future__ import annotations

import re
import unicodedata

WHOLE = 32  # letters: what is not longer is one phrase
FIRST = 9  # letters of the first phrase, at least
NEXT = 36  # letters of each one after it, at least
LAST = 6  # letters left behind a cut, at least
SYLLABLE = 2  # letters that a character counts for where a character is a syllable

_ENDS = re.compile(r"[,;:.!?…—][\"'”’»)\]]*\s+|[،؛؟।॥]\s*|[，、；：。！？][”’」』》）]*")


def phrases(text: str) -> list[str]:
    """The phrases of a text, in order; at least one."""
    found: list[str] = []
    if _letters(text) > WHOLE:
        for place in _ENDS.finditer(text):
            begun = sum(map(len, found))
            phrase, rest = text[begun : place.end()], text[place.end() :]
            if _letters(phrase) >= (NEXT if found else FIRST) and _letters(rest) >= LAST:
                found.append(phrase)
    return [*found, text[sum(map(len, found)) :]]


def _letters(text: str) -> int:
    """How long a text takes to say, in letters."""
    return sum(SYLLABLE if unicodedata.east_asian_width(sign) == "W" else sign.isalnum() for sign in text)
