"""Reading units: segments of speech that can be translated before the sentence ends.

This file is the stream around the decision: which words wait, since when, and what is told. The decision is in
`_cutting.py`, its features in `_boundaries.py` and `_lexicon.py`, the translator's word in `_agreement.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, cast

from msgspec import Meta

from nodes.segment._agreement import Agreement
from nodes.segment._cutting import Cut, Cutting, Rules
from nodes.segment._lexicon import Lexicon, lexicon
from nodes.segment._waiting import Waiting
from pipeline.clock import Ns
from pipeline.errors import SettingsError
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.settings import Uses


@dataclass
class ReadingUnits(Node):
    """Cut running text into units that can be translated before the sentence ends, so that words come sooner.

    Emits a unit as soon as its end is a good one (a mark, a pause, a clause, or because the translator renders it the
    same with what follows) and says why in `reason`; the words that wait are its `tentative`. Never cuts inside
    numbers and names or behind an article or preposition, unless the first word has waited `max_ms`. Without
    `confirm` only marks, pauses and clause words cut.

    Example: `units: {uses: segment.units, inputs: {words: words.transcript}, with: {confirm: {uses: translate.firefox}}}`
    Source: Zhang et al., Learning Adaptive Segmentation Policy for Simultaneous Translation, EMNLP 2020, section 3.1
    """

    confirm: Uses | None = None  # a translator that has the last word, `{uses: …, with: {…}}`; or none
    lang: str = ""  # language of the text, BCP 47; empty: what the packets say
    min_words: Annotated[int, Meta(ge=1)] = 3  # words of a unit at least, where nothing else ends it
    max_words: Annotated[int, Meta(ge=1)] = 24  # words of a unit at most
    ahead: Annotated[int, Meta(ge=1)] = 1  # words that must follow before the translator is believed
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.75  # score that ends a unit at first, 0 to 1
    floor: Annotated[float, Meta(ge=0, le=1)] = 0.75  # score that ends it when it has waited long, 0 to 1
    min_ms: Annotated[float, Meta(ge=0)] = 1000.0  # wait of the first word up to which `threshold` holds, ms
    max_ms: Annotated[float, Meta(ge=0)] = 2000.0  # wait of the first word that ends the unit anyhow, ms
    pause_ms: Annotated[float, Meta(ge=0)] = 300.0  # silence between words that counts as a pause in full, ms

    runs_on = "thread"  # the translator computes for milliseconds
    part = "deciding"

    words = Input(Text)
    unit = Output(Text)

    def __post_init__(self) -> None:
        if self.floor > self.threshold:
            raise ValueError(
                f"floor {self.floor} is above threshold {self.threshold}; give a floor of at most that"
            )
        if self.min_ms > self.max_ms:
            raise ValueError(
                f"min_ms {self.min_ms:g} is above max_ms {self.max_ms:g}; give a min_ms of at most that"
            )
        if self.min_words > self.max_words:
            raise ValueError(f"min_words {self.min_words} is above max_words {self.max_words}; swap them")

    @property
    def held_since(self) -> Ns | None:
        return self._waiting.held_since

    def open(self) -> None:
        self._waiting = Waiting(self.lang)
        self._translator = self.confirm.make() if self.confirm else None
        agreement = None
        if self._translator:
            agreement = Agreement(_translate_of(self._translator))
            self._translator.open()
        self._cutting = Cutting(self._rules(), agreement)

    def process(self, words: Packet[Text]) -> Iterator[Emission[Any]]:
        waiting, ends = self._waiting, words.payload.ends
        waiting.hear(words)
        for cut in self._cutting.cuts(waiting.words, waiting.tail, waiting.heard, self._lexicon):
            last = cut.count == len(waiting.words)
            yield self._told(cut, ends if last else "")
            ends = "" if last else ends
        if ends and waiting.words:
            yield self._told(self._cutting.rest(waiting.words, ends, self._lexicon), ends)
        elif shown := waiting.show(ends):
            yield self.unit(shown.text, shown.start, shown.end)

    def finish(self) -> Iterator[Emission[Any]]:
        self._waiting.tail = ""
        if self._waiting.words:
            yield self._told(self._cutting.rest(self._waiting.words, "end", self._lexicon), "end")
        elif shown := self._waiting.show():
            yield self.unit(shown.text, shown.start, shown.end)

    def close(self) -> None:
        if self._translator:
            self._translator.close()

    @property
    def _lexicon(self) -> Lexicon:
        return lexicon(self._waiting.lang)

    def _told(self, cut: Cut, ends: str) -> Emission[Any]:
        why = "sentence" if cut.sentence and ends != "end" else ends
        told = self._waiting.take(cut.count, cut.reason, why)
        return self.unit(told.text, told.start, told.end)

    def _rules(self) -> Rules:
        return Rules(**{name: getattr(self, name) for name in Rules.__struct_fields__})


def _translate_of(node: Node) -> Callable[[str], str]:
    """The `translate` method by which any translator can be asked. Raises `SettingsError` where there is none."""
    translate = getattr(node, "translate", None)
    if translate is None:
        raise SettingsError(
            f"segment.units: confirm is a {type(node).__name__}, which translates no text on its own; "
            "name a translator of text, as translate.firefox"
        )
    return cast("Callable[[str], str]", translate)
