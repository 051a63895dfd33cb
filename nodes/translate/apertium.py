from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes.translate._apertium import Apertium, mode_of
from nodes.translate._rendering import Rendering
from pipeline.media import Text
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared


@dataclass
class ApertiumTranslate(Node):
    """Translate text by rules and dictionaries, without any model: for the pairs that a Linux distribution ships.

    Emits the translation of each committed step at once, appended to what it said before of the same sentence, and
    with `tentative` a translation of the tail that may still change. Holds nothing back. Understandable, not good;
    words that it does not know stay as they are. The program is started again once when it dies or hangs.

    Example: `target: {uses: translate.apertium, inputs: {unit: units.unit}, with: {from: en, to: es}}`
    """

    from_: str = "en"  # language of the source, BCP 47
    to: str = "es"  # language of the translation, BCP 47
    tentative: bool = True  # translate the tail that may still change, for captions; some ms for each change

    runs_on = "thread"
    part = "translating"

    unit = Input(Text)
    translation = Output(Text)

    def __post_init__(self) -> None:
        if self.from_ == self.to:
            raise ValueError(f"from and to are both {self.to!r}; give two languages")

    def open(self) -> None:
        mode = mode_of(self.from_, self.to)
        self._lease = shared(("apertium", str(mode)), lambda: Apertium(mode))
        self._rendering = Rendering(self.translate, self.to, tentative=self.tentative)

    def process(self, unit: Packet[Text]) -> Iterator[Emission[Any]]:
        if rendered := self._rendering.render(unit.payload):
            yield self.translation(rendered)

    def close(self) -> None:
        self._lease.close()

    def translate(self, text: str) -> str:
        """One text, as it stands; after `open()`. Other nodes may ask this of any translator."""
        return self._lease.value.translate(text)
