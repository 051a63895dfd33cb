"""Attention becomes times: monotone, where the attention lies, by the cheapest path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes._engines.whisper.alignment import _warped, first_positions


def pointing(places: list[int], positions: int, heads: int = 3) -> NDArray[np.float32]:
    """Attention of tokens that each point at a place, (heads, t, positions)."""
    where = np.arange(positions)
    rows = [np.exp(-0.5 * ((where - place) / 6) ** 2) + 1e-3 for place in places]
    shares = np.array([row / row.sum() for row in rows], np.float32)
    return np.tile(shares, (heads, 1, 1))


def test_tokens_begin_where_the_attention_goes_over_to_them() -> None:
    found = first_positions(pointing([20, 60, 120, 180], 200), 200)
    assert found[0] == 0
    assert found[1:] == pytest.approx([40, 90, 150], abs=4)


def test_what_lies_behind_the_sound_is_not_looked_at() -> None:
    attention = pointing([20, 60, 120], 200)
    behind = attention.copy()
    behind[:, :, 150:] += 0.5
    assert first_positions(behind / behind.sum(2, keepdims=True), 150) == first_positions(attention, 150)


@settings(max_examples=60)
@given(tokens=st.integers(1, 12), positions=st.integers(1, 60), seed=st.integers(0, 9999))
def test_times_never_go_back(tokens: int, positions: int, seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.ones(70), (2, tokens)).astype(np.float32)
    found = first_positions(shares, positions)
    assert len(found) == tokens
    assert all(0 <= a <= b < positions for a, b in pairwise([*found, positions - 1]))


@settings(max_examples=60)
@given(rows=st.integers(1, 6), columns=st.integers(1, 9), seed=st.integers(0, 9999))
def test_the_path_is_the_cheapest(rows: int, columns: int, seed: int) -> None:
    cost = np.random.default_rng(seed).normal(size=(rows, columns))
    first = _warped(cost)
    least = np.full((rows, columns), np.inf)
    for i in range(rows):
        for j in range(columns):
            before = min(
                (least[a, b] for a, b in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if a >= 0 and b >= 0),
                default=0.0,
            )
            least[i, j] = cost[i, j] + before
    # the path goes from each row's first column to the next one's, then down, straight or aslant
    paid = 0.0
    for row, (start, after) in enumerate(pairwise([*first, columns])):
        last = columns - 1 if row + 1 == rows else after
        straight, aslant = cost[row, start : last + 1].sum(), cost[row, start:last].sum()
        paid = paid + straight if row + 1 == rows or start == last else paid + min(straight, aslant)
    assert paid == pytest.approx(least[-1, -1])
