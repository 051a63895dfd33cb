"""Text on the screen: RapidOCR finds the lines, the engine that knows the script reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes.ocr._each_by_its_own import EachByItsOwn
from nodes.ocr._packages import or_none
from nodes.ocr._screen import Screen
from nodes.ocr._tesseract import check_langs
from pipeline.media import ScreenChange, ScreenText
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class AutoOcr(Node):
    """Read text on the screen: RapidOCR finds the lines, and the engine that knows the script reads each of them.

    Emits `text` when a line has been read and again when it is gone, with its box, language, confidence, and when it
    was first and last seen. Reads each line once, when it appears; a line that stays or moves keeps its number. With
    `langs`, Tesseract reads a line first where it has their data, and RapidOCR reads Chinese, Japanese and what that
    is not sure of: half the cost. Without, RapidOCR reads first, and what is empty to it is tried with the data of other
    scripts that are installed. Works without Tesseract for Latin letters, Chinese and Japanese.

    Example:
        text: {uses: ocr.auto, inputs: {change: {from: changes.change, capacity: 2}}, with: {langs: [ru]}}

    Source: Liao et al. 2020, "Real-time scene text detection with differentiable binarization" (the detector).
    """

    langs: list[str] = field(default_factory=list)  # languages to expect (BCP 47); empty: any
    find_px: Annotated[int, Meta(ge=64, le=8000)] = 640  # long side at which lines are looked for, pixels
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.7  # of a line that is told, 0 to 1
    threads: Annotated[int, Meta(ge=1, le=16)] = 2  # lines that are read side by side
    required: bool = True  # false: where it cannot run, say so and see nothing, so that the rest goes on

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 6

    change = Input(ScreenChange)
    text = Output(ScreenText)

    def __post_init__(self) -> None:
        check_langs(self.langs)

    def open(self) -> None:
        self._screen = or_none(self._open, self.required)

    def process(self, change: Packet[ScreenChange]) -> Iterator[Emission[Any]]:
        if self._screen is not None:
            for text in self._screen.look(change.payload, change.start, change.end):
                yield self.text(text)

    def finish(self) -> Iterator[Emission[Any]]:
        if self._screen is not None:
            for text in self._screen.stop():
                yield self.text(text)

    def close(self) -> None:
        if self._screen is not None:
            self._screen.close()

    def _open(self) -> Screen:
        reader = EachByItsOwn(self.langs, self.threads, "ocr.auto")
        return Screen(reader, self.min_confidence, self.find_px)
