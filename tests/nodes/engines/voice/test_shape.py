"""Whatever a timbre says, an engine is led within the clamps, and not at all where it says nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.voice.engine import Stock
from nodes._engines.voice.shape import EQUALISER, NEAREST, PITCH_HZ, SPREAD_RATIO, WARP, shape_of
from pipeline.media import Timbre, VoiceProfile

STOCK = Stock(200.0, 0.17, np.zeros(601, np.float32))
ANY = st.floats(allow_nan=True, allow_infinity=True, width=32)


def profile(pitch_hz: float = 120.0, spread: float = 0.2) -> VoiceProfile:
    return VoiceProfile(
        1, np.zeros(8, np.float32), 16_000, np.zeros(256, np.float32), pitch_hz, spread,
        np.zeros(601, np.float32), 7600.0, 30.0,
    )  # fmt: skip


@given(strength=ANY, warp=ANY, gain=ANY, nearest=ANY, pitch_hz=ANY, spread=ANY)
def test_no_timbre_leads_an_engine_beyond_the_clamps(
    *, strength: float, warp: float, gain: float, nearest: float, pitch_hz: float, spread: float
) -> None:
    gains = np.full(601, gain, np.float32)
    timbre = Timbre(1, "any", "first", strength, profile(pitch_hz, spread), warp, gains, nearest)
    shape = shape_of(timbre, STOCK)
    if shape is None:
        assert not strength > 0
        return
    assert PITCH_HZ[0] <= shape.pitch[1] <= PITCH_HZ[1]
    assert 1 / SPREAD_RATIO <= shape.spread <= SPREAD_RATIO
    assert WARP[0] <= shape.warp <= WARP[1]
    assert 0 <= shape.nearest <= NEAREST
    assert shape.equaliser is None or np.abs(shape.equaliser).max() <= EQUALISER + 1e-6


@pytest.mark.parametrize("timbre", [None, Timbre(1, "any", "stock"), Timbre(1, "any", "first", math.nan)])
def test_the_stock_voice_is_left_as_it_is(timbre: Timbre | None) -> None:
    assert shape_of(timbre, STOCK) is None


def test_half_the_strength_is_half_the_way() -> None:
    gains = np.ones(601, np.float32)
    whole, half = (
        shape_of(Timbre(1, "any", "first", strength, profile(), 0.9, gains, 0.8), STOCK)
        for strength in (1.0, 0.5)
    )
    assert whole is not None
    assert half is not None
    assert math.log(half.ratio) == pytest.approx(math.log(whole.ratio) / 2)
    assert math.log(half.warp) == pytest.approx(math.log(whole.warp) / 2)
    assert half.nearest == pytest.approx(0.4)
    assert whole.equaliser is not None
    assert half.equaliser is not None
    np.testing.assert_allclose(half.equaliser, whole.equaliser / 2)
