from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import ms, seconds
from pipeline.gateway.happenings import Happening, Heard, Rendered, Spoken, TurnDone, TurnStarted, TurnStopped
from pipeline.gateway.turns import Book, Voice
from pipeline.media import Speech, Text, Word
from pipeline.packet import Packet

WINDOW = ms(32)


def heard_voice(book: Book, *spans: tuple[float, float], until_s: float) -> list[Happening]:
    """Voice activity in windows: speech inside the spans, seconds."""
    told: list[Happening] = []
    for index in range(seconds(until_s) // WINDOW):
        start = index * WINDOW
        speaking = any(seconds(a) <= start < seconds(b) for a, b in spans)
        told += book.activity(start, start + WINDOW, 0.9 if speaking else 0.05)
    return told


def text(words: str, start_s: float, end_s: float, tail: str = "") -> Packet[Text]:
    committed = tuple(Word(word, seconds(start_s), seconds(end_s)) for word in words.split())
    return Packet(Text(committed, tail, "en"), seconds(start_s), seconds(end_s))


def voice() -> Voice:
    return Voice(threshold=0.5, silence_ms=800)


def test_a_pause_of_the_length_asked_for_ends_a_turn() -> None:
    told = heard_voice(Book(voice()), (1, 2), (2.5, 3), (5, 6), until_s=8)
    ends = [item for item in told if isinstance(item, TurnStarted | TurnStopped)]
    at = [(type(item).__name__, item.turn, round(item.at / 1e9, 1)) for item in ends]
    assert at == [
        ("TurnStarted", 0, 1.0),
        ("TurnStopped", 0, 3.0),
        ("TurnStarted", 1, 5.0),
        ("TurnStopped", 1, 6.0),
    ]


def test_a_click_is_no_speech() -> None:
    assert heard_voice(Book(voice()), (1, 1.06), until_s=3) == []


def test_whoever_never_pauses_is_told_in_turns_of_a_minute_at_most() -> None:
    told = heard_voice(Book(voice()), (0, 150), until_s=150)
    assert [round(item.at / 1e9) for item in told if isinstance(item, TurnStopped)] == [60, 120]


def test_translations_of_turns_do_not_interleave() -> None:
    book = Book(None)
    book.mark(0, seconds(1))
    book.mark(seconds(1), seconds(2))
    late = text("zwei", 1.1, 1.9)
    assert book.heard(late) == [Heard(1, late.payload.committed, "", "en")]
    assert book.rendered(late) == []
    assert isinstance(book.rendered(text("eins", 0.1, 0.9))[0], Rendered)
    done = book.settled(seconds(1.5))
    assert done == [TurnDone(0, 1000.0), Rendered(1, late.payload.committed, "", "en")]


def test_words_outside_of_every_turn_open_one() -> None:
    book = Book(voice())
    told = book.rendered(text("late words", 1, 2))
    assert [type(item) for item in told] == [TurnStarted, TurnStopped, Rendered]
    assert book.rendered(text("", 2, 2, tail="perhaps")) == [Rendered(0, (), "perhaps", "en")]
    assert Book(voice()).heard(text("", 1, 2, tail="perhaps")) == []


Step = tuple[str, float, float]


@settings(max_examples=150)
@given(
    turns=st.lists(st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)), max_size=4),
    steps=st.lists(
        st.tuples(st.sampled_from(["heard", "rendered", "spoken", "settled"]), st.floats(0, 20)), max_size=30
    ),
)
def test_nothing_committed_is_lost_and_turns_end_in_order(
    turns: list[tuple[float, float]], steps: list[tuple[str, float]]
) -> None:
    book, told, at = Book(None), [], 0.0
    for pause, length in turns:
        told += book.mark(seconds(at + pause), seconds(at + pause + length))
        at += pause + length
    given_out: dict[str, list[Any]] = {"heard": [], "rendered": [], "spoken": []}
    for number, (kind, when) in enumerate(sorted(steps, key=lambda step: step[1])):
        if kind == "settled":
            told += book.settled(seconds(when))
            continue
        given_out[kind].append(f"{kind}{number}")
        packet = text(f"{kind}{number}", when, when + 0.1)
        if kind == "spoken":
            speech = Speech(np.zeros(4, np.float32), 24_000, f"{kind}{number}", "en", 0)
            told += book.spoken(Packet(speech, packet.start, packet.end))
        else:
            told += getattr(book, kind)(packet)
    told += book.end(seconds(30))
    assert [w.text for item in told if isinstance(item, Heard) for w in item.committed] == given_out["heard"]
    assert [w.text for item in told if isinstance(item, Rendered) for w in item.committed] == given_out[
        "rendered"
    ]
    assert [item.text for item in told if isinstance(item, Spoken)] == given_out["spoken"]
    started = [item.turn for item in told if isinstance(item, TurnStarted)]
    assert (
        started == [item.turn for item in told if isinstance(item, TurnDone)] == list(range(book.next_number))
    )
    over: set[int] = set()
    for item in told:
        if isinstance(item, Rendered | Spoken):
            assert over == set(range(item.turn))  # the ones before are done, this one is not
        if isinstance(item, TurnDone):
            over.add(item.turn)


def test_words_of_a_later_graph_are_on_the_time_of_the_session() -> None:
    book = Book(None, first=3, offset=seconds(60))
    [_, _, step] = book.heard(text("later", 1, 2))
    assert isinstance(step, Heard)
    assert [(word.start, word.end) for word in step.committed] == [(seconds(61), seconds(62))]
