"""Speech gets faster or slower, keeps its pitch, and is still understood."""

from __future__ import annotations

import re

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.joining import faded
from nodes._engines.stretching import stretched
from nodes._engines.voice.hearing import Hearing
from pipeline.testing import noise, tone
from tests.media import need_model

SENTENCES = (
    "If you turn left behind the church, you will find a small museum with old musical instruments.",
    "The orchestra played an old song that every child in the village knew by heart.",
)


@settings(max_examples=25)
@given(
    tempo=st.floats(0.5, 2),
    count=st.integers(0, 30_000),
    rate_hz=st.sampled_from([16_000, 22_050, 24_000]),
    level_dbfs=st.floats(-40, -4),
)
def test_its_length_is_as_asked_and_nothing_is_louder_than_before(
    tempo: float, count: int, rate_hz: int, level_dbfs: float
) -> None:
    sound = np.clip(noise(2, level_dbfs, rate_hz)[:count], -1, 1)
    made = stretched(sound, rate_hz, tempo)
    near = abs(tempo - 1) < 0.005
    assert len(made) == (count if near else int(count / tempo))
    assert np.abs(made).max(initial=0) <= np.abs(sound).max(initial=0)


@pytest.mark.parametrize("tempo", [0.7, 0.9, 1.2, 1.35, 2.0])
def test_a_tone_keeps_its_pitch_and_has_no_clicks(tempo: float) -> None:
    sound = faded(tone(1.0, 220), 16_000)
    made = stretched(sound, 16_000, tempo)
    spectrum = np.abs(np.fft.rfft(made * np.hanning(len(made))))
    assert np.fft.rfftfreq(len(made), 1 / 16_000)[spectrum.argmax()] == pytest.approx(220, abs=3)
    assert np.abs(np.diff(made)).max() < 2 * np.abs(np.diff(sound)).max()
    assert made[0] == made[-1] == 0


def test_the_same_speech_gives_the_same_and_is_left_as_it_was() -> None:
    sound = noise(1, -20)
    before = sound.copy()
    np.testing.assert_array_equal(stretched(sound, 16_000, 1.3), stretched(sound, 16_000, 1.3))
    np.testing.assert_array_equal(sound, before)


def test_a_pace_at_which_syllables_are_lost_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tempo 2\.5 is out of range; give 0\.5 to 2"):
        stretched(tone(1), 16_000, 2.5)


@pytest.mark.model
def test_at_the_most_that_keeping_up_asks_for_every_word_is_understood() -> None:
    hibari = pytest.importorskip("hibari", reason="hibari is not installed: pip install 'dragoman[tts]'")
    ears = Hearing(need_model("whisper-base"), threads=2)
    voice = hibari.Hibari("heart")
    heard = [
        _once(
            _plain(ears(stretched(np.asarray(voice(said, seed=0), np.float32), 24_000, 1.35), 24_000, "en"))
        )
        for said in SENTENCES
    ]
    assert jiwer.wer([_plain(said) for said in SENTENCES], heard) <= 0.02


def _once(said: str) -> str:
    """What was heard, without its repetition: the recogniser says a short sentence twice."""
    begins = " ".join(said.split()[:4])
    again = said.find(begins, len(begins))
    return said if again < 0 else said[:again].strip()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z ]", "", text.lower()).split())
