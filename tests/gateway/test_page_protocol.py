"""The protocol of the page, without a socket: what a client may send, and what it is told."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.gateway.calls import Call, Configure, Finish, Hear, Refused, See
from pipeline.gateway.dialects import Event
from pipeline.gateway.dialects.interpret import Interpret
from pipeline.gateway.happenings import Failed, Finished, Heard, Noticed, Rendered, Spoken
from pipeline.media import Box, Gesture, ScreenText, Terms, Word, join_words
from pipeline.testing import words
from tests.gateway.wire import a_turn


def page() -> Interpret:
    return Interpret("sess_test", to="pt", from_="en")


def send(it: Interpret, frame: str | bytes | dict[str, Any]) -> list[Event | Call]:
    if isinstance(frame, bytes):
        return it.receive_bytes(frame)
    return it.receive(frame if isinstance(frame, str) else json.dumps(frame))


def error(reactions: list[Any]) -> dict[str, Any]:
    [event] = reactions
    assert event.body["type"] == "error"
    found: dict[str, Any] = event.body["error"]
    return found


def test_it_opens_with_the_names_of_the_session_and_of_its_board_which_tells_nothing_of_the_other() -> None:
    [opened] = page().opened()
    assert opened.body["session"] == "sess_test"
    assert len(opened.body["board"]) == 32
    assert "sess" not in opened.body["board"]


def test_a_start_asks_for_what_it_names_and_keeps_the_rest() -> None:
    it = page()
    [asked] = send(it, {"type": "start", "to": "es", "terms": ["Defarge", " "], "rate_hz": 48_000})
    assert isinstance(asked, Configure)
    assert (asked.wish.from_, asked.wish.to, asked.wish.phrases) == ("en", "es", (("Defarge", ""),))
    [started] = it.done(asked, 0)
    assert started.body == {"type": "started", "event_id": "1", "from": "en", "to": "es", "speak": True}
    assert send(it, b"\1\0\0") == [Hear(b"\0\0", 48_000)]


def test_a_start_that_is_refused_changes_nothing_and_names_the_field() -> None:
    it = page()
    [asked] = send(it, {"type": "start", "from": "xx"})
    assert error(it.refused(asked, Refused("no way", "from_"))) == {  # type: ignore[arg-type]
        "code": "invalid",
        "message": "no way",
        "field": "from",
    }
    assert it.wish.from_ == "en"


def test_sound_and_pictures_come_as_bytes() -> None:
    assert send(page(), b"\1\1\0\2\0") == [Hear(b"\1\0\2\0", 16_000)]
    assert send(page(), b"\2\xff\xd8") == [See(b"\xff\xd8")]


def test_a_client_that_came_back_is_told_how_much_sound_had_arrived() -> None:
    it = page()
    for sound in (b"\1" + bytes(3200), b"\1" + bytes(320)):
        [call] = send(it, sound)
        it.done(call, 0)  # type: ignore[arg-type]
    [where] = send(it, {"type": "where"})
    assert isinstance(where, Event)
    assert where.body["samples"] == 1760


def test_a_finish_is_followed_by_finished_even_if_it_is_refused() -> None:
    it = page()
    assert send(it, {"type": "finish"}) == [Finish()]
    assert [event.body["type"] for event in it.refused(Finish(), Refused("over"))] == ["error", "finished"]
    assert it.tell(Finished())[0].body["type"] == "finished"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        ({"type": "dance"}, "Invalid value 'dance'"),
        ({"type": "start", "to": 7}, "Expected `str | null`, got `int` - at `$.to`"),
        ({"type": "start", "path": "/etc/passwd"}, "unknown field `path`"),
        ({"type": "start", "rate_hz": 1}, "`int` >= 8000"),
        ({"type": "start", "terms": ["x" * 201]}, "length <= 200"),
        (b"", "begins with 1 for sound or 2 for a picture"),
        (b"\7abc", "begins with 1 for sound or 2 for a picture"),
    ],
)
def test_what_is_no_frame_of_this_protocol_is_answered_by_what_is_wrong(
    frame: str | bytes | dict[str, Any], message: str
) -> None:
    said = error(send(page(), frame))
    assert said["code"] == "invalid"
    assert message in said["message"]


@given(st.one_of(st.text(), st.binary()))
def test_no_frame_breaks_it(frame: str | bytes) -> None:
    send(page(), frame)


def test_a_turn_is_told_in_both_languages_with_spans_and_lag() -> None:
    it = page()
    told = [event for happening in a_turn() for event in it.tell(happening)]
    assert [event.body["type"] for event in told] == [
        "turn", "source", "source", "target", "speech", "source", "turn", "target", "speech", "turn",
    ]  # fmt: skip
    assert (
        "".join(event.body["text"] for event in told if event.body["type"] == "source") == "Le colis arrive."
    )
    assert "".join(event.body["text"] for event in told if event.body["type"] == "target") == (
        "The parcel arrives."
    )
    assert told[2].body["tail"] == " arrive"
    step = it.tell(Rendered(1, (Word("Yes", 1_000_000_000, 1_500_000_000),), "", "en", 812.4))[0].body
    assert (step["words"], step["lag_ms"]) == ([("Yes", 1000, 1500)], 812)


def test_committed_text_is_kept_for_a_slow_reader_and_tails_make_room() -> None:
    it = page()
    weights = [
        event.weight
        for step in (Heard(0, (), "a", "en"), Heard(0, words("a"), "b", "en"), Heard(1, (), "c", "en"))
        for event in it.tell(step)
    ]
    assert weights == ["newest", "kept", "newest"]


def test_speech_is_a_binary_frame_with_a_line_of_json_before_its_samples() -> None:
    [event] = page().tell(Spoken(3, np.array([0, 1, -1], np.float32), "Oi"))
    frame = event.frame()
    assert isinstance(frame, bytes)
    head, _, sound = frame.partition(b"\n")
    assert json.loads(head) == {"type": "speech", "event_id": "1", "turn": 3, "text": "Oi", "rate_hz": 24_000}
    assert np.frombuffer(sound, "<i2").tolist() == [0, 32767, -32767]


def test_what_is_seen_is_told() -> None:
    [terms] = page().tell(Noticed(2_000_000_000, Terms.of("Tellson")))
    assert terms.body == {"type": "terms", "event_id": "1", "at_ms": 2000, "terms": [("Tellson", "")]}
    line = ScreenText(7, "The Period", Box(0, 0, 1, 1), "en", 0.9, 0, 1, over=False)
    [screen] = page().tell(Noticed(0, line))
    assert (screen.body["id"], screen.body["text"], screen.body["over"]) == (7, "The Period", False)
    [gesture] = page().tell(Noticed(0, Gesture("thumb_up", "left", 0, 1, over=False)))
    assert (gesture.body["name"], gesture.body["by"], gesture.body["over"]) == ("thumb_up", "left", False)


def test_a_failure_is_told_as_an_error() -> None:
    [event] = page().tell(Failed("the interpretation failed"))
    assert event.body["error"]["code"] == "broken"


@given(st.lists(st.lists(st.sampled_from(["o", "dia", "é", "bom,", "sim."]), max_size=4), max_size=6))
def test_the_pieces_of_a_line_are_the_words_of_it(steps: list[list[str]]) -> None:
    it = page()
    said = [words(" ".join(step)) if step else () for step in steps]
    pieces = [it.tell(Heard(0, step, "", "pt"))[0].body["text"] for step in said]
    assert "".join(pieces) == join_words(word for step in said for word in step)
