"""Words to expect, as they are written down beforehand: a glossary, the names of the people in the room."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from nodes.context._glossary_file import read_glossary
from pipeline.clock import RunClock
from pipeline.media import Term, Terms
from pipeline.node import Source
from pipeline.port import Emission, Output


@dataclass
class FixedTerms(Source):
    """Tell recognisers and translators from the beginning which words to expect, and how to translate them.

    Emits all of them once, at stream time 0, and ends: `terms`, then those of `renderings`, then those of the file.
    Holds nothing back. A recogniser takes as many as it has room for, the first ones first; a translator renders
    all that have a rendering, 10,000 and more.

    Example: `names: {uses: context.terms, with: {terms: [Carton], renderings: {Bastille: Bastilha}}}`
    """

    terms: list[str] = field(default_factory=list)  # words to expect, the likeliest first
    renderings: dict[str, str] = field(default_factory=dict)  # words to expect, and how to translate each
    glossary: str = ""  # file with a term and its rendering a line: .tsv, .csv; see docs/terms.md
    to: str = ""  # language of the renderings, BCP 47; empty: whatever is translated into

    expected = Output(Terms)

    def open(self) -> None:
        filed = read_glossary(self.glossary, self.to) if self.glossary else []
        given = [
            Term(text, self.renderings.get(text, ""), self.to) for text in (*self.terms, *self.renderings)
        ]
        self._terms = _merged([*given, *filed])

    @property
    def live(self) -> bool:
        return False

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        if self._terms:
            yield self.expected(Terms(self._terms), 0, 0)


def _merged(terms: list[Term]) -> tuple[Term, ...]:
    """Each term once, where it stands first, with the first rendering that it has."""
    found: dict[str, Term] = {}
    for term in terms:
        if term.text not in found or (term.rendering and not found[term.text].rendering):
            found[term.text] = term
    return tuple(found.values())
