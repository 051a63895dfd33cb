"""Sound through filters: nothing asked, nothing changed; gains where they are meant; length and level stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.voice.applying import applied, shaped
from nodes._engines.voice.equaliser import equaliser
from nodes._engines.voice.filtering import filtered, rms, sound, spectra
from nodes._engines.voice.shape import EQUALISER
from nodes._engines.voice.spectrum import FREQUENCIES, long_term
from nodes._engines.voice.warping import warped
from pipeline.media import Floats, Timbre
from pipeline.testing import noise, tone
from tests.nodes.engines.voice import speakers

FLAT = np.zeros(601, np.float32)


def above(hz: float, gain: float) -> Floats:
    """A shelf: natural log gain from a frequency on, (601,) float32."""
    return np.where(hz < FREQUENCIES, gain, 0).astype(np.float32)


@given(length=st.integers(1, 5000))
def test_gains_of_nothing_give_the_sound_back(length: int) -> None:
    samples = noise(1, -20, 24_000)[:length]
    np.testing.assert_allclose(filtered(samples, FLAT), samples, atol=1e-5)


def test_a_gain_is_laid_where_it_is_meant() -> None:
    low, high = tone(0.5, 500, -20, 24_000), tone(0.5, 4000, -20, 24_000)
    inner = slice(2000, -2000)
    both = filtered(low + high, above(2000, -6.0))
    np.testing.assert_allclose(both[inner], low[inner], atol=2e-3)


def test_the_length_is_that_of_what_came_in() -> None:
    for length in (1, 299, 300, 301, 24_000):
        assert sound(spectra(np.ones(length, np.float32)), length).shape == (length,)


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 22_050, 24_000, 48_000])
def test_a_timbre_that_asks_for_nothing_leaves_sound_alone_bit_for_bit(rate_hz: int) -> None:
    samples = noise(0.5, -20, rate_hz)
    for timbre in (
        None,
        Timbre(1, "x", "stock"),
        Timbre(1, "x", "first", 1.0),
        Timbre(1, "x", "first", 1.0, equaliser=FLAT),
    ):
        np.testing.assert_array_equal(applied(samples, rate_hz, timbre), samples)


@settings(max_examples=15)
@given(
    gain=st.floats(-9, 9),
    rate_hz=st.sampled_from([8000, 22_050, 24_000, 48_000]),
    length=st.integers(0, 9000),
)
def test_sound_stays_as_long_and_as_loud(gain: float, rate_hz: int, length: int) -> None:
    samples = noise(1, -20, rate_hz)[:length]
    made = applied(samples, rate_hz, Timbre(1, "x", "first", 1.0, equaliser=above(1000, gain)))
    assert made.shape == samples.shape
    assert np.isfinite(made).all()
    assert float(np.abs(made).max(initial=0)) <= max(0.971, float(np.abs(samples).max(initial=0)))
    assert rms(made) <= rms(samples) * 1.001


def test_an_equaliser_leads_one_spectrum_to_the_other() -> None:
    wanted = above(1000, 0.5) - above(3000, 1.2)
    left = wanted - equaliser(FLAT, wanted)
    inner = (FREQUENCIES > 200) & (FREQUENCIES < 900)
    assert np.ptp(left[inner]) < 0.05
    assert abs(float(left[250] - left[25])) < 0.05  # 5 kHz as 500 Hz: no slope is left


def test_an_equaliser_is_clamped_and_held_where_the_recording_says_nothing() -> None:
    gains = equaliser(FLAT, above(1000, 9.0), bandwidth_hz=4000)
    assert np.abs(gains).max() <= EQUALISER
    telephone = equaliser(FLAT, above(3600, -9.0), bandwidth_hz=3600)
    assert np.ptp(telephone[FREQUENCIES > 3500]) == 0


@given(warp=st.floats(0.8, 1.2))
def test_a_formant_moves_by_the_warp(warp: float) -> None:
    peak = np.exp(-(((FREQUENCIES - 1500) / 200) ** 2)).astype(np.float32)
    assert FREQUENCIES[warped(peak, warp).argmax()] == pytest.approx(1500 * warp, abs=21)


@pytest.mark.model
@pytest.mark.media
def test_nearest_frames_lead_each_sound_towards_the_speaker() -> None:
    theirs = speakers.profile(speakers.MAN)
    samples = speakers.hibari().render("I would like to know whether the meeting was moved.", "en")
    gains = equaliser(long_term(samples, 24_000), theirs.spectrum, bandwidth_hz=theirs.bandwidth_hz)
    plain, near = (shaped(samples, 24_000, gains, share, theirs) for share in (0.0, 0.8))
    assert speakers.alike(near, 24_000, speakers.MAN) > speakers.alike(plain, 24_000, speakers.MAN)
