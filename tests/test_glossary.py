"""`dragoman interpret --glossary`: what is in the file is in the captions; what is wrong with it is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import dragoman
from tests.media import need_model, recordings

pytestmark = [pytest.mark.model, pytest.mark.media]


def interpret(capsys: pytest.CaptureFixture[str], folder: Path, glossary: str) -> tuple[int, str, str]:
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)
    [prompt] = [line for line in recordings("a_speech", lang="en") if line.get("prompt") == "agent-user"]
    path = folder / "names.tsv"
    path.write_text(glossary, encoding="utf-8")
    given = ("--from", "en", "--to", "pt", "--voice", "none", "--pace", "asap", "--quiet", "--out", folder)
    said = dragoman(capsys, "interpret", prompt["path"], *given, "--glossary", path)
    written = folder / "transcript.pt.txt"
    return said.code, said.err, written.read_text(encoding="utf-8") if written.exists() else ""


@pytest.mark.timeout(180)
def test_its_renderings_are_in_the_captions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, told = interpret(capsys, tmp_path, "pound key\ttecla sustenido\n")
    assert code == 0
    assert "tecla sustenido" in told


@pytest.mark.timeout(180)
def test_every_fault_of_it_is_told_before_anything_is_heard(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, error, told = interpret(capsys, tmp_path, "a\tb\tc\n\tb\n")
    assert (code, told) == (2, "")
    assert "names.tsv:1: has 3 columns; give term and rendering, with a tab between them" in error
    assert "names.tsv:2: has a rendering ('b') and no term; put the term before it" in error
