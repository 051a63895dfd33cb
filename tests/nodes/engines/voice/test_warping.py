"""Formants go with the pitch, and never out of bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.voice.shape import WARP
from nodes._engines.voice.warping import warp_of, warped

RATIOS = st.floats(0.2, 5)


@given(RATIOS, RATIOS)
def test_a_higher_voice_has_higher_formants(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert WARP[0] <= warp_of(low) <= warp_of(high) <= WARP[1]


def test_the_same_pitch_leaves_them() -> None:
    assert warp_of(1.0) == 1.0


@given(st.integers(60, 330), st.floats(*WARP))
def test_a_peak_below_the_break_goes_where_the_warp_says(at: int, warp: float) -> None:
    spectrum = np.exp(-(((np.arange(601) - at) / 12) ** 2)).astype(np.float32)
    assert abs(int(warped(spectrum, warp).argmax()) - at * warp) <= 2
