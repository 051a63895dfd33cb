"""What Whisper hears of a sound is what it was trained on, however the sound came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes._engines.whisper.features import HOP, LogMel, levelled, whole

PAD = np.zeros(16_000, np.float32)


def sound(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Noise that swells and fades, with a tone in it; (n,) float32, 16 kHz."""
    at = np.arange(round(seconds * 16_000)) / 16_000
    swell = 0.1 + np.square(np.sin(2 * at))
    hiss = np.random.default_rng(seed).normal(0, 0.02, len(at))
    return np.asarray(swell * (hiss + 0.1 * np.sin(2 * np.pi * 440 * at)), np.float32)


@pytest.mark.parametrize("bands", [80, 128])
def test_they_are_those_of_faster_whisper(bands: int) -> None:
    theirs = pytest.importorskip("faster_whisper.feature_extractor").FeatureExtractor(feature_size=bands)
    heard = sound(3.21)
    ours = levelled(LogMel(bands).of(np.concatenate([heard, PAD])))
    assert np.abs(ours - theirs(heard, padding=len(PAD))).max() < 1e-6


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=6).map(sorted))
def test_sound_that_grows_gives_the_same_as_all_at_once(cuts: list[int]) -> None:
    everything, features = sound(2.0), LogMel(80)
    known = None
    for cut in [*cuts, len(everything)]:
        heard = features.of(np.concatenate([everything[:cut], PAD]), known)
        known = heard[:, : whole(cut)]
    assert np.array_equal(heard, features.of(np.concatenate([everything, PAD])))


def test_a_tone_is_loudest_in_its_band_and_silence_is_flat() -> None:
    heard = LogMel(80).of(np.asarray(np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000), np.float32))
    assert heard.shape == (80, 16_000 // HOP)
    low, high = 1000 / (200 / 3) - 1, 1000 / (200 / 3) + 1  # mel, a band to either side
    loudest = heard[:, 50].argmax() * 45.25 / 81 + 45.25 / 81
    assert low < loudest < high
    silent = levelled(LogMel(80).of(PAD))
    assert silent.min() == silent.max() == -1.5
