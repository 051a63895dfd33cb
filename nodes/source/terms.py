"""Words to expect that a program tells a graph while it runs: a gateway, an interpreter's desk, a notebook."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from nodes.source._handover import Handover
from pipeline.clock import Ns, RunClock
from pipeline.media import Term, Terms
from pipeline.node import Source
from pipeline.port import Emission, Output


@dataclass
class PushedTerms(Source):
    """Take words to expect, and how to translate them, from the program that runs the graph.

    The program calls `push(terms)` from any thread: a list of `Term` or of strings, which takes the place of those
    before; and at the end `end()`, without which the run does not end. In a run, the node to push into is
    `run.node("desk")`. They count from the moment at which they come. Connect it to `context.keywords`, or right to a
    recogniser and a translator.

    Example: `desk: {uses: source.terms}`
    """

    capacity: Annotated[int, Meta(ge=1)] = 100  # pushes that may wait to be read, 1 or more

    injected = Output(Terms)

    def __post_init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        self._closed = False
        self._handover: Handover[Terms] = Handover(self.capacity)

    @property
    def live(self) -> bool:
        return True

    def push(self, terms: Iterable[Term | str]) -> bool:
        """The words to expect from now on; False when there is no room or the graph has stopped."""
        given = (Term(term) if isinstance(term, str) else term for term in terms)
        return self._handover.offer(
            Terms(tuple(msgspec.structs.replace(term, origin="injected") for term in given)), 1
        )

    def end(self) -> None:
        """Nothing more comes."""
        self._handover.end()

    def open(self) -> None:
        if self._closed:  # opened again after a failure; what is pushed before the first time is kept
            self._renew()

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        at: Ns = 0
        while (terms := await self._handover.get()) is not None:
            at = max(at, clock.now())
            yield self.injected(terms, at, at)

    def close(self) -> None:
        """Whoever still pushes is told that the graph has stopped."""
        self._closed = True
        self._handover.end()
