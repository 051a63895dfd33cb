from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from nodes.segment._boundaries import ends_sentence
from nodes.segment._lexicon import lexicon
from nodes.segment._waiting import Told, Waiting
from pipeline.clock import Ns
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class WaitK(Node):
    """Stay k words behind the speaker, then give a word for each word read: the wait-k policy, to compare with.

    Reads `k` committed words of a sentence, then emits `words_each` for every `words_each` read; the words read ahead
    are the unit's `tentative`, and its reason asks the translator to write one word for one, with those in view. When
    the sentence ends, at a pause and at the end of the input all of it is emitted, and the wait begins anew. Leaves
    out the recogniser's own tail. Cuts through names, numbers and phrases; neither looks at them nor waits longer.

    Example: `units: {uses: segment.wait_k, inputs: {words: words.transcript}, with: {k: 3}}`
    Source: Ma et al., STACL: Simultaneous Translation with Implicit Anticipation and Controllable Latency using
    Prefix-to-Prefix Framework, ACL 2019, equation 5 (g(t) = min(k + t - 1, |x|))
    """

    k: Annotated[int, Meta(ge=1, le=100)] = 5  # words of a sentence read before the first is given
    words_each: Annotated[int, Meta(ge=1, le=100)] = 1  # words read, and given, at a time
    lang: str = ""  # language of the text, BCP 47, for its abbreviations; empty: what the packets say

    part = "deciding"

    words = Input(Text)
    unit = Output(Text)

    @property
    def held_since(self) -> Ns | None:
        return self._waiting.held_since

    def open(self) -> None:
        self._waiting = Waiting(self.lang)

    def process(self, words: Packet[Text]) -> Iterator[Emission[Any]]:
        waiting, ends = self._waiting, words.payload.ends
        waiting.hear(words)
        waiting.tail = ""
        while due := self._due():
            count, sentence = due
            last = count == len(waiting.words)
            why = ends if last else ""
            if sentence and why != "end":
                why = "sentence"
            yield self._emission(waiting.take(count, "punctuation" if sentence else "wait-k", why))
            ends = "" if last else ends
        if waiting.words and ends:
            yield self._emission(waiting.take(len(waiting.words), ends, ends))
        elif shown := waiting.show(ends):
            yield self._emission(shown)

    def finish(self) -> Iterator[Emission[Any]]:
        if self._waiting.words:
            yield self._emission(self._waiting.take(len(self._waiting.words), "end", "end"))

    def _due(self) -> tuple[int, bool] | None:
        """How many words to give, and whether they end a sentence; None: read on. Reads word after word."""
        texts = [word.text for word in self._waiting.words]
        known = lexicon(self._waiting.lang)
        for read in range(1, len(texts) + 1):
            if ends_sentence(texts, read - 1, known):
                return read, True
            if read >= max(self.k, self.words_each):
                return self.words_each, False
        return None

    def _emission(self, told: Told) -> Emission[Any]:
        return self.unit(told.text, told.start, told.end)
