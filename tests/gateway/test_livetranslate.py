import json
from typing import Any

import pytest

from pipeline.gateway.calls import Commit, Configure, Finish, Hear, Refused, Wish
from pipeline.gateway.happenings import (
    Failed,
    Finished,
    Happening,
    Heard,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
)
from pipeline.testing import words
from tests.gateway.wire import MODELS, a_turn, answered, append, asked, dialect, told, types, update


def test_the_first_event_has_the_defaults_of_the_protocol() -> None:
    [created] = [event.body for event in dialect().opened()]
    assert created["type"] == "session.created"
    session = created["session"]
    assert (session["voice"], session["modalities"], session["sample_rate"]) == (
        "Tina",
        ["text", "audio"],
        16_000,
    )
    assert session["turn_detection"]["silence_duration_ms"] == 1000
    assert session["translation"] == {"language": "en"}
    assert session["input_audio_transcription"] == {"model": "qwen3-asr-flash-realtime"}


def test_a_turn_is_told_in_the_order_of_the_protocol() -> None:
    events = told(dialect(), a_turn())
    assert types(events) == [
        "input_audio_buffer.speech_started",
        "conversation.item.input_audio_transcription.text",
        "conversation.item.input_audio_transcription.text",
        "response.created",
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
        "response.audio_transcript.text",
        *["response.audio.delta"] * 3,
        "conversation.item.input_audio_transcription.text",
        "input_audio_buffer.speech_stopped",
        "response.audio_transcript.text",
        *["response.audio.delta"] * 3,
        "conversation.item.input_audio_transcription.completed",
        "response.audio_transcript.done",
        "response.audio.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
    ]
    assert events[0]["audio_start_ms"] == 1000
    assert events[2]["text"] + events[2]["stash"] == "Le colis arrive"
    assert events[5]["previous_item_id"] == events[0]["item_id"]
    done = events[-1]["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"] == [{"type": "audio", "transcript": "The parcel arrives."}]
    assert done["usage"]["input_tokens_details"]["audio_tokens"] == 14  # 7 a second, 2 s
    assert done["usage"]["output_tokens_details"]["audio_tokens"] == 13  # 12.5 a second, 1 s
    assert done["usage"]["total_tokens"] == done["usage"]["input_tokens"] + done["usage"]["output_tokens"]


def test_text_only_sessions_have_text_events_and_no_audio() -> None:
    given = dialect()
    assert update(given, modalities=["text"])["session"]["modalities"] == ["text"]
    assert given.wish.speak is False
    events = told(given, [step for step in a_turn() if not isinstance(step, Spoken)])
    assert "response.text.text" in types(events)
    assert "response.audio.done" not in types(events)
    assert events[-1]["response"]["output"][0]["content"] == [{"type": "text", "text": "The parcel arrives."}]


def test_the_newest_family_says_what_is_new_and_who_speaks() -> None:
    events = told(dialect("qwen3.8-livetranslate-flash-realtime"), a_turn())
    assert (
        "".join(e["delta"] for e in events if e["type"] == "response.audio_transcript.delta")
        == "The parcel arrives."
    )
    heard = "conversation.item.input_audio_transcription.delta"
    assert [e["delta"] for e in events if e["type"] == heard] == ["Le colis", " arrive."]
    assert events[0]["speaker_id"]
    assert not [e for e in events if e["type"].endswith(".text")]


def test_the_newest_family_nests_the_settings_of_sound() -> None:
    given = dialect("qwen3.8-livetranslate-flash-realtime")
    sound = {
        "input": {"format": {"type": "pcm", "sample_rate": 8000}, "turn_detection": None},
        "output": {"format": {"type": "pcm", "sample_rate": 24_000}, "voice": "Ethan"},
    }
    session = update(given, output_modalities=["text", "audio"], audio=sound)["session"]
    assert session["audio"]["input"] == {"format": {"type": "pcm", "sample_rate": 8000}}
    assert session["audio"]["output"]["voice"] == "Ethan"
    assert given.wish.turns == "manual"


def test_the_newest_family_ends_turns_by_speakers_until_it_is_told_otherwise() -> None:
    given = dialect("qwen3.8-livetranslate-flash-realtime")
    assert (given.wish.silence_ms, given.wish.threshold) == (2500, 0.5)
    session = update(given, audio={"input": {"turn_detection": {"type": "server_vad"}}})["session"]
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 1000


def test_the_oldest_family_transcribes_when_it_is_asked() -> None:
    given = dialect("qwen3-livetranslate-flash-realtime")
    assert given.wish.transcribe is False
    assert given.wish.from_ == "en"
    session = update(given, input_audio_transcription={"model": "qwen3-asr-flash-realtime"})["session"]
    assert (session["input_audio_format"], session["output_audio_format"]) == ("pcm16", "pcm24")
    assert given.wish.transcribe is True


def test_every_field_of_an_update_reaches_the_wish() -> None:
    given = dialect()
    update(
        given,
        modalities=["audio", "text"],
        sample_rate=8000,
        input_audio_format="pcm16",
        output_audio_format="pcm24",
        input_audio_transcription={"model": "qwen3-asr-flash-realtime", "language": "nb"},
        turn_detection={
            "type": "server_vad",
            "threshold": -1.0,
            "silence_duration_ms": 200,
            "prefix_padding_ms": 300,
        },
        translation={"language": "fr", "corpus": {"phrases": {"boulon": "bolt"}}},
    )
    assert given.wish == Wish(
        from_="nb", to="fr", phrases=(("boulon", "bolt"),), threshold=0.05, silence_ms=200
    )
    assert asked(given, append()) == [Hear(b"\0\0" * 160, 8000)]


def test_an_update_changes_only_what_it_names() -> None:
    given = dialect()
    update(given, translation={"language": "pt"}, voice="Ethan")
    session = update(given, turn_detection={"silence_duration_ms": 800})["session"]
    assert session["translation"]["language"] == "pt"
    assert session["voice"] == "Ethan"
    assert session["turn_detection"]["threshold"] == 0.2
    assert update(given, voice=None, input_audio_transcription={"model": None})["session"]["voice"] == "Tina"
    assert given.wish.transcribe is False


@pytest.mark.parametrize(
    ("field", "param"),
    [
        ({"modalities": ["audio"]}, "session.modalities"),
        ({"modalities": "text"}, "session.modalities"),
        ({"voice": 7}, "session.voice"),
        ({"voice": "default"}, "session.voice"),
        ({"voice": "qwen-translate-vc-me"}, "session.voice"),
        ({"sample_rate": 44_100}, "session.sample_rate"),
        ({"sample_rate": True}, "session.sample_rate"),
        ({"input_audio_format": "mp3"}, "session.input_audio_format"),
        ({"output_audio_format": ["pcm"]}, "session.output_audio_format"),
        ({"input_audio_transcription": {"model": "other"}}, "session.input_audio_transcription.model"),
        ({"input_audio_transcription": {"language": "tlh"}}, "session.input_audio_transcription.language"),
        ({"turn_detection": {"type": "semantic"}}, "session.turn_detection.type"),
        ({"turn_detection": {"threshold": 1.5}}, "session.turn_detection.threshold"),
        ({"turn_detection": {"silence_duration_ms": 199}}, "session.turn_detection.silence_duration_ms"),
        ({"turn_detection": {"silence_duration_ms": "800"}}, "session.turn_detection.silence_duration_ms"),
        ({"turn_detection": 5}, "session.turn_detection"),
        ({"translation": {"language": "xx"}}, "session.translation.language"),
        ({"translation": {"corpus": {"phrases": {"a": 1}}}}, "session.translation.corpus.phrases"),
        (
            {"translation": {"corpus": {"phrases": {str(n): "" for n in range(1001)}}}},
            "session.translation.corpus.phrases",
        ),
        (
            {"translation": {"same_language_skip_options": {"skip_text": "yes"}}},
            "session.translation.same_language_skip_options.skip_text",
        ),
        ({"enable_voice_clone": "yes"}, "session.enable_voice_clone"),
        ({"enable_voice_clone": True, "voice": "Tina"}, "session.voice"),
        ({"voice_clone_options": {"frequency": "daily"}}, "session.voice_clone_options.frequency"),
    ],
)
def test_a_wrong_field_is_named_and_changes_nothing(field: dict[str, object], param: str) -> None:
    given = dialect()
    before = given.wish
    [error] = answered(given, {"type": "session.update", "event_id": "event_a1", "session": field})
    assert error["type"] == "error"
    assert error["error"]["type"] == "invalid_request_error"
    assert error["error"]["code"] == "invalid_value"
    assert (error["error"]["param"], error["error"]["event_id"]) == (param, "event_a1")
    assert given.wish == before


def test_a_voice_of_another_family_is_refused_as_the_service_does() -> None:
    error = update(dialect(), voice="Cherry")["error"]
    assert error["code"] == "COMMON_ERROR"
    assert "Voice 'Cherry' is not supported." in error["message"]


@pytest.mark.parametrize(
    ("options", "clone", "frequency"),
    [({}, True, "once"), ({"frequency": "once"}, True, "once"), ({"frequency": "always"}, True, "always")],
)
def test_a_cloned_voice_is_asked_for_and_echoed(options: dict[str, str], clone: bool, frequency: str) -> None:
    given = dialect()
    session = update(given, enable_voice_clone=True, voice="default", voice_clone_options=options)["session"]
    assert (given.wish.clone, given.wish.frequency) == (clone, frequency)
    assert (session["enable_voice_clone"], session["voice"]) == (True, "default")
    assert session["voice_clone_options"] == {"frequency": frequency}


def test_a_voice_made_beforehand_is_refused_as_there_are_none() -> None:
    never = update(dialect(), enable_voice_clone=True, voice_clone_options={"frequency": "never"})
    assert (never["error"]["code"], never["error"]["param"]) == ("invalid_value", "session.voice")


@pytest.mark.parametrize(("voice", "sex"), [("Tina", "female"), ("Ethan", "male"), ("Theo Calm", "male")])
def test_a_voice_of_the_service_is_stood_in_for_by_one_of_its_sex(voice: str, sex: str) -> None:
    given = dialect()
    assert given.wish.voice == ""
    assert update(given, voice=voice)["session"]["voice"] == voice
    assert given.wish.voice == sex


def test_a_session_that_cannot_clone_is_told_by_the_field() -> None:
    given = dialect()
    why = Refused("voice cloning is not supported by the voice of this server", "clone")
    event = {"type": "session.update", "session": {"enable_voice_clone": True}}
    [error] = answered(given, event, refusal=why)
    assert error["error"]["param"] == "session.enable_voice_clone"
    assert given.wish.clone is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "invalid_json"),
        ("[1]", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('"\\ud800"', "invalid_json"),
        ("{}", "invalid_event"),
        ('{"type": "response.create"}', "invalid_event"),
        ('{"type": ["session.update"]}', "invalid_event"),
        ('{"type": "session.update", "session": []}', "invalid_value"),
        ('{"type": "input_audio_buffer.append"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "AA\\r\\nAA"}', "invalid_value"),
        ('{"type": "input_audio_buffer.append", "audio": "é"}', "invalid_value"),
        ('{"type": "input_image_buffer.append", "image": "AAAA"}', "invalid_value"),  # before any sound
        ('{"type": "input_audio_buffer.commit"}', "invalid_value"),  # the server ends turns
    ],
)
def test_what_is_no_event_is_an_error_and_the_session_goes_on(text: str, code: str) -> None:
    given = dialect()
    [error] = answered(given, text, raw=True)
    assert (error["type"], error["error"]["code"]) == ("error", code)
    assert update(given, voice="Ethan")["type"] == "session.updated"


def test_a_commit_gives_an_item_of_the_user_and_a_response_even_of_nothing() -> None:
    given = dialect()
    update(given, turn_detection=None)
    assert asked(given, {"type": "input_audio_buffer.commit"}) == [Commit()]
    events = told(given, [TurnStarted(0, 0, manual=True), TurnDone(0, 500)])
    assert types(events)[:2] == ["input_audio_buffer.committed", "conversation.item.created"]
    assert events[1]["item"]["role"] == "user"
    assert events[1]["item"]["content"] == [{"type": "input_audio"}]
    assert types(events)[-1] == "response.done"
    [error] = answered(
        given, {"type": "input_audio_buffer.commit"}, refusal=Refused("there is no sound", "commit")
    )
    assert error["error"]["code"] == "input_audio_buffer_commit_empty"
    assert types(answered(given, {"type": "input_audio_buffer.clear"})) == ["input_audio_buffer.cleared"]


def test_finishing_is_answered_on_every_path() -> None:
    given = dialect()
    assert asked(given, {"type": "session.finish"}) == [Finish()]
    assert asked(given, {"type": "session.finish"}) == []
    assert types(told(given, [Finished()])) == ["session.finished"]
    broken = answered(dialect(), {"type": "session.finish"}, refusal=Refused("it broke", reason="broken"))
    assert types(broken) == ["error", "session.finished"]


def test_a_failure_ends_what_was_begun() -> None:
    given = dialect()
    events = told(given, [*a_turn()[:4], Failed("the interpretation failed")])
    assert types(events)[-7:] == [
        "conversation.item.input_audio_transcription.failed",
        "response.audio_transcript.done",
        "response.audio.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
        "error",
    ]
    assert events[-2]["response"]["status"] == "failed"
    assert types(told(given, a_turn(1)))[-1] == "response.done"


@pytest.mark.parametrize(
    ("skip", "missing"),
    [
        ({"skip_text": True}, "response.audio_transcript.text"),
        ({"skip_audio": True}, "response.audio.delta"),
        ({"skip_text": True, "skip_audio": True}, "response.created"),
    ],
)
def test_speech_in_the_target_language_is_skipped_as_asked(skip: dict[str, bool], missing: str) -> None:
    given = dialect()
    update(given, translation={"language": "en", "same_language_skip_options": skip})
    english: list[Happening] = [
        TurnStarted(0, 0),
        Rendered(0, words("Good morning."), "", "en"),  # before its language is known
        Heard(0, words("Good morning."), "", "en"),
        a_turn()[4],
        TurnDone(0, 1000),
    ]
    assert missing not in types(told(given, english))
    assert missing in types(told(given, a_turn(1)))  # French


def test_what_the_client_does_not_want_to_read_is_not_told() -> None:
    given = dialect()
    update(given, input_audio_transcription={"model": None})
    assert not [kind for kind in types(told(given, a_turn())) if "transcription" in kind]


@pytest.mark.parametrize("model", MODELS)
def test_events_have_ids_of_their_own_and_are_json(model: str) -> None:
    given = dialect(model)
    events = [event.body for event in given.opened()] + told(given, a_turn(0) + a_turn(1))
    ids = [event["event_id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert json.loads(json.dumps(events)) == events


def test_a_delta_of_audio_is_a_fifth_of_a_second() -> None:
    import base64

    deltas: list[dict[str, Any]] = [
        e for e in told(dialect(), a_turn()) if e["type"] == "response.audio.delta"
    ]
    assert [len(base64.b64decode(e["delta"])) for e in deltas[:3]] == [9600, 9600, 4800]


def test_pictures_are_counted_in_tokens() -> None:
    given = dialect()
    answered(given, append())
    for call in asked(given, {"type": "input_image_buffer.append", "image": "/9j/"}):
        given.done(call, 640 * 480)  # type: ignore[arg-type]
    usage = told(given, a_turn())[-1]["response"]["usage"]
    assert usage["input_tokens_details"]["image_tokens"] == 150  # half a token for 32 x 32 pixels


def test_a_new_target_is_asked_for_while_it_runs() -> None:
    given = dialect()
    told(given, a_turn()[:4])
    [call] = asked(given, {"type": "session.update", "session": {"translation": {"language": "de"}}})
    assert isinstance(call, Configure)
    assert call.wish.to == "de"
    assert types(told(given, a_turn()[4:]))[-1] == "response.done"
