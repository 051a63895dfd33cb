"""Loudness is that of the standard, and sound is brought to a loudness without ever being clipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.loudness import LIMITED_DB, PEAK, brought_to, loudness
from pipeline.media import Samples
from pipeline.testing import noise, silence, tone


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_a_sine_of_a_kilohertz_has_the_loudness_that_the_standard_gives_it(rate_hz: int) -> None:
    assert loudness(tone(3, 997, -23, rate_hz), rate_hz) == pytest.approx(-23.0, abs=0.1)


def test_pauses_do_not_make_speech_quieter() -> None:
    speech = noise(2, -20)
    paused = np.concatenate([speech, silence(3), speech])
    assert loudness(paused, 16_000) == pytest.approx(loudness(speech, 16_000), abs=0.6)


def test_a_short_sound_is_measured_like_a_long_one() -> None:
    assert loudness(tone(0.1, 1000, -23), 16_000) == pytest.approx(-23.0, abs=0.2)


@pytest.mark.parametrize("sound", [silence(0), silence(2), noise(2, -95)])
def test_silence_has_none_and_stays(sound: Samples) -> None:
    assert loudness(sound, 16_000) is None
    np.testing.assert_array_equal(brought_to(sound, 16_000, -20), sound)


@settings(max_examples=20)
@given(level_dbfs=st.floats(-50, -6), wanted_lufs=st.floats(-40, -5))
def test_it_is_as_loud_as_asked_or_as_its_peak_allows(level_dbfs: float, wanted_lufs: float) -> None:
    sound = tone(0.5, 500, level_dbfs)
    made = brought_to(sound, 16_000, wanted_lufs)
    assert len(made) == len(sound)
    assert np.abs(made).max() <= PEAK
    reached = loudness(made, 16_000)
    assert reached == pytest.approx(wanted_lufs, abs=0.3) or np.abs(made).max() > 0.97 * PEAK


def test_single_peaks_are_held_down_so_that_the_rest_is_as_loud_as_asked() -> None:
    sound = tone(2, 300, -30)
    sound[16_000:16_010] += np.float32(0.4)  # some 20 dB above the rest
    made = brought_to(sound, 16_000, -21)
    assert loudness(made, 16_000) == pytest.approx(-21, abs=0.5)
    unlimited = np.abs(sound).max() * made[5010] / sound[5010]
    assert PEAK < unlimited < PEAK * 10 ** (LIMITED_DB / 20)
    quiet = slice(2000, 8000)
    np.testing.assert_allclose(made[quiet], sound[quiet] * made[5010] / sound[5010], atol=0.01)
