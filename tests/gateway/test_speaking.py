"""A text, spoken over HTTP: by OpenAI's own client, and by requests that are wrong."""

from __future__ import annotations

import io
import json
import socket
import urllib.request
import wave
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.error import HTTPError

import numpy as np
import pytest

from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Key, Keyring
from pipeline.gateway.limits import Limits
from pipeline.gateway.recipes import Operator, Recipes
from tests.gateway.conftest import POOR, TOKEN, Served, listening

pytest.importorskip("babel", reason="babel is not installed: pip install 'dragoman[tts]'")
PATH = "/v1/audio/speech"
ENOUGH = Limits(max_load=100.0)


@pytest.fixture(scope="module")
def speaking() -> Iterator[Served]:
    """A gateway whose voice is espeak-ng, for two keys: TOKEN, and POOR with 6 s of sound a minute."""
    keys = [
        Key(sha256(TOKEN.encode()).hexdigest(), name="test", audio_s_a_minute=6000),
        Key(sha256(POOR.encode()).hexdigest(), audio_s_a_minute=6, name="poor"),
    ]
    with listening(Gateway(Recipes(Operator(voice="tts.espeak")), Keyring(keys), ENOUGH, cores=2)) as found:
        yield found


def asked(served: Served, body: Any, token: str = TOKEN) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(served.http + PATH, data, headers), timeout=20
        ) as it:
            return it.status, it.headers["content-type"], it.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read()


def text(**more: Any) -> dict[str, Any]:
    return {"model": "tts-1", "voice": "alloy", "input": "Bom dia a todos.", "language": "pt", **more}


def seconds(pcm: bytes) -> float:
    return len(pcm) / 48_000


def test_the_vendor_s_client_gets_speech_by_a_changed_url(speaking: Served) -> None:
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(api_key=TOKEN, base_url=f"{speaking.http}/v1")
    with (
        client,
        client.audio.speech.with_streaming_response.create(
            model="gpt-4o-mini-tts", voice="coral", input="Good morning, everyone.", response_format="pcm"
        ) as answer,
    ):
        sound = b"".join(answer.iter_bytes())
    samples = np.frombuffer(sound, "<i2") / 32768
    assert 0.8 < seconds(sound) < 3
    assert 0.02 < float(np.sqrt(np.mean(samples**2))) < 0.3


def test_a_wav_file_is_what_comes_where_nothing_else_is_asked_for(speaking: Served) -> None:
    status, kind, body = asked(speaking, text())
    assert (status, kind) == (200, "audio/wav")
    with wave.open(io.BytesIO(body)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert 0.5 < seconds(file.readframes(10**9)) < 4


def test_language_voice_and_speed_are_heard(speaking: Served) -> None:
    plain = asked(speaking, text(response_format="pcm"))[2]
    for change in ({"language": "de"}, {"voice": "f2"}, {"voice": {"id": "f2"}}, {"speed": 1.5}):
        assert asked(speaking, text(response_format="pcm", **change))[2] != plain
    assert seconds(asked(speaking, text(response_format="pcm", speed=4))[2]) < 0.8 * seconds(plain)


def test_a_long_text_comes_piece_by_piece(speaking: Served) -> None:
    body = json.dumps(text(input="A sentence that goes on, and on. " * 100, response_format="pcm")).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n"
    )
    with socket.create_connection(("127.0.0.1", speaking.port), timeout=20) as wire:
        wire.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert wire.recv(8192).startswith(b"HTTP/1.1 200")
    # the client has gone in the middle; the next one is served
    assert asked(speaking, text())[0] == 200


@pytest.mark.parametrize(
    ("body", "token", "refusal"),
    [
        (text(), "sk-wrong", (401, "invalid_api_key", None)),
        (b"{", TOKEN, (400, "invalid_json", None)),
        ({"model": "tts-1"}, TOKEN, (400, "missing_required_parameter", "input")),
        (text(input=""), TOKEN, (400, "invalid_value", "input")),
        (text(input="x" * 4097), TOKEN, (400, "invalid_value", "input")),
        (text(input="😀 …"), TOKEN, (400, "invalid_value", "input")),
        (text(input=5), TOKEN, (400, "invalid_type", "input")),
        (text(model="whisper-1"), TOKEN, (404, "model_not_found", None)),
        (text(model="tts.openai"), TOKEN, (404, "model_not_found", None)),
        (text(response_format="mp3"), TOKEN, (400, "invalid_value", "response_format")),
        (text(stream_format="sse"), TOKEN, (400, "invalid_value", "stream_format")),
        (text(speed=9), TOKEN, (400, "invalid_value", "speed")),
        (text(model="tts.hibari"), TOKEN, (400, "invalid_value", "language")),
        (text(language="tlx"), TOKEN, (400, "invalid_value", "language")),
        (text(input="A long text. " * 50), POOR, (429, "rate_limit_exceeded", None)),
    ],
)
def test_a_wrong_request_is_refused_in_the_form_of_the_protocol(
    speaking: Served, body: Any, token: str, refusal: tuple[int, str, str | None]
) -> None:
    status, kind, answer = asked(speaking, body, token)
    assert kind == "application/json"
    error = json.loads(answer)["error"]
    assert (status, error["code"], error["param"]) == refusal


def test_a_server_that_stops_or_is_busy_says_so(speaking: Served) -> None:
    speaking.gateway.stopping = True
    try:
        assert asked(speaking, text())[0] == 503
    finally:
        speaking.gateway.stopping = False


def test_an_operator_without_a_voice_refuses(speaking: Served) -> None:
    with listening(Gateway(Recipes(Operator(voice="none")), Keyring([]), ENOUGH, cores=2)) as mute:
        status, _, answer = asked(mute, text())
    assert status == 400
    assert json.loads(answer)["error"]["message"] == "Nothing speaks 'pt' here."
