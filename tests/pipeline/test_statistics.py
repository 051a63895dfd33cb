"""Counts that cost next to nothing: quantiles within 7 % in constant memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.statistics import Histogram, NodeCounts

QUANTILES = st.sampled_from([0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0])


@given(values=st.lists(st.integers(0, 10**12), min_size=1, max_size=200), q=QUANTILES)
def test_every_quantile_is_within_7_per_cent_of_the_exact_one(values: list[int], q: float) -> None:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    exact = float(np.quantile(values, q, method="inverted_cdf"))
    assert histogram.quantile(q) == pytest.approx(exact, rel=0.07, abs=0.5)
    assert (histogram.count, histogram.total) == (len(values), sum(values))


def test_no_values_have_no_quantile_but_zero() -> None:
    assert Histogram().quantile(0.5) == 0


def test_memory_does_not_grow_with_the_number_of_values() -> None:
    histogram = Histogram()
    for value in range(1, 200_000, 7):
        histogram.add(value)
    assert len(histogram._buckets) <= 512


def test_a_node_counts_its_steps() -> None:
    counts = NodeCounts()
    counts.busy.add(3)
    counts.busy.add(5)
    assert (counts.calls, counts.busy.total, counts.failed, counts.restarts) == (2, 8, 0, 0)
