"""A rendering is in the translation wherever its term was said, in the form that the sentence asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from nodes._engines.firefox import FirefoxEngine
from nodes.translate._apertium import modes_folder
from nodes.translate._enforcing import Enforcing
from nodes.translate.apertium import ApertiumTranslate
from nodes.translate.firefox import FirefoxTranslate
from pipeline.clock import seconds
from pipeline.errors import PackageError
from pipeline.media import Term, Terms, Text, join_words
from pipeline.packet import Packet
from pipeline.testing import feed, text, words
from tests.media import need_model


def enforcing(translate: Callable[[str], str], *terms: Term) -> Enforcing:
    made = Enforcing(translate, "en", "pt")
    made.expect(terms)
    return made


def given(*terms: Term) -> list[Packet[Terms]]:
    return [Packet(Terms(terms), 0, 0)]


class TestAnyTranslator:
    """Translators that fail in one way each; what a real one does is below."""

    def test_a_text_without_terms_is_asked_for_once(self) -> None:
        asked: list[str] = []

        def upper(text: str) -> str:
            asked.append(text)
            return text.upper()

        assert enforcing(upper, Term("Carton", "Cartão"))("Nobody is here.") == "NOBODY IS HERE."
        assert asked == ["Nobody is here."]

    def test_one_that_changes_what_it_does_not_know_gets_a_stand_in(self) -> None:
        def mangles(text: str) -> str:
            return text.replace("Cartão", "Papelão").lower()

        assert enforcing(mangles, Term("Carton", "Cartão"))("We met Carton today.") == "we met Cartão today."

    def test_one_that_loses_all_it_does_not_know_says_what_it_can(self) -> None:
        def loses(text: str) -> str:
            return " ".join(word for word in text.split() if word.islower())

        assert enforcing(loses, Term("Carton", "Cartão"))("we met Carton today") == "we met today"

    def test_terms_for_another_language_do_not_count(self) -> None:
        assert (
            enforcing(str, Term("Carton", "Karton", "de"), Term("Lucie"))("Carton, Lucie") == "Carton, Lucie"
        )


@pytest.mark.model
class TestWithTheModel:
    @pytest.fixture
    def engine(self) -> Iterator[FirefoxEngine]:
        need_model("firefox-en-pt")
        engine = FirefoxEngine("en", "pt")
        yield engine
        engine.close()

    @pytest.mark.parametrize(
        ("said", "term", "rendering", "wanted"),
        [
            ("The Bastille was stormed.", "Bastille", "Bastilha", "A Bastilha foi invadida."),
            (
                "We use voltage regulators.",
                "voltage regulator",
                "regulador de tensão",
                "reguladores de tensão",
            ),
            ("I like networks.", "network", "malha", "malhas"),
            ("Two switchboards are old.", "switchboard", "central telefônica", "centrais telefônicas"),
            ("Doctor Manette's daughter met Manette.", "Manette", "Manete", "Manete"),
            ("Press the pound key.", "pound key", "tecla sustenido", "tecla sustenido"),
            (
                "I read A Tale of Two Cities.",
                "Tale of Two Cities",
                "Um Conto de Duas Cidades",
                "Um Conto de Duas Cidades",
            ),
            ("Carton said that Carton is here.", "Carton", "Cartão", "Cartão"),
        ],
    )
    def test_the_rendering_is_there(
        self, engine: FirefoxEngine, said: str, term: str, rendering: str, wanted: str
    ) -> None:
        told = enforcing(engine.translate, Term(term, rendering))(said)
        assert told.lower().count(wanted.lower()) == max(1, said.count(term))

    def test_several_terms_in_one_sentence(self, engine: FirefoxEngine) -> None:
        told = enforcing(
            engine.translate, Term("Carton", "Cartão"), Term("bank", "banca"), Term("Lucie", "Lúcia")
        )
        assert all(
            name in told("Carton and Lucie went to the bank.") for name in ("Cartão", "Lúcia", "banca")
        )

    def test_a_node_takes_terms_while_it_runs(self) -> None:
        need_model("firefox-en-pt")
        sentence = words("The switchboard is broken."), words("The switchboard is broken.", start_s=10)
        packets = [Packet(Terms((Term("switchboard", "central"),)), seconds(5), seconds(5))]
        units = text(*(Text(said, ends="sentence") for said in sentence))
        first, second = feed(FirefoxTranslate(), unit=units, terms=packets).payloads
        assert "central" not in first.text
        assert "central" in second.text

    def test_a_term_that_has_expired_is_rendered_freely(self) -> None:
        need_model("firefox-en-pt")
        terms = given(Term("switchboard", "central", until=seconds(5)))
        units = text(
            *(Text(words("The switchboard is broken.", start_s=at), ends="sentence") for at in (0, 10))
        )
        first, second = feed(FirefoxTranslate(), unit=units, terms=terms).payloads
        assert ("central" in first.text, "central" in second.text) == (True, False)

    def test_a_term_is_not_parted_by_the_end_of_a_unit(self) -> None:
        need_model("firefox-en-pt")
        units = text(
            Text(words("We have read the Tale of"), tentative="two"),
            Text(words("Two Cities in the school.", start_s=5), ends="sentence"),
        )
        told = feed(
            FirefoxTranslate(), unit=units, terms=given(Term("Tale of Two Cities", "Conto de Duas Cidades"))
        )
        first, second = told.translation
        assert "Conto de Duas Cidades" in f"{first.payload.text} {second.payload.text}"
        assert join_words(first.payload.source) == "We have read the"
        assert second.start == units[0].payload.committed[4].start
        assert all(
            one.end <= other.start for one, other in pairwise(w for p in told.payloads for w in p.committed)
        )

    def test_the_beginning_of_a_term_that_never_goes_on_is_said_at_the_end(self) -> None:
        need_model("firefox-en-pt")
        units = text(Text(words("This is a house of")))
        told = feed(FirefoxTranslate(), unit=units, terms=given(Term("of course", "claro")))
        assert (
            join_words(word for payload in told.payloads for word in payload.source) == "This is a house of"
        )


def test_apertium_takes_terms_too() -> None:
    try:
        if not (modes_folder() / "eng-spa.mode").is_file():
            pytest.skip("apertium-eng-spa is not installed")
    except PackageError as error:
        pytest.skip(str(error))
    units = text(Text(words("The switchboards are broken."), ends="sentence"))
    terms = given(Term("switchboard", "central telefónica"))
    [told] = feed(ApertiumTranslate(), unit=units, terms=terms).payloads
    assert "centrales telefónicas" in told.text.lower()
