"""Inflection: whether two words are forms of one, and the plural of a phrase. Pure.

Decides: what the plain form of a word is, for comparing words and never for showing them. It takes off inflection
only, because a term must not be found in a word that is merely derived from the same root ("universe" in
"universal"): for a missed form there can be another line in the glossary, a wrong one cannot be taken back.

How it works. Number is taken off by a few rules where they suffice: English after Harman 1991, "How effective is
suffixing?" (the S stemmer); Portuguese, Spanish, French and Italian after the first step of Savoy's light stemmers
(Savoy 2006, "Light stemming approaches for the French, Portuguese, German and Hungarian languages"). For other
languages that Snowball knows, words that have the same stem and about the same length are forms of one word; for
the rest, only equal words are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

LONGEST_ENDING = 3  # letters by which two forms that have one stem may differ in length
SHORTEST = 4  # letters of a word that may have endings

_RULES: dict[str, tuple[tuple[str, str], ...]] = {  # the first that fits is applied
    "en": ((r"(?<![ae])ies$", "y"), (r"(?:(?<=ss)|(?<=x)|(?<=[sc]h))es$", ""), (r"(?<![us])s$", "")),
    "pt": (
        (r"(ões|ães|ãos)$", "ão"),
        (r"(?<=\w\w)([ao])is$", r"\1l"),
        (r"(?<=\w)[ée]is$", "el"),
        (r"óis$", "ol"),
        (r"ns$", "m"),
        (r"(?<=[rzs])es?$", ""),
        (r"(?<!s)s$", ""),
    ),
    "es": ((r"ces$", "z"), (r"es?$", ""), (r"s$", "")),
    "fr": ((r"eaux$", "eau"), (r"aux$", "al"), (r"(?<!s)[sx]$", "")),
    "it": ((r"(?<=[cg])h[ei]$", ""), (r"[aeio]$", "")),
}
_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "et": "estonian",
    "eu": "basque", "fi": "finnish", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def plain_form(word: str, lang: str) -> str:
    """A word without case and without the endings of inflection; `lang` is BCP 47, empty where it is not known."""
    folded = word.casefold()
    if len(folded) < SHORTEST:
        return folded
    code = lang.partition("-")[0].lower()
    for pattern, singular in _RULES.get(code, ()):
        form = re.sub(pattern, singular, folded)
        if form != folded:
            return form
    stemmer = _stemmer(_SNOWBALL.get(code, ""))
    return str(stemmer.stemWord(folded)) if stemmer else folded


def same_word(one: str, other: str, lang: str) -> bool:
    """Whether two words are forms of one."""
    near = abs(len(one) - len(other)) <= LONGEST_ENDING
    return near and plain_form(one, lang) == plain_form(other, lang)


_PLURALS: dict[str, tuple[tuple[str, str], ...]] = {  # likewise, from singular to plural
    "en": ((r"(?<=[^aeiou])y$", "ies"), (r"(s|x|z|ch|sh)$", r"\1es"), (r"$", "s")),
    "pt": (
        (r"ão$", "ões"),
        (r"([ao])l$", r"\1is"),
        (r"el$", "éis"),
        (r"m$", "ns"),
        (r"([rz])$", r"\1es"),
        (r"(?<=[aeiouáéíóúâêô])$", "s"),
    ),
    "es": ((r"z$", "ces"), (r"(?<=[aeiouáéó])$", "s"), (r"(?<=[^s])$", "es")),
    "fr": ((r"(?<=[^sxz])al$", "aux"), (r"(eau|eu)$", r"\1x"), (r"(?<=[^sxz])$", "s")),
    "it": ((r"([cg])o$", r"\1hi"), (r"([cg])a$", r"\1he"), (r"a$", "e"), (r"[oe]$", "i")),
}
_JOINING = frozenset(
    (
        "de",
        "da",
        "do",
        "das",
        "dos",
        "di",
        "del",
        "della",
        "du",
        "des",
        "la",
        "le",
        "el",
        "para",
        "por",
        "em",
        "en",
        "in",
        "of",
        "for",
        "the",
    )
)


def plural(phrase: str, lang: str) -> str:
    """The plural of a noun phrase in a language whose plural follows rules; as it is elsewhere.

    In English the last word takes it; in Romance languages all words up to the first that joins another noun do
    ("central telefônica", "regulador de tensão").
    """
    code = lang.partition("-")[0].lower()
    words = phrase.split()
    if code not in _PLURALS or not words:
        return phrase
    joins = [at for at, word in enumerate(words) if word.casefold() in _JOINING or "'" in word]
    count = joins[0] if joins and joins[0] else len(words)
    first = count - 1 if code == "en" else 0
    return " ".join(_plural(word, code) if first <= at < count else word for at, word in enumerate(words))


def _plural(word: str, code: str) -> str:
    for pattern, ending in _PLURALS[code]:
        if re.search(pattern, word):
            return re.sub(pattern, ending, word, count=1)
    return word


@lru_cache(maxsize=8)
def _stemmer(name: str) -> Any:
    if not name:
        return None
    import snowballstemmer

    return snowballstemmer.stemmer(name)
