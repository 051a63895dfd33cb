"""The live view: a line for each committed step where there is no terminal, and in place where there is one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipeline import models
from pipeline.clock import seconds
from pipeline.commands.screen import Screen
from pipeline.interpreter import Interpretation, Talk, interpretation
from pipeline.media import Text
from pipeline.packet import Packet
from pipeline.testing import words


@pytest.fixture(autouse=True)
def stocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "at_hand", lambda name: True)


def talk(pace: str = "realtime") -> Interpretation:
    return interpretation(Talk("a.wav", "pt", "en", pace=pace, voice="none"))


def said(text: str, lang: str, tentative: str = "") -> Packet[Text]:
    """A step of text that was said until second 2 and came at second 3.5."""
    return Packet(Text(words(text), tentative, lang), 0, seconds(2), left=seconds(3.5))


def test_a_line_for_each_committed_step(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(talk()) as screen:
        screen.show("words.transcript", said("", "en", "it was"))
        screen.show("words.transcript", said("It was", "en", "the best"))
        screen.show("target.translation", said("Foi o", "pt"))
    assert capsys.readouterr().out == (
        "    3.50 s  + 1.50 s  en  It was\n"  # when it came, and how long after it was said
        "    3.50 s  + 1.50 s  pt  Foi o\n"
    )
    assert (screen.words, screen.detected) == (2, "en")


def test_where_nothing_waits_for_the_clock_there_is_no_lag(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(talk("asap")) as screen:
        screen.show("target.translation", said("Foi o", "pt"))
    assert capsys.readouterr().out == "    2.00 s  pt  Foi o\n"


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(talk(), quiet=True) as screen:
        screen.show("target.translation", said("Foi o", "pt"))
    assert capsys.readouterr().out == ""
    assert screen.words == 2


def test_a_reader_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    with Screen(talk()) as screen:
        screen.show("target.translation", said("Foi o", "pt"))
        screen.show("target.translation", said("melhor", "pt"))
    assert screen.gone


def test_on_a_terminal_it_is_drawn_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "50")
    with Screen(talk()) as screen:
        screen.show("words.transcript", said("It was", "en", "the best"))
        screen.show("target.translation", said("Foi o", "pt"))
    shown = terminal.getvalue()
    assert "the best" in shown
    assert "Foi o" in shown
    assert "3.5 s   lag 3.0 s" in shown
