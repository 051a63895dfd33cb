"""A client of translation sessions, against the gateway of this house: real models, a real recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.translate._openai import TranslationsWire
from nodes.translate.openai import OpenAITranslator
from pipeline.errors import InputError, MediaError
from pipeline.media import AudioFrame, Text, join_words
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.testing import audio, feed, silence
from tests.gateway.conftest import TOKEN, Served
from tests.gateway.recording import speech


def sound(rate_hz: int) -> list[Packet[AudioFrame]]:
    """The recording and some silence."""
    samples = np.frombuffer(speech(rate_hz), "<i2").astype(np.float32) / np.float32(32768)
    return audio(np.concatenate([samples, silence(1.5, rate_hz)]), rate_hz, 200)


def text(payloads: list[Any]) -> str:
    return join_words(word for payload in payloads if isinstance(payload, Text) for word in payload.committed)


def node(served: Served, **settings: Any) -> OpenAITranslator:
    url = f"ws://127.0.0.1:{served.port}/v1/realtime/translations"
    return OpenAITranslator(**{"to": "pt", "url": url, **settings})


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", TOKEN)


def test_speech_comes_out_as_text_of_both_languages_and_as_speech(served: Served) -> None:
    told = feed(node(served), sound(24_000))
    assert "afraid" in text([packet.payload for packet in told.transcript])
    assert "medo" in text([packet.payload for packet in told.translation])
    spoken = [packet.payload for packet in told.speech]
    assert 2 < sum(len(piece.samples) for piece in spoken) / 24_000 < 8
    plays = [piece.plays_at for piece in spoken]
    assert plays == sorted(plays)
    words = [word for packet in told.translation for word in packet.payload.committed]
    assert all(word.start <= word.end for word in words)


def test_without_transcription_the_source_is_not_told(served: Served) -> None:
    told = feed(node(served, transcribe=False), sound(24_000)[:10])
    assert told.transcript == []


def said(it: OpenAITranslator, packets: list[Packet[AudioFrame]]) -> Iterator[Emission[Any]]:
    for packet in packets:
        yield from it.process(packet)


def test_a_connection_that_is_lost_is_opened_again_and_nothing_that_was_said_is_missing(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    packets = sound(24_000)
    it = node(served, transcribe=False)
    it.open()
    try:
        before = list(said(it, packets[:8]))
        served.portal.call(hung_up, served)
        told = [*before, *said(it, packets[8:]), *it.finish()]
    finally:
        it.close()
    assert "connected again" in caplog.text
    assert "medo" in text([emission.payload for emission in told])


async def hung_up(served: Served) -> None:
    """The server lets all its sessions go."""
    for seat in list(served.gateway.seats.values()):
        served.gateway.close(seat)


def test_a_connection_that_stays_lost_ends_the_run(served: Served) -> None:
    it = node(served, patience_s=2)
    it.open()
    try:
        served.gateway.stopping = True  # the next sessions are refused
        served.portal.call(hung_up, served)
        with pytest.raises(MediaError, match=r"out of reach \(for 2 s of sound\); check the network"):
            list(said(it, sound(24_000)))
    finally:
        served.gateway.stopping = False
        it.close()


def test_a_key_may_lie_in_a_file(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    file = tmp_path / "key"
    file.write_text(f"{TOKEN}\n")
    it = node(served, key_file=str(file))
    it.open()
    it.close()


def test_without_a_key_it_is_said_where_to_put_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(InputError, match="there is no key; put it into OPENAI_API_KEY, or into a file"):
        OpenAITranslator().open()
    with pytest.raises(InputError, match=r"key_file nowhere: cannot be read \(No such file"):
        OpenAITranslator(key_file="nowhere").open()


def test_a_wrong_key_and_wrong_settings_are_said_at_once(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"the service refuses: .*; change the settings"):
        node(served, to="xx").open()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    with pytest.raises(InputError, match=r"answers 401 .*check the key, the model and the URL"):
        node(served).open()


def test_a_service_that_is_not_there_is_said() -> None:
    with pytest.raises(MediaError, match=r"the service is out of reach \(.*refused.*\); check the network"):
        OpenAITranslator(url="ws://127.0.0.1:9/v1").open()


@pytest.mark.parametrize("url", ["ws://example.org/v1", "https://example.org", "api.openai.com", ""])
def test_a_key_is_not_sent_unencrypted_to_another_machine(url: str) -> None:
    with pytest.raises(ValueError, match="give wss://"):
        OpenAITranslator(url=url)


@pytest.mark.parametrize("event", [{}, {"type": 3}, {"type": "session.output_audio.delta", "delta": "?"}])
def test_what_a_service_should_not_send_says_nothing(event: dict[str, Any]) -> None:
    told = TranslationsWire("pt", "").read(event)
    assert all(len(getattr(one, "samples", ())) == 0 for one in told)
