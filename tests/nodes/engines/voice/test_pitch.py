import numpy as np
import pytest

from nodes._engines.voice.pitch import curve, pitch_of, summary
from pipeline.media import Samples
from pipeline.testing import noise, silence

pytest.importorskip("swift_f0")


def buzz(hz: float, seconds: float = 2.0, rate_hz: int = 16_000, sway: float = 0.0) -> Samples:
    """A voice-like tone with all its harmonics, whose pitch sways by `sway` (natural log) three times a second."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * np.cumsum(hz * np.exp(sway * np.sin(2 * np.pi * 3 * t))) / rate_hz
    parts = [0.1 / k * np.sin(k * phase + k * k) for k in range(1, int(5000 / hz))]
    return np.asarray(np.sum(parts, axis=0), np.float32)


@pytest.mark.parametrize("hz", [80, 120, 220, 330, 450])
@pytest.mark.parametrize("rate_hz", [16_000, 24_000])
def test_the_pitch_of_a_buzz_is_found_and_no_octave_is_missed(hz: float, rate_hz: int) -> None:
    found = pitch_of(buzz(hz, rate_hz=rate_hz), rate_hz)
    assert found is not None
    assert found[0] == pytest.approx(hz, rel=0.02)
    assert found[1] < 0.02


def test_the_spread_says_how_far_a_pitch_moves() -> None:
    spreads = [found[1] for sway in (0.05, 0.2) if (found := pitch_of(buzz(150, sway=sway), 16_000))]
    assert spreads == pytest.approx([0.05 * 2**-0.5, 0.2 * 2**-0.5], rel=0.35)


@pytest.mark.parametrize("sound", [noise(2.0), silence(2.0), silence(0.0), buzz(200, 0.1)])
def test_noise_silence_and_a_blip_have_no_pitch(sound: Samples) -> None:
    assert pitch_of(sound, 16_000) is None


def test_there_is_a_value_every_sixteen_milliseconds_and_none_in_silence() -> None:
    hz = curve(np.concatenate([silence(0.5), buzz(200, 1.0), silence(0.5)]), 16_000)
    assert len(hz) == 125
    assert not hz[:25].any()
    assert hz[40:85] == pytest.approx(np.full(45, 200.0), rel=0.02)


def test_moments_an_octave_off_do_not_count() -> None:
    hz = np.array([200.0] * 50 + [100.0] * 10 + [0.0] * 20, np.float32)
    found = summary(hz)
    assert found is not None
    assert found == pytest.approx((200, 0), abs=1e-3)
