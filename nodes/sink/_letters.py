"""Letters: text as pixels, in any script that a font of this machine has. By Pillow.

Decides: fonts and shaping. With libraqm and FriBiDi, Arabic is joined and runs from the right, and the signs of Indic
scripts are put together; without them letters stand one by one, and that is told once. A character that no font has
is drawn as the empty box that fonts keep for it, and that is told once for each script.
"""

from __future__ import annotations

import logging
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import fonts
from pipeline.errors import need

_log = logging.getLogger(__name__)

_SHAPED = (
    "ARABIC",
    "HEBREW",
    "DEVANAGARI",
    "BENGALI",
    "TAMIL",
    "TELUGU",
    "GUJARATI",
    "KANNADA",
    "THAI",
    "SYRIAC",
)
_KEPT = 512  # labels that are kept drawn


class Letters:
    """Draws text; see the head of this file. Raises `PackageError` where Pillow is not installed."""

    def __init__(self, wanted_by: str) -> None:
        try:
            from PIL import Image, ImageDraw, ImageFont, features
        except ModuleNotFoundError:
            raise need("PIL", "vision", wanted_by) from None
        self._image, self._draw, self._font = Image, ImageDraw, ImageFont
        self._wanted_by = wanted_by
        self._shapes = bool(features.check("raqm"))
        self._told: set[str] = set()
        self.mask = lru_cache(_KEPT)(self._mask)

    def _mask(self, text: str, size: int) -> NDArray[np.uint8]:
        """How much of each pixel is ink, (height, width) uint8, for letters of `size` pixels."""
        pieces = [(run.text, self._opened(run, size)) for run in fonts.runs(text, self._wanted_by)]
        self._tell_shaping(text)
        widths = [max(1, round(font.getlength(piece))) for piece, font in pieces]
        height = max([round(1.35 * size), *(sum(font.getmetrics()) for _, font in pieces)])
        drawing = self._image.new("L", (max(1, sum(widths)) + size // 2, height), 0)
        pen = self._draw.Draw(drawing)
        base, at = round(1.05 * size), size // 4
        for (piece, font), width in zip(pieces, widths, strict=True):
            pen.text((at, base), piece, fill=255, font=font, anchor="ls")
            at += width
        return np.asarray(drawing)

    def _opened(self, run: fonts.Run, size: int) -> Any:
        if run.font is None:
            self._tell_missing(run.text)
            return self._font.load_default(size)
        return _font(self._font, str(run.font), size)

    def _tell_missing(self, text: str) -> None:
        script = _script(text.strip()[:1])
        if script not in self._told:
            self._told.add(script)
            _log.warning(
                "%s: no font of this machine has %s letters; install one (Debian: fonts-noto-core, fonts-noto-cjk)",
                self._wanted_by,
                script.capitalize(),
            )

    def _tell_shaping(self, text: str) -> None:
        if self._shapes or "shaping" in self._told:
            return
        scripts = {_script(character) for character in text}
        if scripts & set(_SHAPED):
            self._told.add("shaping")
            _log.warning(
                "%s: %s letters are not joined, because libfribidi is not installed (Debian: libfribidi0)",
                self._wanted_by,
                min(scripts & set(_SHAPED)).capitalize(),
            )


def _script(character: str) -> str:
    """The first word of a character's name, which is its script for letters."""
    return unicodedata.name(character, "unknown").split(" ")[0] if character else "unknown"


@lru_cache(64)
def _font(module: Any, file: str, size: int) -> Any:
    return module.truetype(file, size)
