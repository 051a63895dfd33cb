"""OpenAI's own client, unchanged: a recording at the pace of life in, text and audio out."""

from __future__ import annotations

import base64
import importlib.util
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.conftest import TOKEN, Served
from tests.gateway.recording import speech
from tests.gateway.test_openai import MODEL

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what the client warns of itself
    pytest.mark.skipif(importlib.util.find_spec("openai") is None, reason="openai is not installed"),
]


def appends() -> Iterator[str]:
    """The recording and a second of silence at 24 kHz, in base64, 200 ms at a time."""
    sound = speech(24_000) + bytes(48_000)
    for at in range(0, len(sound), 9600):
        yield base64.b64encode(sound[at : at + 9600]).decode()


def openai(served: Served, key: str = TOKEN) -> Any:
    from openai import OpenAI

    return OpenAI(api_key=key, base_url=f"{served.http}/v1", max_retries=0)


def text(events: list[Any], side: str) -> str:
    return "".join(event.delta for event in events if event.type == f"session.{side}_transcript.delta")


def test_it_streams_at_the_pace_of_life_and_gets_text_and_audio(served: Served) -> None:
    events: list[Any] = []
    with openai(served).realtime.translations.connect(model=MODEL) as talk:
        transcription = {"model": "gpt-realtime-whisper"}
        talk.session.update(
            session={"audio": {"input": {"transcription": transcription}, "output": {"language": "pt"}}}
        )

        def speak() -> None:
            start = time.monotonic()  # noqa: TID251 - a client of another process has no clock of ours
            for number, audio in enumerate(appends(), 1):
                talk.session.input_audio_buffer.append(audio=audio)
                time.sleep(max(0.0, start + number * 0.2 - time.monotonic()))  # noqa: TID251
            talk.session.close()

        speaker = threading.Thread(target=speak)
        speaker.start()
        events.extend(talk)  # ends when the server closes the socket
        speaker.join()
    assert [event.type for event in events[:2]] == ["session.created", "session.updated"]
    assert events[-1].type == "session.closed"
    assert "error" not in {event.type for event in events}
    assert "afraid" in text(events, "input")
    assert "medo" in text(events, "output")
    sound = b"".join(
        base64.b64decode(event.delta) for event in events if event.type == "session.output_audio.delta"
    )
    assert 2 < len(sound) / 48_000 < 8
    assert max(event.elapsed_ms for event in events if hasattr(event, "elapsed_ms")) <= 6600


def test_it_makes_a_client_secret_and_its_translation_session_works_with_that(served: Served) -> None:
    from openai.lib.realtime_translation import TranslationSession

    session = {"model": MODEL, "audio": {"output": {"language": "pt"}}}
    secret = openai(served).realtime.translations.client_secrets.create(session=session)
    assert secret.session.audio.output.language == "pt"
    events: list[Any] = []
    with TranslationSession(openai(served, secret.value).realtime.translations, model=MODEL) as talk:
        for audio in appends():
            talk.send({"type": "session.input_audio_buffer.append", "audio": audio})
        talk.send({"type": "session.close"})
        while not events or events[-1].type != "session.closed":
            events.append(talk.recv(timeout=40))
    assert "medo" in text(events, "output")


def test_a_wrong_key_is_refused_as_the_client_expects_it(served: Served) -> None:
    from openai import AuthenticationError
    from websockets.exceptions import InvalidStatus

    stranger = openai(served, "sk-wrong").realtime.translations
    with pytest.raises(InvalidStatus, match="401"):
        stranger.connect(model=MODEL).enter()
    with pytest.raises(AuthenticationError, match="Invalid API-key"):
        stranger.client_secrets.create(session={"model": MODEL})
