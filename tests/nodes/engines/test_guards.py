"""What a recogniser must not be believed."""

from __future__ import annotations

from typing import Any

import pytest

from nodes._engines.guards import believable, packing, uncrowded, unechoed, unrepeated

SPOKEN: dict[str, Any] = {
    "text": "To enter the echo test, press one.",
    "words": 7,
    "voiced_s": 2.5,
    "logprob": -0.5,
    "no_speech": 0.02,
}


def test_plain_speech_is_believed() -> None:
    assert believable(**SPOKEN)


@pytest.mark.parametrize(
    "doubt",
    [
        {"voiced_s": 0.1},
        {"words": 40},
        {"no_speech": 0.9, "logprob": -1.7},
        {"logprob": -3.0},
        {"no_speech": 0.9, "words": 1},
        {"text": "thank you " * 40},
    ],
    ids=["no voice", "too many words", "nobody speaks", "hopeless", "hiccup", "packs too well"],
)
def test_each_ground_for_doubt(doubt: dict[str, Any]) -> None:
    assert not believable(**(SPOKEN | doubt))


def test_much_voice_outweighs_the_models_own_doubt() -> None:
    assert believable(**(SPOKEN | {"no_speech": 0.9, "logprob": -1.2, "voiced_s": 4.0}))
    assert not believable(**(SPOKEN | {"no_speech": 0.9, "logprob": -1.2, "words": 3, "voiced_s": 0.5}))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no no no we will not", 6),
        ("press one press two press three", 6),
        ("go to the shop to the shop to the shop to the", 4),
        ("ha ha ha ha ha ha", 1),
        ("", 0),
    ],
)
def test_a_loop_is_cut_after_its_first_round(text: str, kept: int) -> None:
    tokens = [hash(word) for word in text.split()]
    assert unrepeated(tokens) == kept


@pytest.mark.parametrize(
    ("starts", "kept"),
    [
        ([0.0, 0.3, 0.5, 0.8, 1.1, 1.5], 6),
        ([0.0, 0.3, 0.5, 1.9, 1.9, 1.9], 6),
        ([0.0, 0.3, 0.5, 1.9, 1.9, 1.9, 1.9], 3),
        ([1.99] * 7, 0),
        ([], 0),
    ],
    ids=["spoken", "three at the end", "four at the end", "all at the end", "none"],
)
def test_words_that_crowd_at_the_end_of_the_sound_were_not_said(starts: list[float], kept: int) -> None:
    assert uncrowded(starts, 2.0, [True] * len(starts)) == kept


def test_crowded_words_stand_where_no_invention_may_begin() -> None:
    assert uncrowded([0.5, 1.9, 1.9, 1.9, 1.9, 1.9], 2.0, [False, False, True, False, False, False]) == 2
    assert uncrowded([0.5, 1.9, 1.9, 1.9, 1.9, 1.9], 2.0, [True, False, False, False, False, False]) == 6


def test_a_loop_packs_better_than_speech() -> None:
    assert packing("the increase of " * 30) > 2.4 > packing("To enter the echo test, press one.")
    assert packing("") == 0.0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("if you want to test if you want to", 5),
        ("press one press two", 4),
        ("the code is 4 , 2 , 4 , 2 . Then dial", 13),
        ("", 0),
    ],
)
def test_an_echo_at_the_end_waits_for_the_next_hypothesis(text: str, kept: int) -> None:
    tokens = [hash(word) for word in text.split()]
    assert unechoed(tokens) == kept


def test_a_few_words_in_much_voice_have_no_proof_in_it() -> None:
    doubted = SPOKEN | {"no_speech": 0.8, "logprob": -1.47, "voiced_s": 6.6}
    assert not believable(**(doubted | {"words": 3}))
    assert believable(**(doubted | {"words": 14}))
