"""Tokens: words as the field's resegmentation compares them.

A word is brought to NFKC and lower case and cut by the rules of the Moses tokenizer (version 1.1, aggressive hyphens,
no escapes), each word by itself, as OmniSTEval does it. The first token stands for the word; the others (a full stop,
a closing quote) help to find its place. Characters, and words of languages without spaces, are one token each.

The rules are written anew; sacremoses brings the lists of abbreviations. Its own rules are not used because they give
other tokens: they cut the comma off "4," and keep Indic words whole. Its list for Swedish is longer than Moses' own.

Source: Koehn et al. 2007, "Moses: Open Source Toolkit for Statistical Machine Translation".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

from pipeline.errors import need
from pipeline.measure.recording import Unit

Tokens: TypeAlias = tuple[str, ...]
LISTED = frozenset(
    {"ca", "cs", "de", "el", "en", "es", "fi", "fr", "hu", "is", "it", "lv", "nl"}
    | {"pl", "pt", "ro", "ru", "sk", "sl", "sv", "ta"}
)  # languages whose abbreviations Moses lists; the others take those of English
MORE = {"fr": frozenset({"a"})}  # abbreviations that Moses lists and the package does not
ELIDING = frozenset({"fr", "it"})  # languages in which an apostrophe belongs to what is before it
ALNUM, ALPHA, NUMBER = r"\p{Alphabetic}\p{Nd}", r"\p{Alphabetic}", r"\p{N}"


def normal(text: str) -> str:
    """Text in NFKC and lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def tokens(units: Iterable[str], lang: str, unit: Unit) -> list[Tokens]:
    """The tokens of each word (or of each character); a word of nothing but control characters has none.

    `lang` is a BCP 47 tag. Raises `PackageError` where words are to be cut and the extra `measure` is not installed.
    """
    primary = lang.split("-", maxsplit=1)[0].lower()
    if unit == "char" or primary in ("zh", "ja"):
        return [(normal(one),) for one in units]
    cut = _cutter(primary)
    return [cut(one) for one in units]


@cache
def _cutter(lang: str) -> Callable[[str], Tokens]:
    try:
        import regex
        from sacremoses.corpus import NonbreakingPrefixes
    except ImportError as error:
        raise need(error.name or "sacremoses", "measure", "measuring") from error
    rules = [(regex.compile(pattern), replacement) for pattern, replacement in _rules(lang)]
    listed = frozenset(NonbreakingPrefixes().words(lang if lang in LISTED else "en"))
    abbreviated = regex.compile(rf"(?=.*\.).*[{ALPHA}]")  # u.s, e.g
    small = regex.compile(r"\p{Lowercase}")

    def stays(stem: str, following: str) -> bool:
        """Whether the full stop after a stem is part of the word."""
        known = stem in listed or stem in MORE.get(lang, ())
        return known or bool(abbreviated.match(stem) or small.match(following))

    @cache  # words come again
    def cut(word: str) -> Tokens:
        text: Any = normal(word)
        for pattern, replacement in rules:
            text = pattern.sub(replacement, text)
        found: list[str] = []
        parts = [*text.split(), ""]
        for part, following in pairwise(parts):
            stem = part[:-1]
            ends = part.endswith(".") and stem.strip(".") != ""
            found += [stem, "."] if ends and not stays(stem, following) else [part]
        return tuple(found)

    return cut


def _rules(lang: str) -> list[tuple[str, str]]:
    """Patterns and what takes their place, in the order in which they apply."""
    return [
        (r"[\x00-\x1f]", ""),
        (rf"([^{ALNUM}\s.'`,\-])", r" \1 "),
        (rf"([{ALNUM}])-(?=[{ALNUM}])", r"\1 @-@ "),
        (r"(\.{2,})", r" \1 "),
        (rf"([^{NUMBER}]),", r"\1 , "),
        (rf",([^{NUMBER}])", r" , \1"),
        *_apostrophes(lang),
    ]


def _apostrophes(lang: str) -> list[tuple[str, str]]:
    if lang != "en" and lang not in ELIDING:
        return [("'", " ' ")]
    apart = (rf"([^{ALPHA}])'([^{ALPHA}])", r"\1 ' \2")
    ending = (rf"([{ALPHA}])'([^{ALPHA}])", r"\1 ' \2")
    if lang == "en":
        return [
            apart,
            (rf"([^{ALPHA}{NUMBER}])'([{ALPHA}])", r"\1 ' \2"),
            ending,
            (rf"([{ALPHA}])'([{ALPHA}])", r"\1 '\2"),
            (rf"([{NUMBER}])'(s)", r"\1 '\2"),
        ]
    return [
        apart,
        (rf"([^{ALPHA}])'([{ALPHA}])", r"\1 ' \2"),
        ending,
        (rf"([{ALPHA}])'([{ALPHA}])", r"\1' \2"),
    ]


__all__ = ["Tokens", "normal", "tokens"]
