"""Text is spoken by a service: by the gateway of this house, and by one that fails in the ways that services do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.tts.openai import OpenAIVoice
from pipeline.errors import InputError, MediaError
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Keyring
from pipeline.gateway.limits import Limits
from pipeline.gateway.recipes import Operator, Recipes
from pipeline.media import Speech, Text
from pipeline.packet import Packet
from pipeline.testing import feed, text, words
from tests.gateway.conftest import listening
from tests.nodes.tts.speech_server import RATE_HZ, SpeechServer, speech_server
from tests.nodes.tts.speech_server import spoken as said

pytest.importorskip("httpx", reason="httpx is not installed: pip install 'dragoman[remote]'")
pytest.importorskip("espeakng_loader", reason="espeak-ng is not installed: pip install 'dragoman[tts]'")

MORNING = "Good morning, everyone."
STEP = Text(words(MORNING), lang="en")
LATER = Text(words("Thank you for coming.", start_s=2), lang="en")


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with speech_server() as found:
        yield found


def node(server: SpeechServer, **settings: Any) -> OpenAIVoice:
    return OpenAIVoice(**{"url": server.url, "rate_hz": RATE_HZ, **settings})


def spoken(it: OpenAIVoice, *steps: Text) -> list[Packet[Speech]]:
    return feed(it, text(*steps)).speech


def joined(packets: list[Packet[Speech]]) -> Any:
    return np.concatenate([packet.payload.samples for packet in packets])


def test_the_sound_comes_piece_by_piece_without_a_gap_and_the_first_has_the_words(
    server: SpeechServer,
) -> None:
    packets = spoken(node(server), STEP)
    pieces = [packet.payload for packet in packets]
    assert len(pieces) > 5
    assert (pieces[0].text, pieces[0].words, pieces[0].rate_hz) == (MORNING, STEP.committed, RATE_HZ)
    assert all((piece.text, piece.words) == ("", ()) for piece in pieces[1:])
    for before, after in pairwise(pieces):
        assert after.plays_at == before.plays_at + before.duration
    whole, heard = said(MORNING), joined(packets)
    shift = int(np.argmax(np.abs(whole) > 0.005)) - int(np.argmax(np.abs(heard) > 0.005))
    inner = slice(2000, len(heard) - 4000)
    np.testing.assert_allclose(heard[inner], whole[shift:][inner], atol=1e-4)


def test_wav_is_understood_whatever_it_is_cut_into(server: SpeechServer) -> None:
    pcm, wav = spoken(node(server), STEP), spoken(node(server, format="wav"), STEP)
    np.testing.assert_array_equal(joined(pcm), joined(wav))


def test_what_is_set_is_what_the_service_is_asked_for(server: SpeechServer) -> None:
    spoken(node(server, voice="coral", instructions="Softly.", speed=1.5, tell_lang=True), STEP)
    assert server.asked == [
        {
            "model": "gpt-4o-mini-tts",
            "voice": "coral",
            "instructions": "Softly.",
            "response_format": "pcm",
            "speed": 1.5,
            "language": "en",
            "input": MORNING,
        }
    ]


def test_a_plain_request_has_nothing_that_the_service_does_not_know(server: SpeechServer) -> None:
    spoken(node(server), STEP)
    assert set(server.asked[0]) == {"model", "voice", "response_format", "input"}
    assert "authorization" not in server.headers[0]


def test_numbers_and_addresses_are_left_to_the_service(server: SpeechServer) -> None:
    spoken(node(server), Text(words("It costs $5.50 at example.com."), lang="en"))
    assert server.asked[0]["input"] == "It costs $5.50 at example.com."


@pytest.mark.parametrize("fault", [500, 503, 429, "hang up"])
def test_what_fails_before_it_is_heard_is_tried_again(server: SpeechServer, fault: Any) -> None:
    server.faults.extend([fault, fault])
    assert spoken(node(server), STEP)[0].payload.text == MORNING
    assert len(server.asked) == 3


def test_a_text_that_stays_unspoken_is_counted_and_told(
    server: SpeechServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.extend([500, 500, 500])
    with caplog.at_level(logging.WARNING):
        pieces = [packet.payload for packet in spoken(node(server), STEP, LATER)]
    assert (pieces[0].text, pieces[0].skipped) == (LATER.text, 1)
    assert "did not speak 'Good morning, everyone.': it answers 500: " in caplog.text
    assert "as the test wants it" in caplog.text


def test_a_text_that_is_refused_is_left_out_at_once(
    server: SpeechServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.append(400)
    assert len({packet.payload.text for packet in spoken(node(server), STEP, LATER)} - {""}) == 1
    assert "the service refuses it: 400" in caplog.text
    assert len(server.asked) == 2


def test_what_breaks_in_the_middle_is_not_said_twice(
    server: SpeechServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.append("half")
    heard = joined(spoken(node(server), STEP))
    assert len(server.asked) == 1
    assert len(heard) < 0.7 * len(said(MORNING))
    assert "did not speak 'Good morning, everyone.'" in caplog.text


def test_a_service_that_says_nothing_is_given_up(
    server: SpeechServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.extend(["silence"] * 3)
    assert spoken(node(server, timeout_s=0.05), STEP) == []
    assert "no answer within 0.05 s" in caplog.text


def test_a_service_that_keeps_failing_ends_the_run(server: SpeechServer) -> None:
    server.faults.extend([500] * 6)
    with pytest.raises(MediaError, match=r"failed to speak 2 texts in a row .*check the network and the url"):
        spoken(node(server, patience=1), STEP, LATER)


@pytest.mark.parametrize(
    ("fault", "settings", "error"),
    [
        (401, {}, r"answers 401 .*check the key, the model and the url"),
        (404, {}, r"answers 404 .*check the key, the model and the url"),
        ("redirect", {}, r"answers 307 .*check the key, the model and the url"),
        ("html", {}, r"answers with text/html, not with PCM or WAV; set format to wav, or check the url"),
        ("", {"format": "wav", "rate_hz": 24_000}, "its WAV file has 22050 Hz; set rate_hz to 22050"),
    ],
)
def test_what_every_text_would_get_ends_the_run(
    server: SpeechServer, fault: Any, settings: dict[str, Any], error: str
) -> None:
    server.faults.extend([fault] if fault else [])
    with pytest.raises(InputError, match=error):
        spoken(node(server, **settings), STEP)


def test_the_key_comes_from_the_environment_or_a_file(
    server: SpeechServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    monkeypatch.setenv("MY_KEY", "sk-two")
    (tmp_path / "key").write_text("sk-three\n")
    for settings in ({}, {"key_variable": "MY_KEY"}, {"key_file": str(tmp_path / "key")}):
        spoken(node(server, **settings), STEP)
    assert [it["authorization"] for it in server.headers] == [
        "Bearer sk-one",
        "Bearer sk-two",
        "Bearer sk-three",
    ]


def test_a_key_is_wanted_and_never_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="there is no key; put it into OPENAI_API_KEY, or into a file that"):
        OpenAIVoice().open()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    with pytest.raises(InputError, match=r"would send the key unencrypted; give https://"):
        OpenAIVoice(url="http://tts.example/v1/audio/speech").open()
    with pytest.raises(ValueError, match=r"is none of a web service; give https://host"):
        OpenAIVoice(url="tts.example")


@pytest.mark.parametrize("step", [Text((), "Good mor", "en"), Text(words("… — !"), lang="en"), Text()])
def test_what_cannot_be_said_or_may_still_change_is_not_sent(server: SpeechServer, step: Text) -> None:
    assert spoken(node(server), step) == []
    assert server.asked == []


def test_it_speaks_by_the_gateway_of_this_house() -> None:
    gateway = Gateway(Recipes(Operator(voice="tts.espeak")), Keyring([]), Limits(max_load=100.0), cores=2)
    with listening(gateway) as served:
        it = OpenAIVoice(url=f"{served.http}/v1/audio/speech", model="tts-1", tell_lang=True)
        packets = spoken(it, Text(words("Bom dia a todos."), lang="pt"))
    pieces = [packet.payload for packet in packets]
    assert (pieces[0].text, pieces[0].lang, pieces[0].rate_hz) == ("Bom dia a todos.", "pt", 24_000)
    assert 0.5 < len(joined(packets)) / 24_000 < 3
