from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from nodes.segment._waiting import Told, Waiting
from pipeline.clock import Ns, ms
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class FixedUnits(Node):
    """Cut running text every few words, whatever they mean: a baseline to compare other cuts with.

    Emits a unit of `words_each` words, or what came within `every_ms` where that is set, and what is left at a pause
    and at the end of the input. Cuts through names, numbers and phrases.

    Example: `units: {uses: segment.fixed, inputs: {words: words.transcript}, with: {words_each: 6}}`
    """

    words_each: Annotated[int, Meta(ge=1)] = 6  # words of a unit
    every_ms: Annotated[float, Meta(ge=0)] = 0.0  # speech of a unit, ms; 0: only words count

    part = "deciding"

    words = Input(Text)
    unit = Output(Text)

    @property
    def held_since(self) -> Ns | None:
        return self._waiting.held_since

    def open(self) -> None:
        self._waiting = Waiting()

    def process(self, words: Packet[Text]) -> Iterator[Emission[Any]]:
        waiting, ends = self._waiting, words.payload.ends
        waiting.hear(words)
        while count := self._full():
            last = count == len(waiting.words)
            yield self._emission(waiting.take(count, "limit", ends if last else ""))
            ends = "" if last else ends
        if waiting.words and ends:
            yield self._emission(waiting.take(len(waiting.words), ends, ends))
        elif shown := waiting.show(ends):
            yield self._emission(shown)

    def finish(self) -> Iterator[Emission[Any]]:
        self._waiting.tail = ""
        if self._waiting.words:
            yield self._emission(self._waiting.take(len(self._waiting.words), "end", "end"))
        elif shown := self._waiting.show():
            yield self._emission(shown)

    def _full(self) -> int:
        """How many of the waiting words make a unit; 0 while they do not."""
        words = self._waiting.words
        if self.every_ms and words:
            until = words[0].start + ms(self.every_ms)
            within = next((n for n, word in enumerate(words) if word.end >= until), None)
            if within is not None:
                return min(within + 1, self.words_each)
        return self.words_each if len(words) >= self.words_each else 0

    def _emission(self, told: Told) -> Emission[Any]:
        return self.unit(told.text, told.start, told.end)
