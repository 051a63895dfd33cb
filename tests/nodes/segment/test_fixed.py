from hypothesis import given
from hypothesis import strategies as st

from nodes.segment.fixed import FixedUnits
from pipeline.conformance import check_node
from pipeline.media import Text
from pipeline.packet import Packet
from pipeline.testing import feed
from tests.nodes.segment.stream import committed, one_by_one, packets, streams, texts, timed

SEVEN = "one two three four five six seven"


def test_a_unit_has_as_many_words_as_were_asked_for() -> None:
    assert texts(feed(FixedUnits(words_each=3), one_by_one(SEVEN)).unit) == [
        "one two three",
        "four five six",
        "seven",
    ]


def test_a_unit_can_be_a_stretch_of_time() -> None:
    told = feed(FixedUnits(words_each=99, every_ms=1000), one_by_one(SEVEN)).unit
    assert texts(told) == ["one two three", "four five six", "seven"]


def test_a_pause_tells_what_is_there() -> None:
    [unit] = [
        p.payload for p in feed(FixedUnits(), one_by_one("one two", ends="pause")).unit if p.payload.committed
    ]
    assert (unit.text, unit.reason, unit.ends) == ("one two", "pause", "pause")


@given(st.lists(st.integers(1, 6), max_size=6))
def test_any_cutting_of_the_words_gives_the_same_units(cuts: list[int]) -> None:
    words = timed(SEVEN.split())
    assert texts(feed(FixedUnits(2), packets(words, cuts)).unit) == texts(
        feed(FixedUnits(2), packets(words)).unit
    )


@given(streams())
def test_no_word_is_lost_added_or_moved(stream: list[Packet[Text]]) -> None:
    assert committed(feed(FixedUnits(), stream).unit) == committed(stream)


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(FixedUnits)
