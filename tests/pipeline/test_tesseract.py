"""What the doctor says of Tesseract and the languages that it can read."""

from pathlib import Path

import pytest

from pipeline.commands.tesseract import languages, state


def program(folder: Path, script: str) -> None:
    """A program of that name."""
    file = folder / "tesseract"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_languages_are_what_stands_below_the_heading() -> None:
    assert languages('List of available languages in "/a/b" (3):\nrus\nosd\neng\n') == ["eng", "rus"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'List (2):'; echo eng; echo osd", ": eng"),
        ("echo 'List (0):'", ", without a language: apt-get install tesseract-ocr tesseract-ocr-LANG"),
        ("exit 3", ", which does not run ("),
    ],
)
def test_its_state_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    program(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert state().startswith(f"{tmp_path}/tesseract{words}")


def test_where_it_is_absent_the_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert state().startswith("missing: apt-get install tesseract-ocr")
