from __future__ import annotations

from dataclasses import dataclass

from nodes._engines.firefox import FirefoxEngine, plain
from nodes.translate._text_translator import TextTranslator
from pipeline.shared import shared


@dataclass
class FirefoxTranslate(TextTranslator):
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

    def __post_init__(self) -> None:
        if plain(self.from_) == plain(self.to):
            raise ValueError(f"from and to are both {plain(self.to)!r}; give two languages")

    def open(self) -> None:
        key = ("firefox", plain(self.from_), plain(self.to))
        self.begin(shared(key, lambda: FirefoxEngine(self.from_, self.to)))
