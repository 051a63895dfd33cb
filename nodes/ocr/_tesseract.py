"""Tesseract: through tesserocr, which keeps it in this process, or through pytesseract, which starts the program.

Decides: which of the two, where the data lie, and what is said when the program or the data of a language are absent.
Started as a program it loads its model each time, which costs 0.15 s; so it reads a whole region at once there.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Sequence
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from nodes.ocr._lines import Line, Reading
from nodes.ocr._scripts import data_of, known, language_of, package_of
from pipeline.errors import PackageError, did_you_mean, need
from pipeline.media import Pixels

Via: TypeAlias = Literal["any", "tesserocr", "pytesseract"]
_FOLDERS = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_SPARSE, _ONE_LINE = 11, 7  # page segmentation modes
_LINE_PX, _EDGE_PX = 44, 10  # height at which a line is read, and the room around it


class Tesseract(Protocol):
    """One set of languages, opened. `line` may be called by several threads at a time."""

    def page(self, gray: Pixels) -> list[Line]:
        """Lines in a gray picture (height, width) uint8, with what they say."""
        ...

    def line(self, gray: Pixels) -> Reading:
        """What a gray picture of one line says."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


def check_langs(langs: Sequence[str]) -> None:
    """Raise `ValueError` for a language that no data of Tesseract are known for."""
    for lang in langs:
        if not data_of(lang):
            raise ValueError(
                f"langs: no language {lang!r} (BCP 47) is known here; {did_you_mean(lang, known())}"
            )


def data_folder() -> Path | None:
    """Where the data of Tesseract lie: $TESSDATA_PREFIX, or where packages put them."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    found = [prefix] if prefix else [folder for pattern in _FOLDERS for folder in sorted(glob(pattern))]
    return next((Path(folder) for folder in found if Path(folder).is_dir()), None)


def in_process() -> bool:
    """Whether tesserocr is there, so that a line costs 20 ms and not the start of a program."""
    return find_spec("tesserocr") is not None


def installed() -> set[str]:
    """The data that are installed, by Tesseract's names; none where there is no folder."""
    folder = data_folder()
    return {file.stem for file in folder.glob("*.traineddata")} - {"osd", "equ"} if folder else set()


def tesseract(data: Sequence[str], langs: Sequence[str], via: Via, wanted_by: str) -> Tesseract:
    """Tesseract for data that may be read together; `langs` names the languages of what is read.

    Raises `PackageError` that says what to install where a package, the program or data are absent.
    """
    bound = via == "tesserocr" or (via == "any" and in_process())
    if bound and not in_process():
        raise PackageError(
            f"{wanted_by}: the package 'tesserocr' is not installed; type: pip install tesserocr (or set via: any)"
        )
    if not bound and find_spec("pytesseract") is None:
        raise need("pytesseract", "vision", wanted_by)
    if not bound and shutil.which("tesseract") is None:
        raise PackageError(
            f"{wanted_by}: the program 'tesseract' is not installed; type: apt-get install "
            + " ".join(["tesseract-ocr", *map(package_of, data)])
        )
    missing = [name for name in data if name not in installed()]
    if missing:
        raise PackageError(
            f"{wanted_by}: Tesseract has no data for {', '.join(missing)}; type: apt-get install "
            + " ".join(map(package_of, missing))
        )
    return _Bound(data, langs) if bound else _Program(data, langs)


class _Bound:
    """Inside of this process. An engine serves one thread at a time, so there is one for each that asks."""

    def __init__(self, data: Sequence[str], langs: Sequence[str]) -> None:
        import tesserocr

        self._tesserocr = tesserocr
        self._data = "+".join(data)
        self._langs = langs
        self._free = [self._make()]

    def _make(self) -> Any:
        return self._tesserocr.PyTessBaseAPI(path=str(data_folder()), lang=self._data)

    def page(self, gray: Pixels) -> list[Line]:
        api = self._take(gray, _SPARSE)
        try:
            api.Recognize()
            level = self._tesserocr.RIL.TEXTLINE
            found = [
                (item.BoundingBox(level), item.GetUTF8Text(level), item.Confidence(level))
                for item in self._tesserocr.iterate_level(api.GetIterator(), level)
                if not item.Empty(level)
            ]
        finally:
            self._free.append(api)
        return [_line(rect, text, confidence, self._langs) for rect, text, confidence in found]

    def line(self, gray: Pixels) -> Reading:
        api = self._take(gray, _ONE_LINE)
        try:
            text, confidence = api.GetUTF8Text(), api.MeanTextConf()
        finally:
            self._free.append(api)
        return _reading(text, confidence, self._langs)

    def _take(self, gray: Pixels, mode: int) -> Any:
        try:
            api = self._free.pop()
        except IndexError:
            api = self._make()
        api.SetPageSegMode(mode)
        height, width = gray.shape
        api.SetImageBytes(np.ascontiguousarray(gray).tobytes(), width, height, 1, width)
        api.SetSourceResolution(96)
        return api

    def close(self) -> None:
        for api in self._free:
            api.End()


class _Program:
    """A process for each picture."""

    def __init__(self, data: Sequence[str], langs: Sequence[str]) -> None:
        from pytesseract import pytesseract

        self._pytesseract = pytesseract
        self._data = "+".join(data)
        self._langs = langs
        # What it starts gets this environment: several threads for one small picture cost more than they bring.
        pytesseract.environ = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def page(self, gray: Pixels) -> list[Line]:
        return self._read(gray, _SPARSE)

    def line(self, gray: Pixels) -> Reading:
        lines = [line.reading for line in self._read(gray, _ONE_LINE) if line.reading]
        text = " ".join(reading.text for reading in lines)
        confidence = sum(reading.confidence for reading in lines) / max(1, len(lines))
        return Reading(text, confidence, language_of(text, self._langs))

    def _read(self, gray: Pixels, mode: int) -> list[Line]:
        folder = data_folder()
        said = self._pytesseract.image_to_data(
            gray,
            lang=self._data,
            config=f"--psm {mode} --dpi 96" + (f' --tessdata-dir "{folder}"' if folder else ""),
            output_type=self._pytesseract.Output.DICT,
        )
        words = defaultdict[tuple[int, ...], list[int]](list)
        for index, text in enumerate(said["text"]):
            if text.strip():
                words[tuple(said[key][index] for key in ("block_num", "par_num", "line_num"))].append(index)
        return [_joined(said, indices, self._langs) for indices in words.values()]

    def close(self) -> None:
        pass


def _joined(said: dict[str, list[Any]], indices: Sequence[int], langs: Sequence[str]) -> Line:
    """The words of a line as one line."""
    left, top = (min(said[side][i] for i in indices) for side in ("left", "top"))
    right = max(said["left"][i] + said["width"][i] for i in indices)
    bottom = max(said["top"][i] + said["height"][i] for i in indices)
    text = " ".join(said["text"][i] for i in indices)
    confidence = sum(float(said["conf"][i]) for i in indices) / len(indices)
    return _line((left, top, right, bottom), text, confidence, langs)


def _line(rect: tuple[int, int, int, int], text: str, confidence: float, langs: Sequence[str]) -> Line:
    left, top, right, bottom = rect
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return Line(corners, _reading(text, confidence, langs))


def _reading(text: str, confidence: float, langs: Sequence[str]) -> Reading:
    text = " ".join(text.split())
    return Reading(text, min(1.0, max(0.0, confidence / 100)), language_of(text, langs))


def gray_line(cv2: Any, pixels: Pixels) -> Pixels:
    """A line as Tesseract reads it best: gray, dark on light, 44 pixels high, with room around it."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = _LINE_PX / gray.shape[0]
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    gray = cv2.resize(gray, (max(1, round(gray.shape[1] * scale)), _LINE_PX), interpolation=how)
    if np.median(gray) < 128:
        gray = 255 - gray
    room = (_EDGE_PX,) * 4
    return np.asarray(cv2.copyMakeBorder(gray, *room, cv2.BORDER_REPLICATE))
