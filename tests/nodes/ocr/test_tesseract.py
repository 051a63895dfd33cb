"""ocr.tesseract: through tesserocr and through pytesseract; what is said when one of its parts is absent."""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.ocr._tesseract import Via, installed
from nodes.ocr.tesseract import TesseractOcr
from pipeline.errors import PackageError
from pipeline.testing import feed
from tests.nodes.ocr.slides import begun, change, drawn, found, slide

HELLO = ("Ferry to Harrow Bay", 80, 120)


def ways() -> list[Any]:
    """Both ways to Tesseract, skipped where they are absent."""
    english = "eng" in installed()
    bound = importlib.util.find_spec("tesserocr") is not None and english
    program = importlib.util.find_spec("pytesseract") is not None and shutil.which("tesseract") and english
    return [
        pytest.param("tesserocr", marks=pytest.mark.skipif(not bound, reason="pip install tesserocr")),
        pytest.param(
            "pytesseract", marks=pytest.mark.skipif(not program, reason="apt-get install tesseract-ocr")
        ),
    ]


@pytest.mark.media
@pytest.mark.parametrize("via", ways())
def test_a_slide_is_read(via: Via) -> None:
    pixels, lines = slide("en")
    told = begun(feed(TesseractOcr(["en"], via=via), [change(pixels)]))
    assert found(lines, told) >= 0.8
    assert {text.lang for text in told} <= {"en", ""}


@pytest.mark.parametrize("via", ways())
def test_boxes_are_those_of_the_picture_also_where_it_was_made_smaller(via: Via) -> None:
    for find_px in (1920, 900):
        [text] = begun(feed(TesseractOcr(via=via, find_px=find_px), [change(drawn(HELLO))]))
        assert text.text == "Ferry to Harrow Bay"
        assert text.box.left == pytest.approx(80 / 1280, abs=0.01)
        assert text.box.top == pytest.approx(95 / 720, abs=0.02)


@pytest.mark.parametrize("via", ways())
@pytest.mark.parametrize("size", [(1, 1), (3, 700), (400, 400)])
def test_a_black_picture_says_nothing(via: Via, size: tuple[int, int]) -> None:
    assert feed(TesseractOcr(via=via), [change(np.zeros((*size, 3), np.uint8))]).text == []


def test_data_that_are_absent_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    wanted = r"no data for deu, chi_sim; type: apt-get install tesseract-ocr-deu tesseract-ocr-chi-sim$"
    with pytest.raises(PackageError, match=wanted):
        feed(TesseractOcr(["de", "zh"]), [])


def test_the_program_that_is_absent_is_named_with_its_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("pytesseract")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        PackageError, match="'tesseract' is not installed; type: apt-get install tesseract-ocr "
    ):
        feed(TesseractOcr(via="pytesseract"), [])


@pytest.mark.parametrize(
    ("via", "words"),
    [("tesserocr", "pip install tesserocr"), ("any", r"pip install 'dragoman\[vision\]'")],
)
def test_a_package_that_is_absent_is_named(monkeypatch: pytest.MonkeyPatch, via: Via, words: str) -> None:
    monkeypatch.setattr("nodes.ocr._tesseract.find_spec", lambda name: None)
    with pytest.raises(PackageError, match=words):
        feed(TesseractOcr(via=via), [])
