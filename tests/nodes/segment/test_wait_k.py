from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.segment.wait_k import WaitK
from nodes.translate.firefox import FirefoxTranslate
from pipeline.conformance import check_node
from pipeline.media import Text
from pipeline.packet import Packet
from pipeline.testing import feed
from tests.media import need_model
from tests.nodes.segment.stream import committed, one_by_one, packets, streams, texts, timed

SEVEN = "one two three four five six seven"


def units(told: list[Packet[Text]]) -> list[Text]:
    return [packet.payload for packet in told if packet.payload.committed]


def test_it_reads_k_words_and_then_gives_one_for_one() -> None:
    told = feed(WaitK(k=3), one_by_one(SEVEN)).unit
    assert texts(told) == ["one", "two", "three", "four", "five", "six seven"]
    assert [unit.tentative for unit in units(told)][:2] == ["two three", "three four"]
    assert [unit.reason for unit in units(told)] == [*["wait-k"] * 5, "end"]


def test_several_words_are_read_and_given_at_a_time() -> None:
    assert texts(feed(WaitK(k=4, words_each=2), one_by_one(SEVEN)).unit) == [
        "one two",
        "three four",
        "five six seven",
    ]


def test_the_end_of_a_sentence_gives_all_of_it_and_the_wait_begins_anew() -> None:
    told = units(feed(WaitK(k=3), one_by_one("we paid Dr. Smith. It was a lot")).unit)
    assert [unit.text for unit in told] == ["we", "paid Dr. Smith.", "It", "was", "a lot"]
    assert [unit.ends for unit in told] == ["", "sentence", "", "", "end"]


def test_a_pause_gives_what_was_read() -> None:
    [unit] = units(feed(WaitK(), one_by_one("one two", ends="pause")).unit)
    assert (unit.text, unit.reason, unit.ends) == ("one two", "pause", "pause")


@given(st.integers(1, 8), st.integers(1, 4), streams())
def test_nobody_is_ever_further_ahead_than_k_allows(k: int, each: int, stream: list[Packet[Text]]) -> None:
    """Word t of a sentence comes when k + t - 1 were read, or all of the sentence."""
    read = given = 0
    node = WaitK(k=k, words_each=each)
    for unit in units(feed(node, stream).unit):
        given += len(unit.committed)
        read = given + len(unit.tentative.split())
        assert unit.reason != "wait-k" or read >= given - each + k
    assert given == read == len(committed(stream))


@given(st.lists(st.integers(1, 6), max_size=6), st.integers(1, 5))
def test_any_cutting_of_the_words_gives_the_same_units(cuts: list[int], k: int) -> None:
    words = timed(SEVEN.split())
    assert texts(feed(WaitK(k), packets(words, cuts)).unit) == texts(feed(WaitK(k), packets(words)).unit)


@given(streams())
def test_no_word_is_lost_added_or_moved(stream: list[Packet[Text]]) -> None:
    assert committed(feed(WaitK(), stream).unit) == committed(stream)


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(WaitK)


@pytest.mark.model
def test_a_translator_stays_k_words_behind_and_knows_what_was_read() -> None:
    need_model("firefox-en-pt")
    text = "If you would like to learn more technical information about the project, visit our home page."
    told = feed(FirefoxTranslate(), feed(WaitK(k=5), one_by_one(text)).unit).translation
    pieces = texts(told)
    assert pieces[0] == "Se"
    assert " ".join(pieces).endswith("informações técnicas sobre o projeto, visite nossa página inicial.")
    assert all(len(piece.split()) == 1 for piece in pieces[:-1])
