"""OpenAI's translation sessions, without sockets: three events in, seven out, text that only grows."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.gateway.calls import Call, Configure, Finish, Hear, Refused
from pipeline.gateway.dialects import Event
from pipeline.gateway.dialects._translation import Settings
from pipeline.gateway.dialects.openai import Growing, Translations
from pipeline.gateway.happenings import Failed, Finished, Heard, Rendered
from pipeline.media import Word, join_words
from tests.gateway.wire import a_turn

MODEL = "gpt-realtime-translate"


def dialect(**settings: Any) -> Translations:
    return Translations(MODEL, "sess_test", Settings(**settings), 1_795_300_000)


def answered(
    given: Translations, event: object, *, refusal: Refused | None = None, raw: bool = False
) -> list[dict[str, Any]]:
    """What the client is told of an event, by a session that does all it is asked or refuses it."""
    told: list[dict[str, Any]] = []
    for reaction in given.receive(str(event) if raw else json.dumps(event)):
        if isinstance(reaction, Event):
            told.append(reaction.body)
            continue
        events = given.done(reaction, 0) if refusal is None else given.refused(reaction, refusal)
        told += [event.body for event in events]
    return told


def update(given: Translations, **session: object) -> dict[str, Any]:
    [told] = answered(given, {"type": "session.update", "session": session})
    return told


def append(pcm: bytes = b"\0\0" * 4800) -> dict[str, str]:
    audio = base64.b64encode(pcm).decode()
    return {"type": "session.input_audio_buffer.append", "audio": audio}


def calls(given: Translations, event: object) -> list[Call]:
    return [reaction for reaction in given.receive(json.dumps(event)) if not isinstance(reaction, Event)]


def told(given: Translations, *happenings: Any) -> list[dict[str, Any]]:
    return [event.body for happening in happenings for event in given.tell(happening)]


def test_a_session_begins_with_its_settings() -> None:
    [event] = dialect(language="pt").opened()
    assert event.body["type"] == "session.created"
    assert event.body["session"] == {
        "id": "sess_test",
        "type": "translation",
        "model": MODEL,
        "expires_at": 1_795_300_000,
        "audio": {"input": {"transcription": None, "noise_reduction": None}, "output": {"language": "pt"}},
    }


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    it = dialect()
    update(it, audio={"input": {"noise_reduction": {"type": "far_field", "strength": 0.7}}})
    update(it, audio={"input": {"transcription": {"model": "gpt-realtime-whisper"}}})
    event = update(
        it, audio={"input": {"noise_reduction": {"type": "near_field"}}, "output": {"language": "fr"}}
    )
    assert event["type"] == "session.updated"
    assert event["session"]["audio"] == {
        "input": {
            "transcription": {"model": "gpt-realtime-whisper"},
            "noise_reduction": {"type": "near_field", "strength": 0.7},
        },
        "output": {"language": "fr"},
    }
    assert (it.wish.from_, it.wish.to, it.wish.transcribe, it.wish.speak) == ("auto", "fr", True, True)


def test_an_update_that_the_session_refuses_changes_nothing() -> None:
    it = dialect()
    event = {"type": "session.update", "event_id": "e1", "session": {"audio": {"output": {"language": "xx"}}}}
    [error] = answered(it, event, refusal=Refused("nothing goes into 'xx'", "to"))
    assert error["error"] == {
        "type": "invalid_request_error",
        "code": "invalid_value",
        "message": "nothing goes into 'xx'",
        "param": "session.audio.output.language",
        "event_id": "e1",
    }
    assert it.wish.to == "en"


def test_sound_is_taken_at_24_khz() -> None:
    [call] = calls(dialect(), append(b"\1\2"))
    assert isinstance(call, Hear)
    assert (call.data, call.rate_hz, call.codec) == (b"\1\2", 24_000, "pcm")


def test_what_is_told_is_appended_word_by_word_and_stands_where_the_sound_is() -> None:
    it = dialect(transcriber="gpt-realtime-whisper")
    answered(it, append(bytes(2 * 24_000 * 5 // 2)))  # 2.5 s
    events = told(it, *a_turn(0), *a_turn(1))
    source = [e["delta"] for e in events if e["type"] == "session.input_transcript.delta"]
    target = [e["delta"] for e in events if e["type"] == "session.output_transcript.delta"]
    sound = [e for e in events if e["type"] == "session.output_audio.delta"]
    assert source == ["Le colis", " arrive.", " Le colis", " arrive."]
    assert "".join(target) == "The parcel arrives. The parcel arrives."
    assert {e["elapsed_ms"] for e in events} == {2400}
    assert (sound[0]["sample_rate"], sound[0]["channels"], sound[0]["format"]) == (24_000, 1, "pcm16")
    assert sum(len(base64.b64decode(e["delta"])) for e in sound) == 4 * 24_000


def test_without_transcription_the_source_is_not_told() -> None:
    assert {e["type"] for e in told(dialect(), *a_turn())} == {
        "session.output_transcript.delta",
        "session.output_audio.delta",
    }


def test_the_tail_that_may_change_is_never_told() -> None:
    it = dialect(transcriber="any")
    assert told(it, Heard(0, (), "perhaps", "en"), Rendered(0, (), "talvez", "pt")) == []


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["a", "bc", "は", "い"]), st.booleans()), max_size=4), max_size=6
    )
)
def test_deltas_add_up_to_the_text_however_it_is_cut(steps: list[list[tuple[str, bool]]]) -> None:
    growing = Growing()
    pieces = [tuple(Word(text, 0, 0, glue) for text, glue in step) for step in steps]
    assert "".join(map(growing.delta, pieces)) == join_words(word for piece in pieces for word in piece)


def test_a_close_is_answered_when_all_was_told_and_then_nothing_more_is_taken() -> None:
    it = dialect()
    [call] = calls(it, {"type": "session.close"})
    assert isinstance(call, Finish)
    assert answered(it, append())[0]["error"]["code"] == "session_closed"
    assert it.tell(Finished())[0].body["type"] == "session.closed"
    assert it.hangs_up


def test_a_failure_and_an_end_by_time_are_told_as_errors_of_the_server() -> None:
    it = dialect()
    [failed] = told(it, Failed("the interpretation failed"))
    assert failed["error"]["type"] == "server_error"
    [expired] = it.refused(None, Refused("a session lasts 7200 s", reason="expired"))
    assert expired.body["error"]["code"] == "session_expired"


def wrong(**session: object) -> dict[str, object]:
    return {"type": "session.update", "session": session}


def heard(**given: object) -> dict[str, object]:
    return wrong(audio={"input": given})


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ([1], "invalid_json", None),
        ({"type": 3}, "invalid_type", "type"),
        ({}, "missing_required_parameter", "type"),
        ({"type": "response.create"}, "unknown_event", "type"),
        ({"type": "input_audio_buffer.append", "audio": "AAA="}, "unknown_event", "type"),
        ({"type": "session.close", "event_id": "x" * 513}, "invalid_value", "event_id"),
        ({"type": "session.close", "now": True}, "unknown_parameter", "now"),
        ({"type": "session.update"}, "missing_required_parameter", "session"),
        ({"type": "session.update", "session": None}, "invalid_type", "session"),
        (wrong(model="gpt-9"), "unknown_parameter", "session.model"),
        (wrong(type="translation"), "unknown_parameter", "session.type"),
        (wrong(instructions="be brief"), "unknown_parameter", "session.instructions"),
        (wrong(audio=[]), "invalid_type", "session.audio"),
        (wrong(audio={"output": {"voice": "alloy"}}), "unknown_parameter", "session.audio.output.voice"),
        (wrong(audio={"output": {"language": None}}), "invalid_type", "session.audio.output.language"),
        (wrong(audio={"output": {"language": "../x"}}), "invalid_value", "session.audio.output.language"),
        (heard(format="pcm16"), "unknown_parameter", "session.audio.input.format"),
        (heard(transcription={}), "missing_required_parameter", "session.audio.input.transcription.model"),
        (
            heard(transcription={"model": "m", "language": "fr"}),
            "unknown_parameter",
            "session.audio.input.transcription.language",
        ),
        (heard(noise_reduction={"type": "off"}), "invalid_value", "session.audio.input.noise_reduction.type"),
        (
            heard(noise_reduction={"type": "near_field", "strength": 1.1}),
            "invalid_value",
            "session.audio.input.noise_reduction.strength",
        ),
        (
            heard(noise_reduction={"type": "near_field", "strength": True}),
            "invalid_type",
            "session.audio.input.noise_reduction.strength",
        ),
        ({"type": "session.input_audio_buffer.append"}, "missing_required_parameter", "audio"),
        ({"type": "session.input_audio_buffer.append", "audio": 1}, "invalid_type", "audio"),
        ({"type": "session.input_audio_buffer.append", "audio": "AA\nAA"}, "invalid_value", "audio"),
        ({"type": "session.input_audio_buffer.append", "audio": "AAAA"}, "invalid_value", "audio"),
        ({"type": "session.input_audio_buffer.append", "audio": ""}, "invalid_value", "audio"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(event: object, code: str, param: str | None) -> None:
    it = dialect()
    before = it.wish
    [error] = answered(it, event)
    assert (error["type"], error["error"]["type"]) == ("error", "invalid_request_error")
    assert (error["error"]["code"], error["error"]["param"]) == (code, param)
    assert it.wish == before


@pytest.mark.parametrize("frame", ["", "{", "[" * 5000, '"\ud800"'])
def test_what_is_no_json_is_refused(frame: str) -> None:
    assert answered(dialect(), frame, raw=True)[0]["error"]["code"] == "invalid_json"


def test_only_an_update_asks_the_session_for_other_settings() -> None:
    it = dialect(language="pt")
    [call] = calls(it, wrong(audio={"output": {"language": "fr"}}))
    assert isinstance(call, Configure)
    assert (call.wish.to, it.wish.to) == ("fr", "pt")  # not before the session has done it
