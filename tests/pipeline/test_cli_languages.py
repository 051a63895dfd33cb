"""`dragoman languages` and `dragoman doctor`: an overview that fits a screen, details on demand, what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import models, routes
from pipeline.languages import languages
from tests.command import dragoman


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any model."""
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(routes, "firefox_cache", frozenset)
    monkeypatch.setattr(routes, "apertium_pairs", frozenset)


@pytest.fixture
def stocked(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with every model of the list, and no translator but these."""
    monkeypatch.setattr(models, "at_hand", lambda name: True)


@pytest.mark.usefixtures("stocked")
def test_the_overview_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "languages")
    assert said.code == 0
    rows = said.out.splitlines()
    assert len(rows) < 24
    assert rows[0].split() == ["to", "from", "by", "voice"]
    assert rows[1].split() == [
        "en",
        "English",
        "pt",
        "Portuguese",
        "asr.whisper",
        "->",
        "translate.firefox",
        "tts.hibari,",
        languages()["en"].quality("hibari"),
    ]
    assert rows[2].split() == ["98", "others", "translate.whisper"]
    assert any(row.startswith("  fxtranslate models add en LANG  LANG: af ar az ") for row in rows)
    assert "heard: 100 languages; --from auto detects which" in rows
    assert rows[-1].startswith("of the 60 languages of LiveTranslate 57 (not ast ceb ky) are heard and ")
    assert rows[-1].endswith(
        " of the 29 that it speaks all have a voice and 26 (not fil th ur) a translation"
    )


@pytest.mark.usefixtures("bare")
def test_without_models_it_says_what_to_type_first(capsys: pytest.CaptureFixture[str]) -> None:
    rows = dragoman(capsys, "languages").out.splitlines()
    assert rows[0] == "nothing is at hand"
    assert rows[3].split("  ")[1] == "dragoman models fetch whisper-base silero-vad"
    assert any(row.startswith("  dragoman models fetch firefox-en-pt ") for row in rows)


@pytest.mark.usefixtures("stocked")
def test_one_pair_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "languages", "--from", "de", "--to", "en")
    first, best, other, voices, hibari, *_ = said.out.splitlines()
    assert first == "de German -> en English"
    assert voices == "voices, the best first"
    assert hibari.split()[0] == "tts.hibari,"
    assert best.split() == ["translate.whisper", "at", "hand"]
    assert other.endswith("asr.whisper -> translate.firefox  not at hand; type: fxtranslate models add de en")
    same = dragoman(capsys, "languages", "--from", "en", "--to", "en")
    assert same.out.startswith("en English -> en English; captions only\n")


@pytest.mark.usefixtures("stocked")
def test_one_side(capsys: pytest.CaptureFixture[str]) -> None:
    into = dragoman(capsys, "languages", "--to", "pt").out.splitlines()
    assert into[1].startswith("pt Portuguese  en English ")
    assert into[2].split()[:2] == ["98", "others"]
    out_of = dragoman(capsys, "languages", "--from", "auto").out
    assert "auto  translate.whisper -> translate.firefox  tts." in out_of


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--to xx", "dragoman: language 'xx': not known here; `dragoman languages` lists all\n"),
        ("--from Portugese", "language 'Portugese': not known here; did you mean 'pt' (Portuguese)?"),
        (
            "--from ky --to en",
            "dragoman: ky -> en: nothing here hears Kyrgyz (nearest to it is kk, Kazakh), so there",
        ),
        ("--from en --to haw", "dragoman: en -> haw: there is no way; `dragoman languages --from en` lists"),
    ],
)
def test_what_there_is_not(capsys: pytest.CaptureFixture[str], words: str, message: str) -> None:
    said = dragoman(capsys, "languages", *words.split())
    assert said.code == 2
    assert message in said.err


@pytest.mark.usefixtures("bare")
def test_the_doctor_says_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "doctor")
    assert said.code == 0
    rows = {row.split()[0]: row for row in said.out.splitlines() if row.startswith("  ")}
    assert "missing: dragoman models fetch whisper-base" in rows["whisper-base"]
    assert rows["av"].endswith("reading and writing media")
    assert len({rows[name].index(about) for name, about in (("av", "reading"), ("soxr", "changing"))}) == 1
