"""The vendor's own client, unchanged: a recording at the pace of life in, text and audio out."""

from __future__ import annotations

import base64
import functools
import importlib
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.gateway.conftest import TOKEN, Served
from tests.gateway.recording import pieces, speech
from tests.gateway.wire import MODEL

pytestmark = [
    # what the client warns of itself: previews, a workspace that is not named, APIs of Python
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(importlib.util.find_spec("dashscope") is None, reason="dashscope is not installed"),
]


def paced(send: Any) -> None:
    """Send the recording as it is spoken, 100 ms at a time."""
    start = time.monotonic()  # noqa: TID251 - a client of another process has no clock of ours
    for number, piece in enumerate(pieces(speech()), 1):
        send(piece)
        time.sleep(max(0.0, start + number * 0.1 - time.monotonic()))  # noqa: TID251


def heard_and_told(events: list[dict[str, Any]]) -> tuple[str, str, float]:
    """Transcript, translation, and seconds of speech."""
    kinds = {"transcript": "conversation.item.input_audio_transcription.completed"}
    source = " ".join(e["transcript"] for e in events if e["type"] == kinds["transcript"])
    target = " ".join(e["transcript"] for e in events if e["type"] == "response.audio_transcript.done")
    sound = b"".join(base64.b64decode(e["delta"]) for e in events if e["type"] == "response.audio.delta")
    return source, target, len(sound) / 48_000


def test_the_first_class_streams_and_gets_text_and_audio(served: Served) -> None:
    from dashscope.audio.qwen_omni import MultiModality, OmniRealtimeCallback, OmniRealtimeConversation
    from dashscope.audio.qwen_omni.omni_realtime import TranslationParams

    events: list[dict[str, Any]] = []

    class Callback(OmniRealtimeCallback):  # type: ignore[misc]
        def on_event(self, response: dict[str, Any]) -> None:
            events.append(response)

    talk = OmniRealtimeConversation(model=MODEL, callback=Callback(), url=served.ws, api_key=TOKEN)
    talk.connect()
    talk.update_session(
        output_modalities=[MultiModality.TEXT, MultiModality.AUDIO],
        voice="Tina",
        input_audio_transcription_model="qwen3-asr-flash-realtime",
        translation_params=TranslationParams(
            language="pt", corpus=TranslationParams.Corpus({"Moses": "Moisés"})
        ),
    )
    paced(lambda piece: talk.append_audio(base64.b64encode(piece).decode()))
    talk.end_session(timeout=20)
    talk.close()
    source, target, seconds = heard_and_told(events)
    assert "afraid" in source
    assert "medo" in target
    assert 2 < seconds < 8
    assert events[-1]["type"] == "session.finished"
    assert "error" not in {event["type"] for event in events}


def test_the_second_client_streams_and_gets_text_and_audio(served: Served) -> None:
    from dashscope import Client

    found: list[dict[str, Any]] = []
    with Client(api_key=TOKEN).audio.realtime.connect(model=MODEL, ws_url=served.ws) as session:
        session.update_session(
            ["text", "audio"],
            voice="Tina",
            translation_params={"language": "pt"},
            enable_input_audio_transcription=True,
        )

        def talk() -> None:
            paced(session.append_audio)
            session.end_session()

        speaker = threading.Thread(target=talk)
        speaker.start()
        found.extend(session.events())
        speaker.join()
    source, target, seconds = heard_and_told(found)
    assert "afraid" in source
    assert "medo" in target
    assert 2 < seconds < 8


@pytest.mark.long
def test_the_example_that_comes_with_the_client_runs(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names no server, so only where it connects to is changed; it speaks the newest dialect."""
    example = importlib.import_module("dashscope.examples.01_atomic_capabilities.audio.realtime_translation")
    vendor = example.Client

    @contextmanager
    def redirected(**options: Any) -> Iterator[Any]:
        with vendor(api_key=TOKEN, timeout=options["timeout"]) as client:
            realtime = client.audio.realtime
            connect = functools.partial(realtime.connect, ws_url=served.ws)
            yield SimpleNamespace(audio=SimpleNamespace(realtime=SimpleNamespace(connect=connect)))

    monkeypatch.setattr(example, "Client", redirected)
    talk, translation = tmp_path / "talk.wav", tmp_path / "translation.wav"
    with wave.open(str(talk), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(speech())
    example.main(["--wav", str(talk), "--language", "pt", "--output", str(translation), "--no-play"])
    with wave.open(str(translation)) as file:
        assert file.getframerate() == 24_000
        assert 2 < file.getnframes() / 24_000 < 8
