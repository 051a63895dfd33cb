"""Scripts and languages: which data Tesseract needs for a language, and which language a text may be in. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

# For each script, by its Unicode name: language (BCP 47, with the script where that decides), Tesseract's data
_TABLE = """
LATIN en:eng de:deu fr:fra es:spa pt:por it:ita nl:nld pl:pol cs:ces sk:slk sl:slv hr:hrv hu:hun ro:ron sv:swe da:dan
LATIN no:nor nb:nor fi:fin et:est lv:lav lt:lit tr:tur vi:vie id:ind ms:msa ca:cat gl:glg eu:eus cy:cym ga:gle is:isl
LATIN sq:sqi af:afr sw:swa tl:fil fil:fil jv:jav la:lat eo:epo az:aze uz:uzb
CYRILLIC ru:rus uk:ukr be:bel bg:bul sr:srp mk:mkd kk:kaz ky:kir tg:tgk mn:mon
ARABIC ar:ara fa:fas ur:urd ps:pus
DEVANAGARI hi:hin mr:mar ne:nep
CJK zh:chi_sim zh-Hant:chi_tra zh-TW:chi_tra yue:chi_tra ja:jpn
HANGUL ko:kor
GREEK el:ell
HEBREW he:heb yi:yid
THAI th:tha
LAO lo:lao
KHMER km:khm
MYANMAR my:mya
GEORGIAN ka:kat
ARMENIAN hy:hye
ETHIOPIC am:amh
BENGALI bn:ben as:asm
GURMUKHI pa:pan
GUJARATI gu:guj
TAMIL ta:tam
TELUGU te:tel
KANNADA kn:kan
MALAYALAM ml:mal
SINHALA si:sin
"""
_LANGUAGES: dict[str, tuple[str, str]] = {  # language: what Tesseract calls its data, its script
    lang: (data, script)
    for script, *pairs in map(str.split, _TABLE.strip().splitlines())
    for lang, data in (pair.split(":") for pair in pairs)
}
_KANA = {"HIRAGANA", "KATAKANA"}
_ONE_LANGUAGE = {"HANGUL": "ko", "GREEK": "el", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy"}


def data_of(lang: str) -> str:
    """What Tesseract calls its data for a language (BCP 47); empty where it has none that is known here."""
    return _entry(lang)[0]


def script_of(lang: str) -> str:
    """The script of a language, by its Unicode name; Han, kana and what mixes them count as CJK. Empty: not known."""
    return _entry(lang)[1]


def known() -> list[str]:
    """All languages of the table."""
    return list(_LANGUAGES)


def package_of(data: str) -> str:
    """The Debian package that brings data of Tesseract."""
    return f"tesseract-ocr-{data.replace('_', '-')}"


def language_of(text: str, langs: Sequence[str]) -> str:
    """The language of a line: the first of `langs` in its script, or the only one that its script allows, or empty.

    Latin letters alone do not say which language it is, so where several are expected the first is taken.
    """
    scripts = Counter(_script(char) for char in text if char.isalpha())
    if not scripts:
        return ""
    script = scripts.most_common(1)[0][0]
    if script in _KANA or (script == "CJK" and _KANA & set(scripts)):
        return "ja"
    told = next((lang for each, _ in scripts.most_common() for lang in langs if script_of(lang) == each), "")
    return told or _ONE_LANGUAGE.get(script, "")


def _entry(lang: str) -> tuple[str, str]:
    return _LANGUAGES.get(lang) or _LANGUAGES.get(lang.partition("-")[0], ("", ""))


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
