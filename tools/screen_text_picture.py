"""Draw the picture of docs/vision.md: a slide of our own, and what ocr.auto told of it.

    python tools/screen_text_picture.py [FILE]

The slide comes in two steps, as a speaker shows it; the picture has the boxes, and beside them what was told and when.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nodes.ocr.auto import AutoOcr
from nodes.ocr.changes import ScreenChanges
from pipeline.clock import to_seconds
from pipeline.media import Pixels, ScreenText
from pipeline.testing import feed, pictures

ROOT = Path(__file__).resolve().parents[1]
WIDE, HIGH, PANEL = 800, 450, 560  # pixels
TITLE = [("Harrow Bay ferries", 50, 40, 46)]  # text, left, top, size
LINES = [
    ("Departure 19:45 from Pier 3", 80, 140, 28),
    ("1,250 passengers on Saturdays", 80, 200, 28),
    ("Captain: Ingrid Solheim", 80, 260, 28),
    ("Tickets: gate B, from 07:30", 80, 320, 28),
]
INK, PAPER, MARK, GRAY = (30, 34, 48), (250, 249, 245), (196, 78, 30), (110, 112, 120)


def slide(lines: list[tuple[str, int, int, int]]) -> Image.Image:
    """A slide with lines of text."""
    image = Image.new("RGB", (WIDE, HIGH), PAPER)
    draw = ImageDraw.Draw(image)
    for text, left, top, size in lines:
        draw.text((left, top), text, INK, ImageFont.load_default(size))
    return image


def told() -> list[ScreenText]:
    """What stands on the screen in the end: the title for two seconds, then the whole slide for four."""
    steps = [(slide(TITLE), 20), (slide(TITLE + LINES), 40)]
    frames: list[Pixels] = [np.asarray(image).copy() for image, times in steps for _ in range(times)]
    changes = feed(ScreenChanges(), pictures(frames, 10)).change
    texts = [packet.payload for packet in feed(AutoOcr(["en"]), changes).text]
    return sorted((text for text in texts if text.over), key=lambda text: text.id)


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures/screen-text.png"
    image = Image.new("RGB", (WIDE + PANEL, HIGH), (255, 255, 255))
    image.paste(slide(TITLE + LINES))
    draw = ImageDraw.Draw(image)
    for text in told():
        box = text.box
        corner = (box.left * WIDE, box.top * HIGH)
        draw.rectangle((*corner, box.right * WIDE, box.bottom * HIGH), outline=MARK, width=2)
        draw.text((corner[0] - 16, corner[1]), str(text.id), MARK, ImageFont.load_default(18))
        left, top = WIDE + 24, 40 + 78 * (text.id - 1)
        draw.text((left, top), f"{text.id}  {text.text}", INK, ImageFont.load_default(24))
        seen = f"{to_seconds(text.start):.1f} to {to_seconds(text.end):.1f} s"
        about = f"{text.lang or 'language not known'}, confidence {text.confidence:.2f}, seen {seen}"
        draw.text((left + 22, top + 32), about, GRAY, ImageFont.load_default(18))
    image.quantize(32).save(file, optimize=True)


if __name__ == "__main__":
    main()
