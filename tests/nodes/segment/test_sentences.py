from hypothesis import given

from nodes.segment.sentences import Sentences
from pipeline.conformance import check_node
from pipeline.media import Text
from pipeline.packet import Packet
from pipeline.testing import feed
from tests.nodes.segment.stream import committed, one_by_one, packets, streams, texts, timed


def test_a_unit_is_a_sentence() -> None:
    told = feed(Sentences(), one_by_one("Dr. Smith paid 3.5 percent. Did he? Yes!")).unit
    assert texts(told) == ["Dr. Smith paid 3.5 percent.", "Did he?", "Yes!"]
    assert [p.payload.ends for p in told if p.payload.committed] == ["sentence", "sentence", "end"]


def test_several_sentences_at_once_are_several_units() -> None:
    assert texts(feed(Sentences(), packets(timed(["One.", "Two.", "Three"]))).unit) == [
        "One.",
        "Two.",
        "Three",
    ]


def test_a_pause_ends_a_unit_unless_it_is_told_not_to() -> None:
    stream = [*one_by_one("we went", ends="pause"), Packet(Text((), "home", "en"), 10**9, 10**9)]
    assert texts(feed(Sentences(), stream).unit) == ["we went"]
    [unit] = [p.payload for p in feed(Sentences(pauses=False), stream).unit if p.payload.committed]
    assert unit.ends == "end"


def test_what_waits_is_shown_before_the_sentence_ends() -> None:
    shown = feed(Sentences(), one_by_one("we went home.")).unit
    assert [p.payload.tentative for p in shown] == ["we", "we went", ""]


def test_a_sentence_without_end_is_cut_in_time() -> None:
    told = feed(Sentences(max_ms=3000), one_by_one("and then " * 10)).unit
    assert next(p.payload.reason for p in told if p.payload.committed) == "limit"


@given(streams())
def test_no_word_is_lost_added_or_moved(stream: list[Packet[Text]]) -> None:
    assert committed(feed(Sentences(), stream).unit) == committed(stream)


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(Sentences)
