"""Real slides for the tests of this folder, and pictures that a test draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.clock import seconds
from pipeline.media import Box, Pixels, ScreenChange, ScreenText
from pipeline.packet import Packet
from pipeline.testing import Outcome
from tests.media import recordings

WHOLE = (Box(0, 0, 1, 1),)


def slide(lang: str, page: str = "p05") -> tuple[Pixels, list[str]]:
    """A page of slides and its lines, without bullets."""
    cv2 = pytest.importorskip("cv2")
    found = recordings("d_onscreen_text", lang=lang, under=f"slides_packaging_tutorial/{lang}/{page}")
    pixels = cv2.cvtColor(cv2.imread(str(found[0]["path"])), cv2.COLOR_BGR2RGB)
    return pixels, [line.replace("▶", "").strip() for line in found[0]["text"].split("\n")]


def drawn(*lines: tuple[str, int, int], size: tuple[int, int] = (720, 1280)) -> Pixels:
    """A light picture with lines of text, each at its left end and base line; (height, width, 3) uint8."""
    cv2 = pytest.importorskip("cv2")
    pixels = np.full((*size, 3), 245, np.uint8)
    for text, left, base in lines:
        cv2.putText(pixels, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 40), 2, cv2.LINE_AA)
    return pixels


def change(pixels: Pixels, at_s: float = 0.0, regions: Sequence[Box] = WHOLE) -> Packet[ScreenChange]:
    """A picture in which something is new, shown for a tenth of a second."""
    return Packet(ScreenChange(pixels, tuple(regions), seconds(at_s)), seconds(at_s), seconds(at_s + 0.1))


def end(pixels: Pixels, at_s: float) -> Packet[ScreenChange]:
    """The end of the stream."""
    return Packet(ScreenChange(pixels, (), seconds(at_s), last=True), seconds(at_s), seconds(at_s))


def begun(outcome: Outcome) -> list[ScreenText]:
    """What was told when it had been read, from above to below."""
    told: list[ScreenText] = [packet.payload for packet in outcome.text if not packet.payload.over]
    return sorted(told, key=lambda text: (text.box.top, text.box.left))


def letters(text: str) -> str:
    """A text without spaces and marks, to compare."""
    return "".join(char for char in text if char.isalnum())


def found(lines: Sequence[str], told: Sequence[ScreenText]) -> float:
    """Which part of the lines was told letter by letter."""
    said = "|".join(letters(text.text) for text in told)
    wanted = [letters(line) for line in lines if len(letters(line)) > 3]
    return sum(line in said for line in wanted) / len(wanted)
