"""Each line by the engine that knows its script.

How it works: languages that may be read together (those in Latin letters; those of another script, with English for
the words among them) share one Tesseract. A line goes to them in the order in which they last succeeded, until one is
sure. Chinese and Japanese, and what none is sure of, go to RapidOCR if a language that it reads is expected. Of several
readings the surer one counts, unless it lost letters: RapidOCR reads a script that it does not know as blanks, and is
sure of them.

Where no language is told, RapidOCR begins, and a line that is nearly empty to it, or that it doubts, is tried with all
data of other scripts that are installed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from nodes.ocr._lines import Line, Reading, visible
from nodes.ocr._rapid import SCRIPTS, Rapid
from nodes.ocr._scripts import data_of, known, script_of
from nodes.ocr._tesseract import Tesseract, gray_line, in_process, installed, tesseract
from pipeline.errors import PackageError
from pipeline.media import Pixels

_log = logging.getLogger(__name__)

_ENGLISH = "eng"
_BETTER_BY_RAPID = "CJK"  # as fast, and with a third of the errors
_SURE, _LIKELY = 0.85, 0.7
_KEPT = 0.6  # of the letters of another reading; with fewer something was lost
_LETTERS = 0.8  # in a stretch as wide as the line is high; with fewer it is nearly empty
_MARK, _LEAST_LETTERS = 1.5, 2  # heights in the width of a bullet or an icon; letters of what is none
_LONG = 4  # heights in the width of what is a line of text for certain


class _InTurn:
    """Several Tesseracts for one line: who was sure last is asked first."""

    def __init__(self, engines: Sequence[Tesseract]) -> None:
        self._engines = tuple(engines)

    def read(self, gray: Pixels) -> Reading:
        """What the first that is sure reads, else the surest; an empty text where there is nobody to ask."""
        best = Reading("", 0.0)
        for engine in (engines := self._engines):
            reading = engine.line(gray)
            if reading.confidence > best.confidence:
                best = reading
            if reading.confidence >= _SURE:
                self._engines = (engine, *(other for other in engines if other is not engine))
                break
        return best

    def close(self) -> None:
        for engine in self._engines:
            engine.close()


class EachByItsOwn:
    """A reader of many scripts. `threads` lines are read at a time."""

    def __init__(self, langs: Sequence[str], threads: int, wanted_by: str) -> None:
        """Raises `PackageError` where an engine is absent that a language needs."""
        self._expected = _InTurn(_expected(langs, wanted_by))
        self._rapid = Rapid(langs, wanted_by)
        self.cv2 = self._rapid.cv2
        self._told = bool(langs)
        self._wanted_by = wanted_by
        self._rapid_knows = any(script_of(lang) in SCRIPTS for lang in langs)
        self._others: _InTurn | None = None  # data of other scripts, opened when they are first needed
        self._warned = False
        self._pool = ThreadPoolExecutor(threads, "ocr-line")

    def find(self, pixels: Pixels, scale: float) -> list[Line]:
        return self._rapid.find(pixels, scale)

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        if self._told:
            return list(self._pool.map(self._of_the_told, lines))
        readings = list(self._pool.map(self._rapid.read_one, lines))
        return [self._of_any(line, reading) for line, reading in zip(lines, readings, strict=True)]

    def close(self) -> None:
        self._pool.shutdown()
        self._rapid.close()
        self._expected.close()
        if self._others is not None:
            self._others.close()

    def _of_the_told(self, line: Pixels) -> Reading:
        """A line in one of the languages that were told."""
        reading = self._expected.read(gray_line(self.cv2, line))
        mark = visible(reading.text) < _LEAST_LETTERS and line.shape[1] < _MARK * line.shape[0]
        if reading.confidence >= _SURE or mark or not (self._rapid_knows or visible(reading.text)):
            return reading
        return _better(reading, self._rapid.read_one(line))

    def _of_any(self, line: Pixels, reading: Reading) -> Reading:
        """A line that RapidOCR has read, by the data of other scripts where it could not."""
        width_in_heights = line.shape[1] / line.shape[0]
        empty = visible(reading.text) < _LETTERS * width_in_heights
        if not empty and reading.confidence >= _LIKELY:
            return reading
        if self._others is None:
            self._others = _InTurn(_other_scripts(self._wanted_by))
        other = self._others.read(gray_line(self.cv2, line))
        if other.confidence >= _LIKELY:
            return _better(reading, other)
        if empty and width_in_heights > _LONG and not self._warned:
            self._warned = True
            _log.info("%s: a line that no engine here reads; name its language in langs", self._wanted_by)
        return reading


def _better(one: Reading, other: Reading) -> Reading:
    """The surer of two readings that lost no letters."""
    most = max(visible(one.text), visible(other.text))
    whole = [reading for reading in (one, other) if visible(reading.text) >= _KEPT * most]
    return max(whole, key=lambda reading: reading.confidence)


def _expected(langs: Sequence[str], wanted_by: str) -> list[Tesseract]:
    """Tesseract for languages, those that may be read together in one. Raises `PackageError` where one is needed."""
    together: dict[str, list[str]] = {}
    for lang in langs:
        if script_of(lang) != _BETTER_BY_RAPID:
            together.setdefault(script_of(lang), []).append(lang)
    have, engines = installed(), list[Tesseract]()
    for names in together.values():
        data = [data_of(lang) for lang in names]
        if script_of(names[0]) in SCRIPTS:
            data = [name for name in data if name in have and in_process()]
        elif _ENGLISH in have:
            data.append(_ENGLISH)
        if data:
            engines.append(tesseract(data, langs, "any", wanted_by))
    return engines


def _other_scripts(wanted_by: str) -> list[Tesseract]:
    """Tesseract for one language of each script that RapidOCR does not read, as far as they are installed."""
    have, first = installed(), dict[str, str]()
    for lang in known():
        if data_of(lang) in have:
            first.setdefault(script_of(lang), lang)
    chosen = [lang for script, lang in first.items() if script not in SCRIPTS]
    english = [_ENGLISH] if _ENGLISH in have else []
    try:
        return [tesseract([data_of(lang), *english], [lang], "any", wanted_by) for lang in chosen]
    except PackageError as error:
        _log.info("%s", error)
        return []
