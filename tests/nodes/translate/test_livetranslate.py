"""A client of LiveTranslate, against the gateway of this house: real models, a real recording, pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodes.translate._jpeg import jpeg
from nodes.translate._livetranslate import LiveTranslateWire, settings
from nodes.translate._telling import Complained, Grew
from nodes.translate.livetranslate import LiveTranslator
from pipeline.errors import InputError
from pipeline.gateway.pictures import pixels
from pipeline.testing import feed, pictures
from tests.gateway.conftest import TOKEN, Served
from tests.nodes.translate.test_openai import sound, text


def node(served: Served, **given: Any) -> LiveTranslator:
    return LiveTranslator(**{"from_": "en", "to": "pt", "url": served.ws, **given})


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", TOKEN)


def seen(served: Served) -> float:
    """Pictures that the gateway took so far."""
    lines = served.gateway.metrics.text().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("dragoman_pictures_total"))


def test_speech_and_pictures_go_in_and_text_and_speech_come_out(served: Served) -> None:
    before = seen(served)
    film = pictures([np.full((1440, 2560, 3), shade, np.uint8) for shade in range(0, 100, 2)])
    told = feed(node(served, phrases={"Moses": "Moisés"}), sound(16_000), film)
    assert "afraid" in text([packet.payload for packet in told.transcript])
    assert "medo" in text([packet.payload for packet in told.translation])
    assert 2 < sum(len(packet.payload.samples) for packet in told.speech) / 24_000 < 8
    assert [packet.payload.ends for packet in told.translation][-1] == "pause"
    assert seen(served) - before == 4  # of 2 s, two a second


@pytest.mark.parametrize(
    "model", ["qwen3-livetranslate-flash-realtime", "qwen3.8-livetranslate-flash-realtime"]
)
def test_the_models_before_and_after_tell_the_same(served: Served, model: str) -> None:
    voice = "Cherry" if model.startswith("qwen3-") else "Tina"
    told = feed(node(served, model=model, voice=voice, speak=False), sound(16_000))
    assert "afraid" in text([packet.payload for packet in told.transcript])
    assert "medo" in text([packet.payload for packet in told.translation])
    assert told.speech == []


def test_what_the_service_does_not_take_is_said_at_once(served: Served) -> None:
    with pytest.raises(InputError, match=r"the service refuses: .*Cherry.*; change the settings"):
        node(served, voice="Cherry").open()


def test_a_picture_becomes_a_jpeg_of_a_size_that_services_take() -> None:
    tall = np.zeros((3000, 1000, 3), np.uint8)
    tall[:, :, 0] = 200
    found = pixels(jpeg(tall))
    assert found.shape == (720, 240, 3)
    assert abs(int(found[300, 100, 0]) - 200) < 5


def wire() -> LiveTranslateWire:
    given = settings(from_="auto", to="en", speak=True, voice="", phrases={}, silence_ms=800)
    return LiveTranslateWire(given)


def test_text_that_is_told_whole_each_time_is_passed_on_once() -> None:
    it, kind = wire(), "response.audio_transcript"
    told = [
        *it.read({"type": f"{kind}.text", "item_id": "a", "text": "The parcel", "stash": " arrives"}),
        *it.read({"type": f"{kind}.text", "item_id": "a", "text": "The parcel arrives", "stash": ""}),
        *it.read({"type": f"{kind}.done", "item_id": "a", "transcript": "The parcel arrives."}),
    ]
    assert told == [
        Grew("translation", "The parcel", "a", " arrives"),
        Grew("translation", " arrives", "a"),
        Grew("translation", ".", "a", over=True),
    ]


def test_what_a_service_takes_back_stays_said() -> None:
    it, kind = wire(), "response.text"
    it.read({"type": f"{kind}.text", "item_id": "a", "text": "The parcel"})
    assert it.read({"type": f"{kind}.done", "item_id": "a", "text": "A packet"}) == [
        Grew("translation", "", "a", over=True)
    ]


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        ({"type": "invalid_request_error", "code": "invalid_value"}, True),
        ({"type": "rate_limit_error", "code": "Throttling.RateQuota"}, False),
        ("?", False),
    ],
)
def test_a_refusal_says_whether_another_try_may_do(error: Any, ours: bool) -> None:
    [told] = wire().read({"type": "error", "error": error})
    assert isinstance(told, Complained)
    assert told.ours == ours
