"""Where a reading unit may end, and where never."""

import pytest

from nodes.segment._boundaries import ends_sentence, judge
from nodes.segment._lexicon import LEXICONS, Lexicon, lexicon

EN = lexicon("en")


def guarded(text: str, lang: str = "en") -> bool:
    """Whether a unit may not end at the bar in the text."""
    left, _, right = text.partition(" | ")
    words = [*left.split(), *right.split()]
    return judge(words, len(left.split()) - 1, 0.0, lexicon(lang)).guarded


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("we saw the | house", "en"),
        ("it is of | no use", "en"),
        ("that is my | house", "en"),
        ("she has | seen it", "en"),
        ("we bought 12 | percent more", "en"),
        ("about two | hundred people", "en"),
        ("he met Barack | Obama today", "en"),
        ("they gave | up at last", "en"),
        ("we gave | them the book", "en"),
        ("it came | ", "en"),
        ("vimos la | casa", "es"),
        ("je vois l' | arbre", "fr"),
        ("wir sehen das | Haus", "de"),
        ("vediamo la | casa", "it"),
        ("vemos a | casa", "pt"),
        ("мы идём в | дом", "ru"),
        ("we zien het | huis", "nl"),
    ],
)
def test_what_belongs_together_is_not_cut(text: str, lang: str) -> None:
    assert guarded(text, lang)


@pytest.mark.parametrize(
    "text", ["we went home | because it rained", "she reads books | at night", "Press 1 | to go on"]
)
def test_before_a_clause_or_a_preposition_is_a_place(text: str) -> None:
    assert not guarded(text)


def test_a_name_at_the_beginning_of_a_sentence_is_not_mistaken() -> None:
    assert not guarded("Yesterday | Anna came home")
    assert not guarded("So Anna said | I should come")


def test_marks_and_clause_words_score_in_this_order() -> None:
    scores = [
        judge(words.split(), 1, 0.0, EN).score
        for words in ("we left. Then", "we left, then", "we left because", "we left at", "we left early")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_pause_makes_a_place_better_but_opens_no_guard() -> None:
    assert judge(["we", "left", "early"], 1, 1.0, EN).reason == "pause"
    assert judge(["in", "the", "house"], 1, 1.0, EN).guarded


@pytest.mark.parametrize(
    "text",
    [
        "I saw Dr. Smith",
        "at 3 p.m. today",
        "J. Smith",
        "version 2. 5 of it",
        "the U.S. army",
        "for 3.5 metres",
    ],
)
def test_a_full_stop_that_ends_no_sentence(text: str) -> None:
    words = text.split()
    assert not any(ends_sentence(words, n, EN) for n in range(len(words) - 1))


@pytest.mark.parametrize("word", ["end.", "end?", "end!", "end…", "end...", 'end."', "终了。", "I."])
def test_a_mark_that_ends_a_sentence(word: str) -> None:
    assert ends_sentence(["the", word, "Then"], 1, EN)


@pytest.mark.parametrize("lang", ["en", "es", "fr", "de", "it", "pt", "ru", "nl"])
def test_every_language_has_all_its_lists(lang: str) -> None:
    lists = [getattr(LEXICONS[lang], name) for name in Lexicon.__struct_fields__]
    assert all(lists)
    assert all(word == word.casefold() for words in lists for word in words)


def test_a_language_without_lists_is_cut_at_marks_only() -> None:
    assert lexicon("xx-YY") == Lexicon()
    assert lexicon("pt-BR") is LEXICONS["pt"]
