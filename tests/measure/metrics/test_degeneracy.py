"""Whether a latency can be trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.metrics.degeneracy import Case, Degeneracy, degeneracy
from tests.measure.golden import CASES, A
from tests.measure.metrics.test_delay import cases


def test_golden_numbers() -> None:
    found = degeneracy(list(CASES.values()))
    assert found is not None
    assert (found.swf, found.efsw, found.dsptv) == (60.0, 81.25, 21.25)
    assert found.degenerate


def test_a_policy_that_keeps_pace_is_sound() -> None:
    found = degeneracy([A])
    assert found is not None
    assert not found.degenerate


@given(st.lists(cases(), min_size=1, max_size=6))
def test_it_agrees_with_omnisteval(utterances: list[Case]) -> None:
    scoring = pytest.importorskip("omnisteval.scoring", reason="OmniSTEval is not installed")
    from omnisteval.data import Instance

    instances = [
        Instance(
            reference=" ".join(["w"] * case.reference),
            emission_cu=list(case.delays),
            source_length=case.source_ms,
        )
        for case in utterances
    ]
    expected = scoring.ShortformDegeneracyScorer()(instances)
    found = degeneracy(utterances)
    assert found is not None
    for key in ("swf", "efsw", "dsptv"):
        value = getattr(found, key)
        assert (float("nan") if value is None else value) == pytest.approx(
            expected[key], abs=1e-6, nan_ok=True
        )
    assert float(found.degenerate) == expected["degenerate_policy"]


def test_who_only_speaks_at_the_end_has_no_latency_to_doubt() -> None:
    assert degeneracy([CASES["C"]]) == Degeneracy(0.0, None, None)
    assert not Degeneracy(0.0, None, None).degenerate


def test_nothing_said_tells_nothing() -> None:
    assert degeneracy([Case((), 1000, 3)]) is None
