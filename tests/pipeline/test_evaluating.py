"""The progress of an evaluation: a bar with a line for each run on a terminal, lines alone elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.commands import evaluating
from pipeline.commands.evaluating import Progress
from pipeline.measure.evaluation.workers import Step
from pipeline.measure.recording import Recording

TWO = [Recording(name, Path("a.wav"), "it", "en", 10.0) for name in ("r1", "r2")]
STEPS = [
    Step("r1", "begun"),
    Step("r1", "at", at_s=4.0),
    Step("r1", "at", at_s=3.0),
    Step("r1", "done", took_s=2.5),
    Step("r2", "begun"),
    Step("r2", "failed", why="[the tape] tore"),
]
LINES = ["1 of 2  r1  10.0 s of audio in 2.5 s", "2 of 2  r2  failed: [the tape] tore"]


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "load_average", lambda: 0.0)


def test_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(TWO) as progress:
        for step in STEPS:
            progress.step(step)
    assert capsys.readouterr().err.splitlines() == LINES


def test_a_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress(TWO) as progress:
        for step in STEPS[:3]:
            progress.step(step)
        assert progress.share == 0.2
        for step in STEPS[3:]:
            progress.step(step)
        assert progress.share == 1.0
    shown = capsys.readouterr().err
    assert all(line in shown for line in LINES)


def test_a_busy_machine_is_told_once_before_the_first_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "load_average", lambda: 99.0)
    with Progress(TWO) as progress:
        progress.step(Step("r1", "kept"))
        assert "busy" not in capsys.readouterr().err
        for step in STEPS:
            progress.step(step)
    assert capsys.readouterr().err.count("this machine is busy (load 99.0 on ") == 1
