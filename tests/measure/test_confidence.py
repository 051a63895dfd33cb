"""Confidence: intervals that hold, differences that are or are not by chance, and the same figures each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.confidence import Interval, Table, interval, mean_table, paired
from pipeline.measure.text.quality import chrf_table

VALUES = st.lists(st.floats(-1e4, 1e4) | st.none(), min_size=1, max_size=30)


def bounds(table: Table, **how: float) -> Interval:
    """An interval that is there."""
    found = interval(table, **how)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_interval_of_a_mean_is_that_of_statistics() -> None:
    values = np.random.default_rng(1).normal(2000, 300, 400)
    found = bounds(mean_table(values.tolist()), resamples=4000)
    error = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx(
        (found.value - error, found.value + error), abs=error / 10
    )


@given(VALUES)
def test_a_mean_lies_within_its_bounds_and_these_among_the_values(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    found = interval(mean_table(values), resamples=50)
    if not known:
        assert found is None
    else:
        assert found is not None
        assert found.value == pytest.approx(np.mean(known), abs=1e-6)
        assert min(known) - 1e-6 <= found.low <= found.high <= max(known) + 1e-6


def test_the_same_data_give_the_same_bounds() -> None:
    table = mean_table(np.random.default_rng(2).normal(2000, 300, 50).tolist())
    assert interval(table) == interval(table) != interval(table, seed=1)


def test_a_system_that_is_better_on_each_sentence_is_better() -> None:
    before = [2000.0 + 10 * i for i in range(30)]
    found = paired(mean_table(before), mean_table([value - 100 for value in before]))
    assert found is not None
    assert (found.difference, found.low, found.high) == pytest.approx((-100, -100, -100))
    assert found.p < 0.01


def test_a_difference_smaller_than_the_noise_is_by_chance() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.normal(2000, 500, 40), rng.normal(2000, 500, 40)
    found = paired(mean_table(a.tolist()), mean_table(b.tolist()))
    assert found is not None
    assert found.low < 0 < found.high
    assert found.p > 0.05


def test_a_system_does_not_differ_from_itself() -> None:
    table = mean_table([1.0, 5.0, 2.0])
    found = paired(table, table)
    assert found is not None
    assert (found.difference, found.p) == (0, 1)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=20))
def test_what_b_gains_a_loses(pairs: list[tuple[float, float]]) -> None:
    a, b = mean_table([x for x, _ in pairs]), mean_table([y for _, y in pairs])
    there, back = paired(a, b, resamples=40), paired(b, a, resamples=40)
    assert there is not None
    assert back is not None
    assert (there.difference, there.p) == pytest.approx((-back.difference, back.p))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)


def test_p_values_are_those_of_sacrebleu() -> None:
    significance = pytest.importorskip("sacrebleu.significance", reason="sacrebleu is not installed")
    from sacrebleu.metrics import CHRF

    rng = np.random.default_rng(5)
    words = ["time", "wisdom", "light", "hope", "spring", "winter", "despair"]
    references = [" ".join(rng.choice(words, 9)) for _ in range(25)]
    a = [" ".join(rng.permutation(line.split())) for line in references]
    b = [" ".join(rng.permutation(line.split())[:8]) for line in references]
    test = significance.PairedTest(
        [("a", a), ("b", b)], {"chrF2": CHRF(references=[references])}, None, test_type="bs", n_samples=4000
    )
    theirs = test()[1]["chrF2"][1]
    ours = paired(chrf_table(a, references), chrf_table(b, references), resamples=4000)
    assert ours is not None
    assert ours.p == pytest.approx(theirs.p_value, abs=0.03)
    own = bounds(chrf_table(b, references), resamples=4000)
    assert (own.high - own.low) / 2 == pytest.approx(theirs.ci, rel=0.1)


def test_systems_are_compared_on_the_same_sentences() -> None:
    with pytest.raises(ValueError, match="2 and 1 sentences; compare systems on the same sentences"):
        paired(mean_table([1.0, 2.0]), mean_table([1.0]))


def test_where_nothing_can_be_scored_there_is_no_interval() -> None:
    assert interval(mean_table([])) is None
    assert interval(mean_table([None, None])) is None
    assert paired(mean_table([None]), mean_table([1.0])) is None
