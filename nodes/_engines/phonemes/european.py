"""English, Spanish, French, Hindi, Italian and Portuguese: espeak-ng's phonemes in Kokoro's letters.

espeak-ng writes a phoneme of several letters with a tie between them ("t^ʃ"), which is what tells a diphthong from two
vowels. Kokoro has one letter for most of these. English was trained on a dictionary in which fewer sounds are told apart
than espeak-ng tells apart, so there more is folded; the tables are the correspondence that misaki documents
(EN_PHONES.md, espeak.py), where British and American English differ in their vowels.
"""

# ruff: noqa: RUF001 (letters and marks of many scripts are meant)
from __future__ import annotations

import re
from typing import TypeAlias

from nodes._engines.espeak import EspeakLibrary
from pipeline.errors import PackageError

Folded: TypeAlias = tuple[tuple[str, str], ...]  # from, to; applied in this order

TIE = "^"
SYLLABIC = "\u0329"  # below a consonant that is a syllable by itself
NASAL = "\u0303"
_FLAG = re.compile(r"\([^)]*\)")  # "(en)", where espeak-ng reads a word as another language's

# espeak-ng's own tag, and whether it is English
VOICES = {
    "en": "en-us",
    "en-gb": "en-gb",
    "es": "es",
    "fr": "fr-fr",
    "hi": "hi",
    "it": "it",
    "pt": "pt-br",
}

PLAIN: Folded = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^z", "ʣ"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ə^ʊ", "Q"),
    ("ɔ^ɪ", "Y"),
    ("s^s", "S"),
    ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"),
    (TIE, ""),
    ("-", ""),
)
ENGLISH: Folded = (
    (f"ʔˌn{SYLLABIC}", "ʔn"),
    (f"ʔn{SYLLABIC}", "ʔn"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("t^ʃ", "ʧ"),
    ("e^ɪ", "A"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    (NASAL, ""),
)
AMERICAN: Folded = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
BRITISH: Folded = (("e^ə", "ɛː"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
LAST: Folded = (("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"), (TIE, ""))


class European:
    """A reader of the languages of `VOICES`; one call at a time. Raises `PackageError` without espeak-ng."""

    def __init__(self) -> None:
        self._library = EspeakLibrary("tts.kokoro")
        self._voices = self._library.voices()

    def read(self, text: str, lang: str) -> str:
        """Symbols of a stretch of text without punctuation, in a language of `VOICES`."""
        voice = self._voices.get(VOICES[lang])
        if voice is None:
            raise PackageError(
                f"tts.kokoro: espeak-ng has no voice {VOICES[lang]!r}; install all of its data "
                "(pip install 'dragoman[tts]')"
            )
        parts = (said for said, _ in self._library.phonemes(text, voice, TIE))
        return folded(" ".join(parts), lang)

    def close(self) -> None:
        """Let the library go."""
        self._library.close()


def folded(phonemes: str, lang: str) -> str:
    """espeak-ng's phonemes, tied with `TIE`, in Kokoro's letters."""
    plain = _FLAG.sub("", phonemes)
    if not lang.startswith("en"):
        return _replaced(plain, PLAIN)
    plain = re.sub(rf"(\S){SYLLABIC}", r"ᵊ\1", _replaced(plain, ENGLISH)).replace(SYLLABIC, "")
    return _replaced(_replaced(plain, BRITISH if lang == "en-gb" else AMERICAN), LAST)


def _replaced(text: str, pairs: Folded) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
