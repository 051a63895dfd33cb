from __future__ import annotations

from dataclasses import dataclass

from nodes.translate._apertium import Apertium, mode_of
from nodes.translate._text_translator import TextTranslator
from pipeline.shared import shared


@dataclass
class ApertiumTranslate(TextTranslator):
    """Translate text by rules and dictionaries, without any model: for the pairs that a Linux distribution ships.

    Emits the translation of each committed step at once, appended to what it said before of the same sentence, and
    with `tentative` a translation of the tail that may still change. Understandable, not good;
    words that it does not know stay as they are. The program is started again once when it dies or hangs. `terms` with a
    rendering are rendered so wherever they stand in the text, inflected too; the first words of one that may go on
    wait for the next step, and nothing else does.

    Example: `target: {uses: translate.apertium, inputs: {unit: units.unit}, with: {from: en, to: es}}`
    """

    from_: str = "en"  # language of the source, BCP 47
    to: str = "es"  # language of the translation, BCP 47
    tentative: bool = True  # translate the tail that may still change, for captions; some ms for each change

    def __post_init__(self) -> None:
        if self.from_ == self.to:
            raise ValueError(f"from and to are both {self.to!r}; give two languages")

    def open(self) -> None:
        mode = mode_of(self.from_, self.to)
        self.begin(shared(("apertium", str(mode)), lambda: Apertium(mode)))
