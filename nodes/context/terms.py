"""Words to expect, as they are written down beforehand: a glossary, the names of the people in the room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.clock import RunClock
from pipeline.media import Terms
from pipeline.node import Source
from pipeline.port import Emission, Output


@dataclass
class FixedTerms(Source):
    """Tell a recogniser from the beginning which words to expect: names, a glossary.

    Emits all of them once, at stream time 0, and ends. Holds nothing back. A recogniser takes as many as it has
    room for, the first ones first.

    Example: `names: {uses: context.terms, with: {terms: [Defarge, Carton]}}`
    """

    terms: list[str] = field(default_factory=list)  # the words, the likeliest first

    expected = Output(Terms)

    @property
    def live(self) -> bool:
        return False

    async def produce(self, clock: RunClock) -> AsyncIterator[Emission[Any]]:
        if self.terms:
            yield self.expected(Terms(tuple(self.terms)), 0, 0)
