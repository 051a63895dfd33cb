"""Where a text may be cut so that its parts can be spoken one after another. Pure.

A part ends behind the end of a sentence where one is within reach, else behind a comma or the like, else at a space,
else (scripts without spaces) between two characters that do not combine. What is spoken is all of the text: the
parts, joined, are the text.
"""

# ruff: noqa: RUF001 - signs of many scripts

from __future__ import annotations

import re
import unicodedata

# From the best place to cut to the worst; a closing quote or bracket stays with what it closes.
_CLOSING = r"[\"'”’»›）】」』)\]]*"
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[.!?…]+{_CLOSING}\s+|[。！？।॥؟۔]+{_CLOSING}\s*|\n+",
        rf"[,;:]{_CLOSING}\s+|[，、；：،؛]{_CLOSING}\s*|\s+[–—-]\s+",
        r"\s+",
    )
)


def clauses(text: str, longest: int) -> list[str]:
    """Parts of a text of at most `longest` characters; a text that is not longer is one part."""
    parts: list[str] = []
    while len(text) > longest:
        at = _cut(text, longest)
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text] if text else parts


def _cut(text: str, longest: int) -> int:
    """Where the first part of a text that is too long ends: the last good place that leaves it half full at least."""
    for place in _PLACES:
        ends = [found.end() for found in place.finditer(text, 0, longest)]
        if ends and (place is _PLACES[-1] or ends[-1] * 2 >= longest):
            return ends[-1]
    at = longest
    while at > 1 and unicodedata.combining(text[at]):
        at -= 1
    return at
