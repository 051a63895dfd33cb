"""A voice gets a wider or a narrower melody; all else of it stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.intonation import widened
from nodes._engines.voice.pitch import HOP, curve, summary
from nodes._engines.voice.pitch import RATE_HZ as PITCH_HZ
from pipeline.media import Floats, Samples
from pipeline.testing import silence

RATE_HZ, HOP_S = 24_000, HOP / PITCH_HZ


def voice(duration_s: float = 2.0, middle_hz: float = 150.0, swing: float = 0.15) -> tuple[Samples, Floats]:
    """A buzz with three formants whose pitch swings, between silences; and its pitch curve."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    hz = middle_hz * np.exp(swing * np.sin(2 * np.pi * 1.5 * t))
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    sound = sum(
        np.exp(-((k * middle_hz - f) ** 2) / 2e5) * np.sin(k * phase)
        for k in range(1, 20)
        for f in (500, 1500, 2500)
    )
    buzz = (0.2 * sound / np.abs(sound).max()).astype(np.float32)
    curve_hz = hz[:: round(HOP_S * RATE_HZ)].astype(np.float32)
    still = silence(0.32, RATE_HZ)
    quiet = np.zeros(round(0.32 / HOP_S), np.float32)
    return np.concatenate([still, buzz, still]), np.concatenate([quiet, curve_hz, quiet])


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_the_melody_becomes_as_wide_as_asked_around_the_same_middle(factor: float) -> None:
    pytest.importorskip("swift_f0", reason="swift-f0 is not installed: pip install 'dragoman[tts]'")
    sound, hz = voice()
    before, after = (
        summary(curve(sound, RATE_HZ)),
        summary(curve(widened(sound, RATE_HZ, hz, HOP_S, factor), RATE_HZ)),
    )
    assert before is not None
    assert after is not None
    assert after[0] == pytest.approx(before[0], rel=0.04)
    assert after[1] / before[1] == pytest.approx(factor, rel=0.15)


@settings(max_examples=15)
@given(factor=st.floats(0.65, 1.55), middle_hz=st.floats(80, 300), swing=st.floats(0, 0.3))
def test_it_stays_as_long_and_about_as_loud_and_has_no_clicks(
    factor: float, middle_hz: float, swing: float
) -> None:
    sound, hz = voice(1.0, middle_hz, swing)
    made = widened(sound, RATE_HZ, hz, HOP_S, factor)
    assert len(made) == len(sound)
    assert np.abs(made).max() <= 1.5 * np.abs(sound).max()
    assert np.abs(np.diff(made)).max() < 2 * np.abs(np.diff(sound)).max()
    level = np.sqrt(np.mean(made**2) / np.mean(sound**2))
    assert 0.7 < level < 1.4


def test_what_is_not_voiced_stays_sample_for_sample() -> None:
    sound, hz = voice()
    made = widened(sound, RATE_HZ, hz, HOP_S, 1.5)
    np.testing.assert_array_equal(made[: RATE_HZ // 4], sound[: RATE_HZ // 4])
    np.testing.assert_array_equal(widened(sound, RATE_HZ, 0 * hz, HOP_S, 1.5), sound)


def test_the_melody_it_has_is_left_as_it_is() -> None:
    sound, hz = voice()
    np.testing.assert_allclose(widened(sound, RATE_HZ, hz, HOP_S, 1.0), sound, atol=1e-4)


def test_a_factor_at_which_voices_sound_made_is_refused() -> None:
    sound, hz = voice(0.5)
    with pytest.raises(ValueError, match=r"factor 2 is out of range; give 0\.625 to 1\.6"):
        widened(sound, RATE_HZ, hz, HOP_S, 2.0)
