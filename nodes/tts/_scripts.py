"""Whether there is anything to say, and whether it is written in a script that a language is read in. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

from pipeline.errors import RouteError
from pipeline.languages import language

# Of ISO 15924 codes, by the first word of the Unicode names of their letters. Latin is read by every voice.
_LETTERS = {
    "Arab": "ARABIC",
    "Armn": "ARMENIAN",
    "Beng": "BENGALI",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN",
    "Grek": "GREEK",
    "Gujr": "GUJARATI",
    "Guru": "GURMUKHI",
    "Hans": "CJK BOPOMOFO",
    "Hant": "CJK BOPOMOFO",
    "Hebr": "HEBREW",
    "Jpan": "CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA",
    "Khmr": "KHMER",
    "Knda": "KANNADA",
    "Kore": "HANGUL CJK",
    "Laoo": "LAO",
    "Latn": "",
    "Mlym": "MALAYALAM",
    "Mymr": "MYANMAR",
    "Sinh": "SINHALA",
    "Taml": "TAMIL",
    "Telu": "TELUGU",
    "Thai": "THAI",
    "Tibt": "TIBETAN",
}
_KNOWN = frozenset(" ".join(_LETTERS.values()).split())


def speakable(text: str) -> bool:
    """Whether there is anything to say: a letter or a digit of any script."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def foreign(text: str, lang: str) -> str:
    """The script that most letters of a text are in, where a language is not read in it; else empty.

    Latin is none, and neither is a script that is not in the table: those are for the voice to try.
    """
    own = _own(lang)
    if own is None:
        return ""
    letters = [_script(character) for character in unicodedata.normalize("NFKC", text) if character.isalpha()]
    others = Counter(script for script in letters if script in _KNOWN - own)
    if 2 * others.total() <= len(letters):
        return ""
    return others.most_common(1)[0][0].capitalize().replace("Cjk", "Han")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _own(lang: str) -> frozenset[str] | None:
    """The scripts that a language is read in besides Latin; None where that is not known."""
    try:
        code = language(lang).script
    except RouteError:
        return None
    return frozenset(_LETTERS[code].split()) if code in _LETTERS else None
