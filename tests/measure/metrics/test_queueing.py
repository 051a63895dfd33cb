"""When work is done: what a live system makes people wait for, and the two fictions of the field."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.metrics import queueing
from tests.measure.golden import CASES, ELAPSED


@st.composite
def steps(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """Arrivals that do not fall, and work."""
    work = draw(st.lists(st.floats(0, 5000), min_size=1, max_size=40))
    gaps = draw(st.lists(st.floats(0, 3000), min_size=len(work), max_size=len(work)))
    return list(accumulate(gaps)), work


def one_by_one(arrivals: Sequence[float], work: Sequence[float]) -> list[float]:
    """The recurrence as it is written."""
    ends: list[float] = []
    for arrival, spent in zip(arrivals, work, strict=True):
        ends.append(max([arrival, *ends[-1:]]) + spent)
    return ends


@given(steps())
def test_one_worker_does_one_thing_after_another(given_: tuple[list[float], list[float]]) -> None:
    assert queueing.finished(*given_) == pytest.approx(one_by_one(*given_), abs=1e-6)


@given(steps())
def test_a_live_system_is_no_sooner_than_its_own_work_and_no_later_than_all_work(
    given_: tuple[list[float], list[float]],
) -> None:
    own, live, all_ = queueing.simulstream(*given_), queueing.finished(*given_), queueing.simuleval(*given_)
    assert np.all(own <= live + 1e-6)
    assert np.all(live <= all_ + 1e-6)


def test_a_system_slower_than_the_source_falls_behind_and_only_queueing_shows_it() -> None:
    arrivals, work = [1000.0 * k for k in range(1, 11)], [1500.0] * 10
    lag = queueing.finished(arrivals, work) - arrivals
    assert lag.tolist() == [1500.0 + 500 * k for k in range(10)]
    assert set(queueing.simulstream(arrivals, work) - arrivals) == {1500.0}


def test_work_that_hides_behind_listening_is_not_charged() -> None:
    arrivals, work = [1000.0 * k for k in range(1, 11)], [500.0] * 10
    assert set(queueing.finished(arrivals, work) - arrivals) == {500.0}
    assert queueing.simuleval(arrivals, work)[-1] == 15_000


@given(steps())
def test_the_correction_is_that_of_omnisteval(given_: tuple[list[float], list[float]]) -> None:
    data = pytest.importorskip("omnisteval.data", reason="OmniSTEval is not installed")
    from omnisteval.alignment import Word

    delays, work = given_
    elapsed = queueing.simuleval(delays, work).tolist()
    words = [Word("w", emission_cu=d, emission_ca=e) for d, e in zip(delays, elapsed, strict=True)]
    expected = [word.emission_ca for word in data.fix_emission_ca(words)]
    assert queueing.corrected(delays, elapsed) == pytest.approx(expected, abs=1e-6)


@given(steps())
def test_work_is_read_back_from_the_two_columns_of_a_log(given_: tuple[list[float], list[float]]) -> None:
    delays, work = given_
    assert queueing.work_of(delays, queueing.simuleval(delays, work)) == pytest.approx(work, abs=1e-6)


def test_units_of_one_step_share_its_work() -> None:
    assert queueing.work_of(CASES["B"].delays, ELAPSED["B"]).tolist() == [200, 0, 100, 0, 100, 0, 100, 0]


def test_work_for_a_second_of_source() -> None:
    assert queueing.real_time_factor([500, 700], 2000) == pytest.approx(0.6)
    assert queueing.real_time_factor([500], 0) is None


def test_no_steps_no_times() -> None:
    assert len(queueing.finished([], [])) == len(queueing.simuleval([], [])) == 0
    assert len(queueing.corrected([], [])) == len(queueing.work_of([], [])) == 0
