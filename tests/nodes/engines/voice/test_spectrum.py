import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.spectrum import BINS, FREQUENCIES, bandwidth_of, long_term, smooth, without_silences
from pipeline.testing import noise, silence, tone


@pytest.mark.parametrize("rate_hz", [16_000, 24_000])
def test_a_tone_stands_at_its_bin_whatever_the_rate(rate_hz: int) -> None:
    spectrum = long_term(tone(1.0, 1000, rate_hz=rate_hz), rate_hz)
    assert spectrum.shape == (BINS,)
    assert spectrum.dtype == np.float32
    assert FREQUENCIES[spectrum.argmax()] == 1000


def test_silence_between_words_is_no_part_of_the_spectrum() -> None:
    words = noise(2.0)
    paused = np.concatenate([words[:16_000], silence(3.0), words[16_000:]])
    assert long_term(paused, 16_000)[10:390] == pytest.approx(long_term(words, 16_000)[10:390], abs=0.15)


@given(st.floats(0.5, 6), st.floats(-3, 3))
def test_smoothing_keeps_what_is_flat_and_evens_what_is_not(erb: float, level: float) -> None:
    flat = np.full(BINS, level, np.float32)
    assert smooth(flat, erb) == pytest.approx(flat, abs=1e-4)
    rough = flat + np.random.default_rng(0).standard_normal(BINS).astype(np.float32)
    assert smooth(rough, erb).std() < 0.8 * rough.std()


def test_a_telephone_is_known_by_where_its_sound_ends() -> None:
    wide = noise(3.0, -20)
    narrow = at_rate(at_rate(wide, 16_000, 8_000), 8_000, 16_000)
    assert bandwidth_of(long_term(wide, 16_000), 16_000) == 7600
    assert 3500 < bandwidth_of(long_term(narrow, 16_000), 16_000) <= 5000


def test_long_silences_go_and_short_ones_stay() -> None:
    short = np.concatenate([tone(1.0), silence(0.2), tone(1.0)])
    assert len(without_silences(short, 16_000)) == len(short)
    long = np.concatenate([silence(2.0), tone(1.0), silence(5.0), tone(1.0), silence(2.0)])
    assert len(without_silences(long, 16_000)) / 16_000 == pytest.approx(2.6, abs=0.05)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05, 0.11])
def test_the_shortest_sounds_are_no_error(seconds: float) -> None:
    assert len(without_silences(noise(seconds), 16_000)) <= round(seconds * 16_000)
    assert len(at_rate(noise(seconds), 16_000, 24_000)) == round(round(seconds * 16_000) * 1.5)
