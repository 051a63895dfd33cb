"""A term is found in whatever form it stands, and in nothing that only looks like it."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nodes.translate._glossary import Glossary, tokens
from nodes.translate._inflection import plural, same_word
from pipeline.media import Term


def found(text: str, *terms: str, lang: str = "en") -> list[str]:
    return [
        text[match.start : match.end] for match in Glossary([Term(term) for term in terms], lang).find(text)
    ]


@pytest.mark.parametrize(
    ("text", "term", "stands"),
    [
        ("We use two voltage regulators.", "voltage regulator", ["voltage regulators"]),
        ("Manette's daughter met Manette.", "Manette", ["Manette", "Manette"]),
        ("the studies and the boxes", "study", ["studies"]),
        ("A tale of two cities", "Tale of Two Cities", ["tale of two cities"]),
        ("two-phase and two phase", "two-phase", ["two-phase", "two phase"]),
        ("In may we met May and MAY", "May", ["May", "MAY"]),
        ("who is the WHO?", "WHO", ["WHO"]),
        ("a universal plan of planes", "universe", []),
        ("a universal plan of planes", "plan", ["plan"]),
        ("in St. Antoine", "St Antoine", ["St. Antoine"]),
        ("the voltage. Regulators, all of them", "voltage regulator", []),
        ("", "May", []),
    ],
)
def test_forms_of_an_english_term(text: str, term: str, stands: list[str]) -> None:
    assert found(text, term) == stands


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("pt", "central", "centrais"),
        ("pt", "tensão", "tensões"),
        ("pt-BR", "regulador", "reguladores"),
        ("es", "red", "redes"),
        ("es", "luz", "luces"),
        ("fr", "réseau", "réseaux"),
        ("fr", "cheval", "chevaux"),
        ("it", "banco", "banchi"),
        ("de", "Vertrag", "Verträge"),
        ("ru", "станция", "станции"),
    ],
)
def test_forms_of_one_word(lang: str, one: str, other: str) -> None:
    if lang in ("de", "ru"):
        pytest.importorskip("snowballstemmer", reason="snowballstemmer is not installed")
    assert found(f"{one} {other}", one, lang=lang) == [one, other]
    assert same_word(one, other, lang)


def test_the_longest_term_wins_and_an_exact_one_before_an_inflected_one() -> None:
    assert found("the Bank of England", "Bank", "Bank of England") == ["Bank of England"]
    [match] = Glossary([Term("cell", "célula"), Term("cells", "células")], "en").find("many cells")
    assert (match.term.rendering, match.exact) == ("células", True)


def test_scripts_without_spaces() -> None:
    assert found("我们在巴士底狱附近", "巴士底狱", lang="zh") == ["巴士底狱"]
    assert found("ฉันไปกรุงเทพ", "กรุงเทพ", lang="th") == ["กรุงเทพ"]


def test_the_beginning_of_a_term_that_may_go_on() -> None:
    glossary = Glossary([Term("Tale of Two Cities"), Term("two phase")], "en")
    assert glossary.unfinished(["I", "read", "Tale", "of"]) == 2
    assert glossary.unfinished(["in", "two"]) == 1
    assert glossary.unfinished(["Tale", "of", "Two", "Cities"]) == 0
    assert glossary.unfinished(["a", "tale."]) == 0
    assert glossary.unfinished([]) == 0


@pytest.mark.parametrize(
    ("lang", "one", "many"),
    [
        ("en", "voltage regulator", "voltage regulators"),
        ("en", "point of view", "points of view"),
        ("pt", "central telefônica", "centrais telefônicas"),
        ("pt", "regulador de tensão", "reguladores de tensão"),
        ("es", "red neuronal", "redes neuronales"),
        ("it", "banca", "banche"),
        ("de", "Vertrag", "Vertrag"),
        ("pt", "", ""),
    ],
)
def test_the_plural_of_a_rendering(lang: str, one: str, many: str) -> None:
    assert plural(one, lang) == many


@given(some.text())
def test_words_stand_where_they_say(text: str) -> None:
    parts = tokens(text)
    assert all(text[part.start : part.end] == part.text for part in parts)
    assert all(one.end <= other.start for one, other in pairwise(parts))


@given(some.lists(some.text(string.ascii_letters, min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_term_is_found_alone_and_in_a_sentence(words: list[str]) -> None:
    term = " ".join(words)
    assert found(term, term) == [term]
    assert term in found(f"Yesterday, {term}, again", term)


def test_ten_thousand_terms_are_told_apart() -> None:
    names = [f"{a}{b}ovan{c}" for a in "BCDFGKLMNP" for b in "aeiou" for c in range(200)]
    glossary = Glossary([Term(name, name.upper()) for name in names], "en")
    assert [match.term.rendering for match in glossary.find("Daovan17 and others came")] == ["DAOVAN17"]
