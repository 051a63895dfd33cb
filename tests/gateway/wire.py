"""What tests of protocols share: events in, events out, and happenings as a session would tell them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

from pipeline.gateway.calls import Call, Refused
from pipeline.gateway.dialects import Event
from pipeline.gateway.dialects._families import family
from pipeline.gateway.dialects.livetranslate import LiveTranslate
from pipeline.gateway.happenings import (
    Happening,
    Heard,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
    TurnStopped,
)
from pipeline.testing import words

MODEL = "qwen3.5-livetranslate-flash-realtime"
MODELS = (MODEL, "qwen3-livetranslate-flash-realtime", "qwen3.8-livetranslate-flash-realtime")


def dialect(model: str = MODEL) -> LiveTranslate:
    found = family(model)
    assert found is not None
    return LiveTranslate(model, "sess_test", found)


def asked(given: LiveTranslate, event: object, *, raw: bool = False) -> list[Event | Call]:
    return given.receive(str(event) if raw else json.dumps(event))


def answered(
    given: LiveTranslate, event: object, *, refusal: Refused | None = None, raw: bool = False
) -> list[dict[str, Any]]:
    """What the client is told of an event, by a session that does all it is asked or refuses it."""
    told: list[dict[str, Any]] = []
    for reaction in asked(given, event, raw=raw):
        if isinstance(reaction, Event):
            told.append(reaction.body)
        elif refusal is None:
            told += [event.body for event in given.done(reaction, 0)]
        else:
            told += [event.body for event in given.refused(reaction, refusal)]
    return told


def update(given: LiveTranslate, **session: object) -> dict[str, Any]:
    [told] = answered(given, {"type": "session.update", "session": session})
    return told


def append(pcm: bytes = b"\0\0" * 160) -> dict[str, str]:
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}


def a_turn(number: int = 0, *, manual: bool = False) -> list[Happening]:
    """A turn that was heard, translated and spoken."""
    second = 1_000_000_000
    samples = np.zeros(24_000 // 2, np.float32)
    return [
        TurnStarted(number, second, manual),
        Heard(number, (), "Le colis", "fr"),
        Heard(number, words("Le colis"), "arrive", "fr"),
        Rendered(number, words("The parcel"), "arrives", "en"),
        Spoken(number, samples, "The parcel"),
        Heard(number, words("arrive."), "", "fr"),
        TurnStopped(number, 3 * second),
        Rendered(number, words("arrives."), "", "en"),
        Spoken(number, samples, "arrives."),
        TurnDone(number, 2000),
    ]


def told(given: LiveTranslate, happenings: list[Happening]) -> list[dict[str, Any]]:
    return [event.body for happening in happenings for event in given.tell(happening)]


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]
