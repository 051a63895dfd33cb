import numpy as np
import pytest

from nodes._engines.resampler import Resampler
from pipeline.testing import noise, tone


@pytest.mark.parametrize(("from_hz", "most_ms"), [(8_000, 5), (44_100, 3), (48_000, 3), (96_000, 3)])
def test_little_stays_inside_so_live_sound_comes_soon(from_hz: int, most_ms: float) -> None:
    resampler, given = Resampler(from_hz, 16_000), 0
    for index in range(1, 20):
        given += len(resampler.feed(noise(0.02, rate_hz=from_hz)))
        assert index * 20 - given / 16 < most_ms


@pytest.mark.parametrize("count", [0, 1, 2, 63, 1000])
@pytest.mark.parametrize(("from_hz", "to_hz"), [(8_000, 16_000), (48_000, 16_000), (44_100, 24_000)])
def test_as_many_samples_come_out_as_the_time_asks_for(count: int, from_hz: int, to_hz: int) -> None:
    resampler = Resampler(from_hz, to_hz)
    out = [resampler.feed(noise(1.0)[:count]), resampler.flush()]
    assert sum(map(len, out)) == round(count * to_hz / from_hz)


def test_the_pass_band_is_flat_to_seven_kilohertz() -> None:
    for hz in (100, 1000, 4000, 7000):
        resampler = Resampler(48_000, 16_000)
        sound = resampler.feed(tone(1.0, hz=hz, level_dbfs=-12, rate_hz=48_000))[500:-500]
        assert 20 * np.log10(sound.std()) == pytest.approx(-12, abs=0.05)
