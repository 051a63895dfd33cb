"""Delays in the field's metrics: golden numbers, agreement with OmniSTEval, and what each metric promises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.metrics import delay, queueing
from pipeline.measure.metrics.degeneracy import Case
from tests.measure.golden import CASES, ELAPSED, ELAPSED_CASES

GOLDEN = {
    "al": (1000, -714.286, 2000, 1333.333),
    "laal": (1000, 785.714, 2000, 1333.333),
    "ap": (0.7222, 1.25, 1.0, 0.28),
    "dal": (1000, 1000, 2000, 888.889),
    "atd": (1233.333, 1300, 1400, 1800),
    "yaal": (1000, 750, None, 500),
    "long_yaal": (916.667, 750, 1333.333, 1333.333),
}
GOLDEN_ELAPSED = {
    "al": (1300, -385.714, 2500, 1533.333),
    "laal": (1300, 1114.286, 2500, 1533.333),
    "dal": (1333.333, 1350, 2500, 1055.556),
    "yaal": (1250, 1050, None, 650),
}


def score(metric: str, case: Case) -> float | None:
    """A case by a metric, by its name."""
    delays, source_ms, reference = case.delays, case.source_ms, case.reference
    return {
        "al": lambda: delay.al(delays, source_ms, reference),
        "laal": lambda: delay.laal(delays, source_ms, reference),
        "ap": lambda: delay.ap(delays, source_ms, reference),
        "dal": lambda: delay.dal(delays, source_ms),
        "atd": lambda: delay.atd(delays),
        "yaal": lambda: delay.yaal(delays, source_ms, reference),
        "long_yaal": lambda: delay.yaal(delays, source_ms, reference, until_ms=6000),
    }[metric]()


@pytest.mark.parametrize("metric", GOLDEN)
def test_golden_numbers(metric: str) -> None:
    found = [score(metric, case) for case in CASES.values()]
    assert found == [None if value is None else pytest.approx(value, abs=1e-3) for value in GOLDEN[metric]]


@pytest.mark.parametrize("metric", GOLDEN_ELAPSED)
def test_golden_numbers_with_compute(metric: str) -> None:
    found = [score(metric, case) for case in ELAPSED_CASES.values()]
    expected = GOLDEN_ELAPSED[metric]
    assert found == [None if value is None else pytest.approx(value, abs=1e-3) for value in expected]


def test_golden_token_delays_with_compute() -> None:
    found = [
        delay.atd(case.delays, queueing.work_of(case.delays, ELAPSED[name]).tolist())
        for name, case in CASES.items()
    ]
    assert found == [pytest.approx(value, abs=1e-3) for value in (1333.333, 1425, 1900, 1900)]


@st.composite
def cases(draw: st.DrawFn, least: int = 1) -> Case:
    """Delays that do not fall, mostly within the source; a source; a reference."""
    steps = draw(st.lists(st.floats(0, 3000), min_size=least, max_size=40))
    return Case(tuple(accumulate(steps)), draw(st.floats(100, 60_000)), draw(st.integers(1, 60)))


def oracle(metric: str, case: Case, **more: object) -> float:
    """The same by OmniSTEval; nan where it skips the utterance."""
    scoring = pytest.importorskip("omnisteval.scoring", reason="OmniSTEval is not installed")
    from omnisteval.data import Instance

    words = " ".join(["w"] * case.reference)
    times = list(case.delays)
    instance = Instance(
        prediction="", reference=words, emission_cu=times, source_length=case.source_ms, **more
    )
    scorer = {"al": "AL", "laal": "LAAL", "ap": "AP", "dal": "DAL", "yaal": "YAAL", "long_yaal": "YAAL"}
    return float(getattr(scoring, f"{scorer[metric]}Scorer")()([instance]))


@pytest.mark.parametrize("metric", ["al", "laal", "ap", "dal", "yaal", "long_yaal"])
@given(case=cases())
def test_it_agrees_with_omnisteval(metric: str, case: Case) -> None:
    more = {"longform": True, "time_to_recording_end": 6000.0} if metric == "long_yaal" else {}
    found = score(metric, case)
    expected = oracle(metric, case, **more)
    assert (found if found is not None else float("nan")) == pytest.approx(
        expected, rel=1e-9, abs=1e-6, nan_ok=True
    )


@given(case=cases(), later=st.floats(0, 500))
def test_what_comes_later_is_later_by_as_much(case: Case, later: float) -> None:
    shifted = [time + later for time in case.delays]
    end = case.source_ms + later  # what was cut off stays cut off
    pairs: Sequence[tuple[float | None, float | None]] = (
        (
            delay.yaal(case.delays, case.source_ms, case.reference),
            delay.yaal(shifted, case.source_ms, case.reference, until_ms=end),
        ),
        (delay.dal(case.delays, case.source_ms), delay.dal(shifted, case.source_ms)),
    )
    for before, after in pairs:
        assert after == (None if before is None else pytest.approx(before + later, abs=1e-6))


@given(case=cases(), longer=st.integers(0, 50))
def test_adaptive_lagging_is_not_lower_for_saying_more_than_the_reference(case: Case, longer: int) -> None:
    al, laal = delay.al(*_args(case)), delay.laal(*_args(case))
    assert al is not None
    assert laal is not None
    assert laal >= al - 1e-9
    few = min(case.reference, len(case.delays))
    assert delay.laal(case.delays, case.source_ms, few) == pytest.approx(
        delay.al(case.delays, case.source_ms, len(case.delays))
    )


def _args(case: Case) -> tuple[Sequence[float], float, int]:
    return case.delays, case.source_ms, case.reference


@given(case=cases(), work=st.floats(0, 300))
def test_compute_delays_tokens_and_never_hastens_them(case: Case, work: float) -> None:
    slow = [work] * len(case.delays)
    without, with_, known = (
        delay.atd(case.delays),
        delay.atd(case.delays, slow),
        delay.atd(case.delays, ends=queueing.finished(case.delays, slow).tolist()),
    )
    assert without is not None
    assert with_ is not None
    assert with_ >= without + work - 1e-6
    assert known == pytest.approx(with_)


def test_an_interpreter_who_keeps_pace_lags_by_the_time_that_a_unit_takes() -> None:
    even = [500.0 * (i + 1) for i in range(10)]
    for found in (delay.al(even, 5000, 10), delay.laal(even, 5000, 10), delay.dal(even, 5000)):
        assert found == pytest.approx(500)


@pytest.mark.parametrize("metric", GOLDEN)
def test_nothing_said_has_no_delay(metric: str) -> None:
    assert score(metric, Case((), 3000, 5)) is None


@pytest.mark.parametrize("metric", ["al", "laal", "ap", "dal", "yaal"])
def test_a_source_without_length_has_no_delay(metric: str) -> None:
    assert score(metric, Case((100, 200), 0, 5)) is None


@pytest.mark.parametrize("metric", ["al", "ap"])
def test_what_is_measured_against_a_reference_needs_one(metric: str) -> None:
    assert score(metric, Case((100, 200), 1000, 0)) is None


def test_the_scorers_real_time_factor_is_when_the_last_unit_came() -> None:
    assert delay.rtf([1000, 4500], 3000) == pytest.approx(1.5)
    assert delay.rtf([], 3000) is None
