"""How long before it begins, how long after the source has ended."""

from __future__ import annotations

from pipeline.measure.metrics.gaps import queued
from pipeline.measure.metrics.offset import end_offset, start_offset
from tests.measure.golden import CASES, ELAPSED


def test_golden_numbers() -> None:
    assert [start_offset(case.delays) for case in CASES.values()] == [1000, 1000, 2000, 500]
    assert [end_offset(case.delays, case.source_ms) for case in CASES.values()] == [0, 0, 0, 0]
    late = [end_offset(ELAPSED[name], case.source_ms) for name, case in CASES.items()]
    assert late == [500, 500, 500, 300]


def test_speech_ends_when_it_has_been_played() -> None:
    intervals = queued([1000, 1200], [800, 500])
    assert intervals == [(1000, 800), (1800, 500)]
    assert end_offset([start + duration for start, duration in intervals], 2000) == 300


def test_nothing_said_has_no_offset() -> None:
    assert (start_offset([]), end_offset([], 1000)) == (None, None)
