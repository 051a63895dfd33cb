"""Speech into English text: the twin of the recogniser."""

from __future__ import annotations

import pytest

from nodes.asr.whisper import WhisperRecogniser
from nodes.translate.whisper import WhisperTranslator
from pipeline.media import Activity
from pipeline.packet import Packet
from pipeline.settings import settings_of
from pipeline.testing import audio, feed
from tests.media import need_model, speech


def test_it_has_the_settings_of_the_recogniser() -> None:
    assert settings_of(WhisperTranslator) == settings_of(WhisperRecogniser)


@pytest.mark.model
@pytest.mark.media
@pytest.mark.timeout(120)
def test_spanish_comes_out_in_english() -> None:
    need_model("whisper-base")
    sound = audio(speech("es", prompt="agent-incorrect"))
    spoken = [Packet(Activity(0.9, True), frame.start, frame.end) for frame in sound]
    told = feed(WhisperTranslator(lang="es"), audio=sound, speech=spoken).translation
    assert {packet.payload.lang for packet in told} == {"en"}
    text = " ".join(packet.payload.text for packet in told if packet.payload.committed).lower()
    assert "number" in text
