"""The original sinks under speech and comes back without a jump, and does not come up between two pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.sink._mix import Mix
from pipeline.clock import ms
from pipeline.media import AudioFrame, Samples
from pipeline.testing import silence

RATE_HZ, BLOCK_MS, LENGTH_MS = 8000, 100, 12_000
LOW = 10 ** (-14 / 20)

Laid = tuple[int, int, int]  # when a piece is to begin, how long it is, when it comes; milliseconds


def gain(pieces: Sequence[Laid]) -> Samples:
    """The gain of the original, by an original that is 1 throughout under speech that is silent."""
    mix = Mix(RATE_HZ, lower_db=-14)
    mix.lay_original(AudioFrame(np.ones(RATE_HZ * LENGTH_MS // 1000, np.float32), RATE_HZ), 0)
    waiting, blocks = sorted(pieces, key=lambda laid: laid[2]), []
    for now in range(0, LENGTH_MS, BLOCK_MS):
        while waiting and waiting[0][2] <= now:
            at, length, _ = waiting.pop(0)
            mix.lay_speech(silence(length / 1000, RATE_HZ), RATE_HZ, ms(at))
        blocks.append(mix.take(RATE_HZ * BLOCK_MS // 1000))
    return np.concatenate(blocks)


laid = st.tuples(st.integers(0, 10_000), st.integers(20, 3000), st.integers(0, 11_000))


@settings(max_examples=50)
@given(st.lists(laid, max_size=6))
def test_however_late_pieces_come_the_gain_never_jumps(pieces: list[Laid]) -> None:
    found = gain(pieces)
    assert np.abs(np.diff(found)).max() < 0.003
    assert found.min() >= LOW - 1e-6


@pytest.mark.parametrize(("gap_ms", "comes_up"), [(300, False), (1500, False), (3000, True)])
def test_between_pieces_that_follow_soon_it_stays_low(gap_ms: int, comes_up: bool) -> None:
    found = gain([(1000, 1000, 0), (2000 + gap_ms, 1000, 0)])
    between = found[2 * RATE_HZ : RATE_HZ * (2000 + gap_ms) // 1000]
    assert (between.max() > 0.99) == comes_up


def test_a_piece_in_its_place_has_the_original_low_when_it_begins() -> None:
    assert gain([(1000, 1000, 0)])[RATE_HZ : 2 * RATE_HZ] == pytest.approx(LOW)
