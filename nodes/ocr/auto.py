"""Text on the screen: RapidOCR finds the lines, the engine that knows the script reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from nodes.ocr._each_by_its_own import EachByItsOwn
from nodes.ocr._lines import Reader
from nodes.ocr._screen_reader import ScreenReader
from nodes.ocr._tesseract import check_langs


@dataclass
class AutoOcr(ScreenReader):
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
    find_px: Annotated[int, Meta(ge=64, le=8000)] = 512  # long side at which lines are looked for, pixels
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.7  # of a line that is told, 0 to 1
    threads: Annotated[int, Meta(ge=1, le=16)] = 2  # lines that are read side by side
    required: bool = True  # false: where it cannot run, say so and see nothing, so that the rest goes on

    def __post_init__(self) -> None:
        check_langs(self.langs)

    def reader(self) -> Reader:
        return EachByItsOwn(self.langs, self.threads, "ocr.auto")
