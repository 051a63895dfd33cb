"""Text as it is written to text as it is spoken, for voices that do not do that well themselves.

What voices do well stays as it is. espeak-ng, and with it every voice that takes its phonemes, reads whole and decimal
numbers, per cent, "1st" and "14:30" in its own languages, and hibari does so in English; so digits stay digits. What
they misread is put into words here: money ("dollar five point five zero"), measures ("five k m"), dates ("twelve slash
zero three"), addresses, abbreviations (a voice ends its sentence at "Dr."), days of the month with a full stop,
years and decades in English. Emoji are left out: nobody said them.

`spoken` never fails: in a language that CLDR does not know a text keeps all but its emoji and what cannot be seen.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from nodes.tts._spoken_amounts import amounts, ordinal_days
from nodes.tts._spoken_words import ABBREVIATIONS, ADDRESS, NUMBER_SIGN
from pipeline.errors import need

if TYPE_CHECKING:
    from babel import Locale

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]"
)
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffd]"
)
_JOINER = re.compile("\u200d+(?![\u0900-\u0dff])")  # some Indian scripts need it; what else it joins is emoji
_TOP = "com|org|net|edu|gov|io|ai|dev|app|info|eu|de|fr|es|it|pt|br|nl|ru|uk|pl|jp|cn|in|us|ca|au|mx|ar"
_ADDRESS = re.compile(
    r"(?:https?://|\b)(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|https?://(?P<url>[^\s<>\"']+)|\b(?P<site>www\.[\w-]+(?:\.[\w-]+)+[^\s<>\"']*|(?:[\w-]+\.)+(?:{_TOP})\b(?!\.\w)(?:/[^\s<>\"']*)?)",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?<![\d.,$€£:/-])(?P<year>1[1-9]\d\d|20[1-9]\d)(?P<s>s\b)?(?![\d.,:%]\d|[%°]|\s?(?:[kcm]?m|kg)\b)"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_BEFORE_A_YEAR = re.compile(
    rf"\b(?:(?:in|since|until|till|year|early|late|mid|around)[\s-]*|(?:{_MONTH})(?:\s\d{{1,2}},)?\s)$",
    re.IGNORECASE,
)
_BEFORE_A_NEW_YEAR = re.compile(r"\b(?:of|by|to|from|and|the|before|after)\s+$", re.IGNORECASE)


def spoken(text: str, lang: str) -> str:
    """A text as it is to be read aloud in a language (BCP 47)."""
    text = _JOINER.sub("", _UNSEEN.sub("", _EMOJI.sub(" ", text)))
    locale = _locale(lang)
    if locale is not None:
        text = _in_words(text, locale)
    return " ".join(text.split())


def _in_words(text: str, locale: Locale) -> str:
    text = _addresses(text, locale.language)
    pattern, words = _abbreviations(locale.language)
    if words:
        text = pattern.sub(lambda found: words[found[0]], text)
    if any(character.isdigit() for character in text):
        text = ordinal_days(amounts(text, locale), locale)
        text = _numbered(text, locale.language)
        if locale.language == "en":
            text = _YEAR.sub(_year, text)
    return text


def _addresses(text: str, lang: str) -> str:
    if "." not in text:
        return text
    return _ADDRESS.sub(lambda found: _address(found, lang), text)


def _address(found: re.Match[str], lang: str) -> str:
    written = found["mail"] or found["url"] or found["site"]
    address = written.rstrip(".,;:!?)/")
    rest = written[len(address) :].replace("/", "")
    if lang not in ADDRESS:
        return address + rest
    dot, slash, at = ADDRESS[lang]
    for sign, word in ((".", dot), ("/", slash), ("@", at)):
        address = address.replace(sign, f" {word} ")
    return re.sub(r"[?&=#_-]+", " ", address) + rest


def _numbered(text: str, lang: str) -> str:
    word = NUMBER_SIGN.get(lang)
    return re.sub(r"(?<!\w)(?:#|№ ?|N[oº]\. ?|nº ?)(?=\d)", f"{word} ", text) if word else text


def _year(found: re.Match[str]) -> str:
    """In English, what a voice would read as a count: 1999 as nineteen ninety-nine."""
    before = found.string[: found.start()]
    new = int(found["year"]) > 2000 and _BEFORE_A_NEW_YEAR.search(before)
    if not (found["s"] or new or _BEFORE_A_YEAR.search(before)):
        return found[0]
    said = _english_year(int(found["year"]))
    if not found["s"]:
        return said
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


@cache
def _english_year(year: int) -> str:
    from unicode_rbnf import FormatPurpose, RbnfEngine

    return str(RbnfEngine.for_language("en").format_number(year, FormatPurpose.YEAR).text)


@cache
def _abbreviations(lang: str) -> tuple[re.Pattern[str], dict[str, str]]:
    words = ABBREVIATIONS.get(lang, {})
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"), words


@cache
def _locale(lang: str) -> Locale | None:
    """What CLDR knows of a language; None where that is nothing."""
    try:
        from babel import Locale, UnknownLocaleError
    except ImportError:
        raise need("babel", "tts", "the voice") from None
    parts = lang.replace("_", "-").split("-")
    for tag in ("-".join(parts), parts[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None
