"""Text on the screen, by Tesseract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from nodes._engines.opencv import opencv
from nodes.ocr._lines import Line, Reader, Reading
from nodes.ocr._screen_reader import ScreenReader
from nodes.ocr._scripts import data_of
from nodes.ocr._tesseract import Via, check_langs, tesseract
from pipeline.media import Pixels


class _Reader:
    """Tesseract for everything: it finds and reads in one."""

    def __init__(self, langs: Sequence[str], via: Via) -> None:
        self.cv2 = opencv("ocr.tesseract")
        self._engine = tesseract([data_of(lang) for lang in langs], langs, via, "ocr.tesseract")

    def find(self, pixels: Pixels, scale: float) -> list[Line]:
        height, width = pixels.shape[:2]
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = pixels if scale == 1 else self.cv2.resize(pixels, size, interpolation=self.cv2.INTER_AREA)
        back = np.array([width / size[0], height / size[1]], np.float32)
        found = self._engine.page(self.cv2.cvtColor(small, self.cv2.COLOR_RGB2GRAY))
        return [Line(line.corners * back, line.reading) for line in found]

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        return []  # they were read when they were found

    def close(self) -> None:
        self._engine.close()


@dataclass
class TesseractOcr(ScreenReader):
    """Read text on the screen in the languages that are told, by Tesseract.

    Emits `text` when a line has been read and again when it is gone, with its box, language, confidence, and when it
    was first and last seen. Reads each line once, when it appears; a line that stays or moves keeps its number. Takes
    tesserocr, which keeps Tesseract in this process, where it is installed, and pytesseract otherwise. Good on slides
    and windows of programs; over photographs and films it misses lines and reads what is none: see ocr.auto. Each
    language more makes it slower, and one that is not told is misread.

    Example:
        text: {uses: ocr.tesseract, inputs: {change: {from: changes.change, capacity: 2}}, with: {langs: [de, en]}}

    Source: Smith 2007, "An overview of the Tesseract OCR engine".
    """

    langs: list[str] = field(default_factory=lambda: ["en"])  # on the screen (BCP 47), the commonest first
    via: Via = "any"  # tesserocr, pytesseract, or any: the first that is installed
    find_px: Annotated[int, Meta(ge=64, le=8000)] = 1920  # long side that is read, at most, pixels
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.6  # of a line that is told, 0 to 1
    required: bool = True  # false: where it cannot run, say so and see nothing, so that the rest goes on

    def __post_init__(self) -> None:
        if not self.langs:
            raise ValueError("langs is empty; name the languages on the screen, such as [en]")
        check_langs(self.langs)

    def reader(self) -> Reader:
        return _Reader(self.langs, self.via)
