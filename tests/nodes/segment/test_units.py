from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.segment._boundaries import bound
from nodes.segment._lexicon import lexicon
from nodes.segment.sentences import Sentences
from nodes.segment.units import ReadingUnits
from pipeline.clock import ms, seconds
from pipeline.conformance import check_node
from pipeline.errors import SettingsError
from pipeline.media import Text
from pipeline.node import step
from pipeline.packet import Packet
from pipeline.settings import Uses, build
from pipeline.testing import feed
from tests.media import need_model, recordings
from tests.nodes.segment.stream import committed, one_by_one, packets, streams, texts, timed

FIREFOX = Uses("translate.firefox", {"from": "en", "to": "pt"})


def reasons(told: list[Packet[Text]]) -> list[str]:
    return [packet.payload.reason for packet in told if packet.payload.committed]


def test_a_unit_ends_at_a_mark_before_the_sentence_does() -> None:
    told = feed(ReadingUnits(), one_by_one("When we came home, the light was on. So we left.")).unit
    assert texts(told) == ["When we came home,", "the light was on.", "So we left."]
    assert reasons(told) == ["punctuation"] * 3
    assert [packet.payload.ends for packet in told if packet.payload.committed] == ["", "sentence", "end"]


def test_a_pause_between_words_ends_a_unit() -> None:
    words = timed(["we", "walked", "home", "yesterday", "night", "it", "rained"], [0, 50, 50, 50, 50, 800])
    assert texts(feed(ReadingUnits(), packets(words, range(9))).unit)[0] == "we walked home yesterday night"


def test_a_pause_or_the_end_tells_all_that_waits() -> None:
    for ends in ("pause", "end"):
        [unit] = feed(ReadingUnits(), one_by_one("in the", ends=ends)).unit[-1:]
        assert (unit.payload.text, unit.payload.reason, unit.payload.ends) == ("in the", ends, ends)


def test_what_waits_is_shown_with_the_tail() -> None:
    shown = feed(ReadingUnits(), one_by_one("we saw the house", ahead=2, ends="")).unit
    assert [packet.payload.tentative for packet in shown[:2]] == ["we saw the", "we saw the house"]


def test_a_unit_spans_its_words() -> None:
    words = timed(["When", "we", "came", "home,", "the", "light", "was", "on."])
    first, second = [p for p in feed(ReadingUnits(), packets(words, range(9))).unit if p.payload.committed]
    assert (first.start, first.end) == (words[0].start, words[3].end)
    assert (second.start, second.end) == (words[4].start, words[7].end)


def test_nothing_waits_longer_than_the_limit() -> None:
    told = feed(
        ReadingUnits(max_ms=2000), one_by_one("red big round soft old new blue green thin flat sharp dark")
    ).unit
    assert "limit" in reasons(told)
    assert all(packet.duration <= ms(2350) for packet in told if packet.payload.committed)


def test_a_pause_is_told_once_whatever_was_cut_with_it() -> None:
    stream = [
        *one_by_one("When we came", ends=""),
        Packet(Text((), "", "en", "pause"), seconds(9), seconds(9)),
    ]
    told = feed(ReadingUnits(), stream).unit
    assert [packet.payload.ends for packet in told].count("pause") == 1
    assert texts(told) == ["When we came"]


def test_a_unit_is_never_longer_than_it_may_be() -> None:
    told = feed(ReadingUnits(max_words=5), packets(timed(["word"] * 23))).unit
    assert max(len(packet.payload.committed) for packet in told) == 5


@given(streams())
def test_no_word_is_lost_added_or_moved(stream: list[Packet[Text]]) -> None:
    assert committed(feed(ReadingUnits(), stream).unit) == committed(stream)


@given(streams(), st.integers(0, 40))
def test_what_comes_later_changes_nothing_that_was_told(stream: list[Packet[Text]], length: int) -> None:
    def told(given: list[Packet[Text]]) -> list[object]:
        node = ReadingUnits()
        node.open()
        return [emission for packet in given for emission in step(node, {"words": packet})]

    part = told(stream[:length])
    assert told(stream)[: len(part)] == part


@given(streams(), st.sampled_from([1000.0, 4000.0]))
def test_the_wait_is_bounded(stream: list[Packet[Text]], max_ms: float) -> None:
    node = ReadingUnits(min_ms=0, max_ms=max_ms)
    node.open()
    for packet in stream:
        step(node, {"words": packet})
        assert node.held_since is None or packet.end - node.held_since < ms(max_ms)


@given(streams())
def test_only_the_limit_cuts_what_belongs_together(stream: list[Packet[Text]]) -> None:
    units = [packet.payload for packet in feed(ReadingUnits(), stream).unit if packet.payload.committed]
    for unit, following in pairwise(units):
        if unit.reason == "clause":
            here, after = unit.committed[-1].text, following.committed[0].text
            assert not bound(here, after, first=False, lexicon=lexicon("en"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"floor": 0.9, "threshold": 0.8}, r"floor 0\.9 is above threshold 0\.8; give a floor"),
        ({"min_ms": 5000.0}, r"min_ms 5000 is above max_ms 2000; give a min_ms"),
        ({"min_words": 9, "max_words": 5}, r"min_words 9 is above max_words 5; swap them"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        build(ReadingUnits, wrong)


def test_a_node_that_translates_no_text_cannot_confirm() -> None:
    with pytest.raises(
        SettingsError, match=r"confirm is a Sentences, which translates no text.* name a translator"
    ):
        feed(ReadingUnits(confirm=Uses("segment.sentences")), one_by_one("yes"))


# With a real translator on real text.


@pytest.fixture(scope="module")
def speech() -> str:
    need_model("firefox-en-pt")
    return str(recordings("a_longform", lang="en", under="asterisk_composite")[0]["transcript"])[:900]


@pytest.mark.model
def test_the_translator_confirms_units_that_are_short_and_come_soon(speech: str) -> None:
    stream = one_by_one(speech, ahead=2)

    def mean_wait(node: ReadingUnits | Sentences) -> tuple[float, list[Text]]:
        node.open()
        told = [
            (packet.end, e.payload)
            for packet in stream
            for e in step(node, {"words": packet})
            if e.payload.committed
        ]
        node.close()
        waits = [heard - word.end for heard, unit in told for word in unit.committed]
        return sum(waits) / len(waits), [unit for _, unit in told]

    wait, units = mean_wait(ReadingUnits(confirm=FIREFOX, max_ms=3000))
    sentences_wait, _ = mean_wait(Sentences())
    assert wait < sentences_wait / 2
    assert wait < seconds(1.5)
    assert 4 <= sum(len(unit.committed) for unit in units) / len(units) <= 8
    assert sum(unit.reason == "limit" for unit in units) < 0.1 * len(units)


@pytest.mark.model
def test_a_noun_is_not_cut_off_from_what_its_translation_needs() -> None:
    need_model("firefox-en-pt")
    told = feed(
        ReadingUnits(confirm=FIREFOX, max_ms=3000),
        one_by_one("We have seen the quarterly revenue report of the company."),
    ).unit
    assert not any(unit.endswith(("quarterly", "revenue")) for unit in texts(told))
    assert committed(told) == committed(
        one_by_one("We have seen the quarterly revenue report of the company.")
    )


@pytest.mark.model
def test_the_same_words_give_the_same_units() -> None:
    need_model("firefox-en-pt")
    stream = one_by_one("You may end the test by hanging up or by pressing the pound key.", ahead=1)
    first, second = (feed(ReadingUnits(confirm=FIREFOX), stream).unit for _ in range(2))
    assert first == second


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(ReadingUnits)
