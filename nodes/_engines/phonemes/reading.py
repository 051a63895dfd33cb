"""Which reader speaks for a language, and how a text goes through it: stretches between punctuation, one by one.

Readers lose punctuation, and Kokoro was trained with it: it is where a voice pauses, rises and falls. So the text is cut
at its marks, what is between them is read, and the marks are put back in Kokoro's form.
"""

# ruff: noqa: RUF001 (letters and marks of many scripts are meant)
from __future__ import annotations

import re
from typing import Protocol

from nodes._engines.phonemes.european import VOICES

LANGUAGES = ("en", "es", "fr", "hi", "it", "ja", "pt", "zh")
_MARKS = {
    "，": ",", "、": ",", "،": ",", "。": ".", "．": ".", "।": ".", "॥": ".", "！": "!", "？": "?", "؟": "?",
    "：": ":", "；": ";", "؛": ";", "「": "“", "」": "”", "『": "“", "』": "”", "《": "“", "》": "”", "«": "“",
    "»": "”", "„": "“", "（": "(", "）": ")", "–": "—", "～": "—", "〜": "—",
}  # fmt: skip
# A mark between two digits or letters belongs to them ("3.5"); signs of other scripts never do.
_CUT = re.compile(
    r"""((?:[;:,.!?…—–“”()«»„](?=\W|$)|(?<=\W)[“«„(—]|[，、،。．।॥！？؟：；؛「」『』《》（）～〜])+)"""
)


class Reader(Protocol):
    """Gives the symbols of a stretch of text."""

    def read(self, text: str, lang: str) -> str: ...


def reading_of(lang: str) -> str | None:
    """The key of the reading for a BCP 47 tag: "en-gb" for British English, else the language; None: cannot read it."""
    parts = lang.lower().replace("_", "-").split("-")
    if parts[0] not in LANGUAGES:
        return None
    return "en-gb" if parts[0] == "en" and "gb" in parts[1:] else parts[0]


class Phonemes:
    """Readers of all languages, each loaded by its first text. One call at a time.

    Raises `PackageError` where the library of a language is not installed.
    """

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}

    def load(self, reading: str) -> Reader:
        """The reader of a language, loaded if it is not yet; `reading` as `reading_of` gives it."""
        key = "european" if reading in VOICES else reading
        if key not in self._readers:
            self._readers[key] = _loaded(key)
        return self._readers[key]

    def __call__(self, text: str, reading: str) -> str:
        """Symbols of a text; `reading` as `reading_of` gives it."""
        reader = self.load(reading)
        found = ""
        text = re.sub(r'(?<!\S)"', "“", text.strip()).replace('"', "”")
        for place, part in enumerate(_CUT.split(f" {text} ")):
            if place % 2:
                found = found.rstrip() + _marked(part)
            elif part.strip():
                found += ("" if found.endswith(("“", "(")) else " ") + reader.read(part.strip(), reading)
        return re.sub(r"\s+", " ", found).strip()

    def close(self) -> None:
        """Let the libraries go."""
        for reader in self._readers.values():
            if close := getattr(reader, "close", None):
                close()
        self._readers.clear()


def _marked(marks: str) -> str:
    """Marks in Kokoro's form; an opening one stands off from the word before it."""
    plain = "".join(_MARKS.get(mark, mark) for mark in marks)
    return f" {plain}" if plain[0] in "“(" else plain


def _loaded(key: str) -> Reader:
    if key == "ja":
        from nodes._engines.phonemes.japanese import Japanese

        return Japanese()
    if key == "zh":
        from nodes._engines.phonemes.chinese import Chinese

        return Chinese()
    from nodes._engines.phonemes.european import European

    return European()
