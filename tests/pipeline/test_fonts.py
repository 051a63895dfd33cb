"""Fonts: one where one has all letters, a change of font where none has, and nothing where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import fonts
from pipeline.fonts import Run, runs

pytest.importorskip("fontTools", reason="fontTools is not installed: pip install 'dragoman[vision]'")


def test_a_text_that_one_font_can_write_is_one_run() -> None:
    if not fonts._fonts():
        pytest.skip("this machine has no fonts")
    [run] = runs("It was the best of times, 1859.", "a test")
    assert run.text == "It was the best of times, 1859."
    assert run.font is not None
    assert run.font.is_file()


def test_the_font_changes_where_the_letters_do() -> None:
    if None in (font for letter in "aक" for font in (runs(letter, "a test")[0].font,)):
        pytest.skip("this machine has no font with Devanagari")
    found = runs("abc नमस्ते xyz \U000f1234", "a test")
    assert "".join(run.text for run in found) == "abc नमस्ते xyz \U000f1234"
    assert found[-1] == Run("\U000f1234", None)


def test_without_fonts_there_is_no_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "folders", lambda: [tmp_path, tmp_path / "absent"])
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    for cached in (fonts._with_all, fonts._fonts):
        cached.cache_clear()
    try:
        assert runs("abc", "a test") == [Run("abc", None)]
        assert runs("", "a test") == [Run("", None)]
    finally:
        for cached in (fonts._with_all, fonts._fonts):
            cached.cache_clear()
