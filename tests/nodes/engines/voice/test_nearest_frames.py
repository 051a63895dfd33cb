"""Frames are led towards the speaker's frames of like content, by a profile that is measured once."""

from __future__ import annotations

import gc
import weakref

import numpy as np
from numpy.typing import NDArray

from nodes._engines.voice.nearest_frames import CLAMP, STEPS, corrections
from nodes._engines.voice.spectrum import BINS, framed
from pipeline.media import Samples, VoiceProfile
from pipeline.media.voice import EMBEDDING, SPECTRUM

RATE_HZ = 16_000


def vowels(formants_hz: tuple[float, ...], seconds: float = 3.0) -> Samples:
    """Buzzes at 120 Hz, 0.3 s each, whose spectrum peaks at one formant after another; (n,) float32."""
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(times))
    for harmonic in range(1, 60):
        hz = 120 * harmonic
        level = [1 / (1 + ((hz - formant) / 200) ** 2) for formant in formants_hz]
        now = np.array(level)[(times / 0.3).astype(int) % len(formants_hz)]
        sound += now * np.sin(2 * np.pi * hz * times)
    return np.asarray(0.1 * sound / np.abs(sound).max(), np.float32)


def profile(samples: Samples) -> VoiceProfile:
    none = np.zeros(EMBEDDING, np.float32)
    flat = np.zeros(SPECTRUM, np.float32)
    return VoiceProfile(1, samples, RATE_HZ, none, 120.0, 0.1, flat, 7600.0, 40.0)


OURS = vowels((600.0, 1800.0, 1000.0))
POWER = framed(OURS, RATE_HZ)


def test_one_who_sounds_the_same_is_left_as_they_are() -> None:
    gains = corrections(POWER, profile(OURS), 1.0)
    assert gains.shape == (len(POWER), BINS)
    assert np.abs(gains).mean() < 0.05


def test_the_gains_lead_towards_the_speaker_within_the_bounds() -> None:
    theirs = vowels((750.0, 2200.0, 1200.0))
    full = corrections(POWER, profile(theirs), 1.0)
    half = corrections(POWER, profile(theirs), 0.5)
    assert np.abs(full).max() <= len(STEPS) * CLAMP + 1e-6
    assert 0 < np.abs(half).mean() < np.abs(full).mean()


def test_what_is_led_there_is_nearer_to_the_speaker_than_before() -> None:
    theirs = vowels((750.0, 2200.0, 1200.0))

    def away(power: NDArray[np.float32]) -> float:
        """Mean of the natural log gain that is still asked for."""
        return float(np.abs(corrections(power, profile(theirs), 1.0)).mean())

    assert away(POWER * np.exp(2 * corrections(POWER, profile(theirs), 0.8))) < 0.5 * away(POWER)


def test_the_same_profile_again_gives_the_same() -> None:
    theirs = vowels((750.0, 2200.0, 1200.0))
    one = profile(theirs)
    np.testing.assert_array_equal(corrections(POWER, one, 1.0), corrections(POWER, one, 1.0))
    np.testing.assert_array_equal(corrections(POWER, one, 1.0), corrections(POWER, profile(theirs), 1.0))


def test_a_silent_profile_and_silence_change_nothing() -> None:
    assert not corrections(POWER, profile(np.zeros(RATE_HZ, np.float32)), 1.0).any()
    assert not corrections(np.zeros_like(POWER), profile(OURS), 1.0).any()


def test_what_was_measured_goes_with_the_profile() -> None:
    one = profile(OURS)
    corrections(POWER, one, 1.0)
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
