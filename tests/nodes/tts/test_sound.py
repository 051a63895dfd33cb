"""What leaves a voice starts at once, ends without a long silence, and does not click."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.tts._sound import LEAD_MS, TAIL_MS, trimmed
from pipeline.media import Samples
from pipeline.testing import noise, silence, tone


def test_silence_at_the_ends_is_cut_to_its_bound() -> None:
    whole = np.concatenate([silence(0.4), tone(1.0), silence(0.6)])
    assert len(trimmed(whole, 16_000)) / 16 == pytest.approx(LEAD_MS + 1000 + TAIL_MS, abs=2)


def test_a_quiet_floor_counts_as_silence_too() -> None:
    whole = np.concatenate([silence(0.4), tone(1.0), silence(0.6)]) + noise(2.0, level_dbfs=-75)
    assert len(trimmed(whole, 16_000)) / 16 == pytest.approx(LEAD_MS + 1000 + TAIL_MS, abs=2)


def test_silence_inside_stays() -> None:
    whole = np.concatenate([tone(0.5), silence(0.7), tone(0.5)])
    assert len(trimmed(whole, 16_000)) / 16 == pytest.approx(1700, abs=2)


def test_it_starts_and_ends_at_zero_and_the_input_is_untouched() -> None:
    whole = tone(0.5, hz=1000) + np.float32(0.2)
    before = whole.copy()
    cut = trimmed(whole, 16_000)
    assert cut[0] == cut[-1] == 0
    assert np.abs(np.diff(cut[:8])).max() < 0.05
    np.testing.assert_array_equal(whole, before)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), silence(1.0), np.full(100, 1e-6, np.float32)])
def test_silence_gives_nothing(samples: Samples) -> None:
    assert len(trimmed(samples, 16_000)) == 0
