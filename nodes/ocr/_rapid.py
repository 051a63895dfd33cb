"""RapidOCR: finds lines of any script, and reads Latin letters, Chinese and Japanese without being told which.

Its models come with its package. It takes colours in OpenCV's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nodes._engines.opencv import opencv
from nodes.ocr._lines import Line, Reading
from nodes.ocr._scripts import language_of, script_of
from pipeline.errors import ModelError, need
from pipeline.media import Pixels
from pipeline.shared import shared

SCRIPTS = frozenset({"LATIN", "CJK"})  # what it reads
_LARGE = "CJK"  # as wide as high, so they can be told apart when they are read smaller, which costs less
_LARGE_ROOM = 1 / 6  # heights of such a line that it gets above and below; Latin letters would suffer
_SMALLEST = 32  # pixels: the least side that the detector takes
_SETTINGS: dict[str, Any] = {
    "Global.log_level": "error",
    "Global.use_preprocess_img": False,  # pictures come in the size in which they are to be looked at
    "Global.use_vertical_padding": False,
    "Global.text_score": 0.0,
    "Rec.rec_img_shape": [3, 48, 48],  # the least: by default a line is widened to 320, which is read as well
    "Det.limit_type": "max",
    "Det.limit_side_len": 100_000,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # lines are read side by side instead
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class Rapid:
    """Detector and recogniser, shared by all nodes of a process. Any thread may call."""

    def __init__(self, langs: Sequence[str], wanted_by: str) -> None:
        """Raises `PackageError` where the package is absent, `ModelError` where its models will not do."""
        self.cv2 = opencv(wanted_by)
        self._langs = langs
        self._only_large = bool(langs) and all(script_of(lang) == _LARGE for lang in langs)
        self._lease = shared(("rapidocr",), lambda: _load(wanted_by))
        self._finder, self._reader = self._lease.value

    def close(self) -> None:
        """Give the models back."""
        self._lease.close()

    def find(self, pixels: Pixels, scale: float) -> list[Line]:
        """Lines in a picture (height, width, 3) uint8 RGB that is looked at `scale` times as large."""
        height, width = pixels.shape[:2]
        size = (max(_SMALLEST, round(width * scale)), max(_SMALLEST, round(height * scale)))
        small = self.cv2.resize(pixels, size, interpolation=self.cv2.INTER_AREA)
        found = self._finder(_bgr(small), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        back = np.array([width / size[0], height / size[1]], np.float32)
        return [Line(np.asarray(corners, np.float32) * back) for corners in found.boxes]

    def read_one(self, pixels: Pixels) -> Reading:
        """What a picture of one line says."""
        if self._only_large:
            room = round(pixels.shape[0] * _LARGE_ROOM)
            pixels = self.cv2.copyMakeBorder(pixels, room, room, 0, 0, self.cv2.BORDER_REPLICATE)
        read = self._reader(_bgr(pixels), use_det=False, use_cls=False, use_rec=True)
        if not read.txts:
            return Reading("", 0.0)
        text = str(read.txts[0])
        return Reading(text, float(read.scores[0]), language_of(text, self._langs))


def _load(wanted_by: str) -> tuple[Any, Any]:
    """One engine to find and one to read: what is asked of an engine stays set in it, so they are not mixed."""
    try:
        from rapidocr import RapidOCR
    except ModuleNotFoundError as error:
        raise need(error.name or "rapidocr", "vision", wanted_by) from None
    blank = np.full((64, 64, 3), 255, np.uint8)
    try:
        finder, reader = RapidOCR(params=_SETTINGS), RapidOCR(params=_SETTINGS)
        finder(
            blank, use_det=True, use_cls=False, use_rec=False
        )  # models are loaded when they are first used
        reader(blank, use_det=False, use_cls=False, use_rec=True)
    except Exception as error:  # onnxruntime and RapidOCR have no error in common
        raise ModelError(
            f"{wanted_by}: the models of RapidOCR cannot be loaded ({error}); "
            "type: pip install --force-reinstall --no-deps rapidocr"
        ) from error
    return finder, reader


def _bgr(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[..., ::-1])
