from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from nodes.segment._boundaries import ends_sentence
from nodes.segment._lexicon import lexicon
from nodes.segment._waiting import Told, Waiting
from pipeline.clock import Ns, ms
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class Sentences(Node):
    """Cut running text into whole sentences: the best translation, the longest wait.

    Emits a unit when a sentence ends (a full stop, not that of an abbreviation or within a number), at a pause and at
    the end of the input; the words that wait are its `tentative`. A sentence whose first word has waited `max_ms` is
    cut where it stands.

    Example: `units: {uses: segment.sentences, inputs: {words: words.transcript}}`
    """

    lang: str = ""  # language of the text, BCP 47, for its abbreviations; empty: what the packets say
    max_ms: Annotated[float, Meta(ge=0)] = 20_000.0  # wait of the first word that ends the unit anyhow, ms
    pauses: bool = True  # whether a pause of the recogniser ends a unit

    part = "deciding"

    words = Input(Text)
    unit = Output(Text)

    @property
    def held_since(self) -> Ns | None:
        return self._waiting.held_since

    def open(self) -> None:
        self._waiting = Waiting(self.lang)

    def process(self, words: Packet[Text]) -> Iterator[Emission[Any]]:
        waiting = self._waiting
        waiting.hear(words)
        ends = words.payload.ends if self.pauses or words.payload.ends != "pause" else ""
        while count := self._sentence():
            last = count == len(waiting.words)
            why = "end" if last and ends == "end" else "sentence"
            yield self._emission(waiting.take(count, "punctuation", why))
            ends = "" if last else ends
        if waiting.words and ends:
            yield self._emission(waiting.take(len(waiting.words), ends, ends))
        elif waiting.words and waiting.heard - waiting.words[0].start >= ms(self.max_ms):
            yield self._emission(waiting.take(len(waiting.words), "limit", ""))
        elif shown := waiting.show(ends):
            yield self._emission(shown)

    def finish(self) -> Iterator[Emission[Any]]:
        self._waiting.tail = ""
        if self._waiting.words:
            yield self._emission(self._waiting.take(len(self._waiting.words), "end", "end"))
        elif shown := self._waiting.show():
            yield self._emission(shown)

    def _sentence(self) -> int:
        """How many of the waiting words the first whole sentence has; 0 when there is none."""
        texts = [word.text for word in self._waiting.words]
        known = lexicon(self._waiting.lang)
        return next((n + 1 for n in range(len(texts)) if ends_sentence(texts, n, known)), 0)

    def _emission(self, told: Told) -> Emission[Any]:
        return self.unit(told.text, told.start, told.end)
