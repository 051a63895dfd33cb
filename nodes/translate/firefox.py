from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes._engines.firefox import FirefoxEngine, plain
from nodes.translate._rendering import Rendering
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared


@dataclass
class FirefoxTranslate(Node):
    """Translate text on this machine with the small models of Firefox: 5 to 30 ms a sentence, on one core.

    Emits the translation of each committed step at once, appended to what it said before of the same sentence, and
    with `tentative` a translation of the tail that may still change. Holds nothing back. Each word stands at its
    share of the source's span. Through English where there is no direct model; a pair that is not in
    `dragoman models` is fetched from Mozilla's list when the graph opens.

    Example: `target: {uses: translate.firefox, inputs: {unit: units.unit}, with: {from: en, to: pt}}`
    """

    from_: str = "en"  # language of the source, BCP 47
    to: str = "pt"  # language of the translation, BCP 47
    tentative: bool = True  # translate the tail that may still change, for captions; 5 to 30 ms each time

    runs_on = "thread"
    part = "translating"

    unit = Input(Text)
    translation = Output(Text)

    def __post_init__(self) -> None:
        if plain(self.from_) == plain(self.to):
            raise ValueError(f"from and to are both {plain(self.to)!r}; give two languages")

    def open(self) -> None:
        key = ("firefox", plain(self.from_), plain(self.to))
        self._lease = shared(key, lambda: FirefoxEngine(self.from_, self.to))
        self._rendering = Rendering(self.translate, self.to, tentative=self.tentative)

    def process(self, unit: Packet[Text]) -> Iterator[Emission[Any]]:
        if rendered := self._rendering.render(unit.payload):
            yield self.translation(rendered)

    def close(self) -> None:
        self._lease.close()

    def translate(self, text: str) -> str:
        """One text, as it stands; after `open()`. Other nodes may ask this of any translator."""
        return self._lease.value.translate(text)
