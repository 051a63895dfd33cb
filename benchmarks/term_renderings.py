"""Which way brings the rendering that a glossary wants into a translation: counted word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nodes._engines.firefox import FirefoxEngine
from nodes.translate._enforcing import STAND_INS, Enforcing
from pipeline.media import Term

RENDERINGS = {  # wanted renderings, as a house would fix them; none is what the model says by itself
    "pt": [
        "regulador de tensão",
        "central telefônica",
        "Bastilha",
        "malha",
        "Um Conto de Duas Cidades",
        "axônio",
    ],
    "en": ["voltage governor", "Bastille", "lattice", "A Tale of Two Cities", "axon", "switch room"],
}


def plain(text: str) -> str:
    """A text as its words, for comparing."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def right(wanted: Sequence[str], said: str) -> int:
    """How many names stand in a text."""
    return sum(f" {plain(name)} " in f" {plain(said)} " for name in wanted)


def enforced(said: Sequence[str], from_: str, to: str) -> dict[str, int]:
    """Which way brings renderings that a translator would not choose into its output."""
    engine = FirefoxEngine(from_, to)
    asked = [
        (text, word, RENDERINGS[to][number % len(RENDERINGS[to])])
        for number, (text, word) in enumerate(
            (text, word)
            for text in said
            for word in dict.fromkeys(re.findall(r"[^\W\d_]{6,}", text))
            if text.count(word) == 1
        )
    ]
    count: Counter[str] = Counter(asked=len(asked))
    for text, word, wanted in asked:
        count["in place"] += right([wanted], engine.translate(text.replace(word, wanted)))
        for pattern in (*STAND_INS, "XQZ{}", "TERM{}", "__{}__", "[[{}]]", "<x{}>", "#{}"):
            name = pattern.format(1)
            count[f"stand-in {name}"] += name in engine.translate(text.replace(word, name))
        enforcing = Enforcing(engine.translate, from_, to)
        enforcing.expect([Term(word, wanted)])
        count["enforced"] += right([wanted], enforcing(text))
    engine.close()
    return dict(count)
