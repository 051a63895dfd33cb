"""One stream of terms: the likeliest first, each once, none longer than it is expected."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from nodes.context._screen_terms import expected
from nodes.context.keywords import Keywords
from pipeline.clock import Ns, seconds
from pipeline.errors import PackageError
from pipeline.media import Box, ScreenText, Term, Terms
from pipeline.packet import Packet
from pipeline.testing import Outcome, feed

wordfreq = pytest.importorskip("wordfreq", reason="wordfreq is not installed: pip install 'dragoman[vision]'")


def line(text: str, at_s: float, *, number: int = 1, over: bool = False, **more: Any) -> Packet[ScreenText]:
    at = seconds(at_s)
    given = {"lang": "en", "confidence": 0.95, **more}
    return Packet(
        ScreenText(number, text, Box(0.1, 0.1, 0.9, 0.2), start=0, end=at, over=over, **given), at, at
    )


def told(outcome: Outcome) -> list[list[str]]:
    return [[term.text for term in packet.payload.terms] for packet in outcome.terms]


def given(*terms: Term, at: Ns = 0) -> Packet[Terms]:
    return Packet(Terms(terms), at, at)


def of(text: str, rare: float = 3.5) -> list[str]:
    def zipf(word: str) -> float:
        return float(wordfreq.zipf_frequency(word.casefold(), "en", wordlist="small"))

    return [term.text for term in expected(text, zipf, rare)]


def test_names_rare_words_and_numbers_of_a_line() -> None:
    assert of("Dr. Alexandre Manette, Paris 1775") == ["Alexandre Manette", "1775"]
    assert of("Phase response of the Hodgkin-Huxley model, GPT-4") == ["Hodgkin-Huxley", "GPT-4"]
    assert of("ERNEST DEFARGE AND THE WHO") == ["Ernest Defarge"]
    assert of("1,250 units of setuptools") == ["setuptools", "1,250"]


def test_common_words_and_addresses_are_not_expected() -> None:
    assert of("Introduction to packaging, page 12") == []
    assert of("https://defarge.example/tellson ask manette@tellson.example") == []


def test_the_injected_come_first_then_the_screen_then_the_glossary() -> None:
    outcome = feed(
        Keywords(),
        glossary=[given(Term("Carton", "Cartão", "pt", "glossary"))],
        injected=[given(Term("Lucie", origin="injected"), at=seconds(2))],
        screen=[line("Ernest Defarge", 1)],
    )
    assert told(outcome) == [["Carton"], ["Ernest Defarge", "Carton"], ["Lucie", "Ernest Defarge", "Carton"]]
    assert [packet.start for packet in outcome.terms] == [0, seconds(1), seconds(2)]


def test_what_the_screen_shows_is_rendered_as_the_glossary_says() -> None:
    outcome = feed(
        Keywords(), glossary=[given(Term("Defarge", "Defargio", "it"))], screen=[line("Citizen Defarge", 1)]
    )
    [term] = [term for term in outcome.terms[-1].payload.terms if term.text == "Defarge"]
    assert term.rendering == "Defargio"


def test_what_leaves_the_screen_is_expected_for_a_while() -> None:
    shown = [line("Defarge", 1), line("Defarge", 5, over=True), line("Tellson", 20, number=2)]
    outcome = feed(Keywords(keep_s=10), screen=shown)
    assert [term.until for term in outcome.terms[1].payload.terms] == [seconds(15)]
    assert outcome.terms[1].payload.at(seconds(14.9))
    assert not outcome.terms[1].payload.at(seconds(15))
    assert told(outcome)[-1] == ["Tellson"]


def test_only_the_rarest_of_a_full_screen_and_nothing_badly_read() -> None:
    many = ["Defarge", "Tellson", "Cruncher", "Evremonde", "Gabelle", "Manette"]
    lines = [line(f"the {name} is here", 1 + number / 10, number=number) for number, name in enumerate(many)]
    assert len(told(feed(Keywords(screen_terms=3), screen=lines))[-1]) == 3
    assert told(feed(Keywords(), screen=[line("Defarge", 1, confidence=0.3)])) == []


@pytest.mark.parametrize("lang", ["", "zz", "zh", "auto"])
def test_a_language_without_a_list_of_words_is_no_error(lang: str) -> None:
    assert told(feed(Keywords(lang=lang), screen=[line("Ernest Defarge", 1, lang=lang)])) == [
        ["Ernest Defarge"]
    ]


def test_without_wordfreq_it_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(
        PackageError, match=r"context\.keywords: .*'wordfreq' .* pip install 'dragoman\[vision\]'"
    ):
        feed(Keywords(), screen=[])
    outcome = feed(Keywords(required=False), glossary=[given(Term("Carton"))], screen=[line("Defarge", 1)])
    assert told(outcome) == [["Carton"]]
    assert "pip install 'dragoman[vision]'" in caplog.text
