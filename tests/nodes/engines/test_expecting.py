"""Words to expect reach the recogniser: as it would write them, once, and no longer than they are expected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nodes._engines.live import LiveRecogniser
from nodes.asr.whisper import WhisperRecogniser
from nodes.translate.whisper import WhisperTranslator
from pipeline.clock import seconds
from pipeline.media import Activity, AudioFrame, Term, Terms
from pipeline.packet import Packet
from pipeline.testing import audio, feed, silence
from tests.media import need_model, speech

Sound = list[Packet[AudioFrame]]
NAMES = (Term("Lucía", "Lucie", "en"), Term("banco", "banca", "pt"), Term("Carton", until=seconds(1)))


def spoken(sound: Sound) -> list[Packet[Activity]]:
    return [Packet(Activity(0.9, True), frame.start, frame.end) for frame in sound]


def quiet(sound: Sound) -> list[Packet[Activity]]:
    return [Packet(Activity(0.0, False), frame.start, frame.end) for frame in sound]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the recogniser was told to expect, each time."""
    need_model("whisper-base")
    found: list[tuple[str, ...]] = []

    def expect(self: LiveRecogniser, terms: Sequence[str]) -> None:
        if terms:
            found.append(tuple(terms))

    monkeypatch.setattr(LiveRecogniser, "expect", expect)
    return found


@pytest.mark.model
def test_terms_are_told_when_they_change(told: list[tuple[str, ...]]) -> None:
    sound = audio(silence(3))
    feed(WhisperRecogniser(lang="es"), audio=sound, speech=quiet(sound), bias=[Packet(Terms(NAMES), 0, 0)])
    assert told == [("Lucía", "banco", "Carton"), ("Lucía", "banco")]


@pytest.mark.model
def test_a_translator_into_english_expects_english(told: list[tuple[str, ...]]) -> None:
    sound = audio(silence(0.5))
    feed(WhisperTranslator(lang="es"), audio=sound, speech=quiet(sound), bias=[Packet(Terms(NAMES), 0, 0)])
    assert told == [("Lucie", "banco", "Carton")]


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(120)
def test_a_rare_name_is_heard_when_it_is_expected() -> None:
    need_model("whisper-base")
    sound = audio(speech("fr", transcript="Fisichella"))

    def heard(*terms: str) -> str:
        bias = [Packet(Terms.of(*terms), 0, 0)]
        said = feed(WhisperRecogniser(lang="fr"), audio=sound, speech=spoken(sound), bias=bias).transcript
        return " ".join(packet.payload.text for packet in said)

    assert "Fisichella" not in heard()
    assert "Fisichella" in heard("Giancarlo Fisichella")
