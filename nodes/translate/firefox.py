from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes._engines.firefox import FirefoxEngine, plain
from nodes.translate._rendering import Rendering
from pipeline.clock import Ns
from pipeline.media import Terms, Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared


@dataclass
class FirefoxTranslate(Node):
    """Translate text on this machine with the small models of Firefox: 5 to 30 ms a sentence, on one core.

    Emits the translation of each committed step at once, appended to what it said before of the same sentence, and
    with `tentative` a translation of the tail that may still change. Each word stands at its share of the
    source's span. Through English where there is no direct model; a pair that is not in `dragoman models` is
    fetched from Mozilla's list when the graph opens. `terms` with a rendering are rendered so wherever they stand in
    the text, inflected too; the first words of one that may go on wait for the next step, and nothing else does.

    Example: `target: {uses: translate.firefox, inputs: {unit: units.unit}, with: {from: en, to: pt}}`
    """

    from_: str = "en"  # language of the source, BCP 47
    to: str = "pt"  # language of the translation, BCP 47
    tentative: bool = True  # translate the tail that may still change, for captions; 5 to 30 ms each time

    runs_on = "thread"
    join = "covering"
    part = "translating"

    unit = Input(Text)
    terms = Input(Terms, optional=True, latest=True, lateness_ms=0)
    translation = Output(Text)

    def __post_init__(self) -> None:
        if plain(self.from_) == plain(self.to):
            raise ValueError(f"from and to are both {plain(self.to)!r}; give two languages")

    def open(self) -> None:
        key = ("firefox", plain(self.from_), plain(self.to))
        self._lease = shared(key, lambda: FirefoxEngine(self.from_, self.to))
        self._rendering = Rendering(self.translate, self.from_, self.to, tentative=self.tentative)

    @property
    def held_since(self) -> Ns | None:
        return self._rendering.held_since

    def process(self, unit: Packet[Text], terms: Packet[Terms] | None) -> Iterator[Emission[Any]]:
        if terms is not None:
            self._rendering.expect(terms.payload.at(unit.start))
        if rendered := self._rendering.render(unit.payload):
            yield self._said(rendered, unit.start)

    def finish(self) -> Iterator[Emission[Any]]:
        if rendered := self._rendering.rest():
            yield self._said(rendered, rendered.source[0].start)

    def close(self) -> None:
        self._lease.close()

    def translate(self, text: str) -> str:
        """One text, as it stands; after `open()`. Other nodes may ask this of any translator."""
        return self._lease.value.translate(text)

    def _said(self, rendered: Text, at: Ns) -> Emission[Any]:
        start = min([at, *(word.start for word in rendered.source[:1])])
        return self.translation(rendered, start)
