"""Where sound is cut nobody hears it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.joining import faded, without
from pipeline.testing import tone

RATE_HZ = 16_000
TONE = tone(1.0, 200)
LARGEST = float(np.abs(np.diff(TONE)).max())


@given(st.lists(st.integers(0, RATE_HZ), min_size=2, max_size=8, unique=True))
def test_what_is_taken_out_leaves_no_click_and_all_else_stays(edges: list[int]) -> None:
    found = sorted(edges)
    spans = [(a, b) for a, b in zip(found[::2], found[1::2], strict=False) if b - a > RATE_HZ // 50]
    made = without(TONE, RATE_HZ, spans)
    fade = RATE_HZ * 4 // 1000
    assert len(made) == len(TONE) - sum(b - a - fade for a, b in spans)
    assert np.abs(np.diff(made)).max() < 2.5 * LARGEST


def test_a_cut_shorter_than_its_join_is_left() -> None:
    np.testing.assert_array_equal(without(TONE, RATE_HZ, [(100, 120)]), TONE)


@given(st.integers(0, 2000))
def test_sound_begins_and_ends_at_zero_however_short_it_is(count: int) -> None:
    made = faded(np.ones(count, np.float32), RATE_HZ)
    assert len(made) == count
    assert count < 2 or made[0] == made[-1] == 0
