"""Text on the screen, by RapidOCR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from nodes.ocr._lines import Line, Reader, Reading
from nodes.ocr._rapid import Rapid
from nodes.ocr._screen_reader import ScreenReader
from pipeline.media import Pixels


class _Reader:
    """RapidOCR for everything."""

    def __init__(self, langs: Sequence[str]) -> None:
        self._rapid = Rapid(langs, "ocr.rapid")
        self.cv2 = self._rapid.cv2

    def find(self, pixels: Pixels, scale: float) -> list[Line]:
        return self._rapid.find(pixels, scale)

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        return [self._rapid.read_one(line) for line in lines]

    def close(self) -> None:
        self._rapid.close()


@dataclass
class RapidOcr(ScreenReader):
    """Read text on the screen in Latin letters, Chinese and Japanese, without being told which, by RapidOCR.

    Emits `text` when a line has been read and again when it is gone, with its box, language, confidence, and when it
    was first and last seen. Reads each line once, when it appears; a line that stays or moves keeps its number. A line
    costs 0.07 s of CPU, so a full slide takes more than a second: ocr.auto is faster where languages are told. Other
    scripts (Cyrillic, Arabic) come out empty. Upside down text is not read.

    Example:
        text: {uses: ocr.rapid, inputs: {change: {from: changes.change, capacity: 2}}}

    Source: Liao et al. 2020, "Real-time scene text detection with differentiable binarization" (the detector).
    """

    langs: list[str] = field(default_factory=list)  # languages to expect (BCP 47), to name what was read
    find_px: Annotated[int, Meta(ge=64, le=8000)] = 512  # long side at which lines are looked for, pixels
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.7  # of a line that is told, 0 to 1
    required: bool = True  # false: where it cannot run, say so and see nothing, so that the rest goes on

    def reader(self) -> Reader:
        return _Reader(self.langs)
