"""Silences between pieces of speech, and pieces that sound at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.metrics.gaps import Gaps, gaps, played, queued
from pipeline.measure.trace import Piece

INTERVALS = st.lists(st.tuples(st.floats(0, 60_000), st.floats(1, 5000)), max_size=20)


def test_silences_between_pieces_are_counted_and_those_around_them_are_not() -> None:
    found = gaps([(1000, 500), (1500, 500), (2300, 700), (4000, 100)])
    assert found == Gaps(total=1300, count=2, overlap=0)
    assert found.mean == 650


def test_pieces_that_sound_at_once_overlap() -> None:
    assert gaps([(0, 1000), (600, 1000)]) == Gaps(0, 0, 400)
    assert gaps([(0, 1000), (200, 300)]) == Gaps(0, 0, 300)


def test_no_speech_has_no_gaps() -> None:
    assert gaps([]) == gaps([(100, 20)]) == Gaps(0, 0, 0)
    assert gaps([]).mean == 0


@given(INTERVALS)
def test_time_is_speech_or_silence(intervals: list[tuple[float, float]]) -> None:
    found = gaps(intervals)
    spoken = sum(duration for _, duration in intervals) - found.overlap
    if intervals:
        whole = max(start + duration for start, duration in intervals) - min(start for start, _ in intervals)
        assert spoken + found.total == pytest.approx(whole, abs=1e-6)


@given(INTERVALS)
def test_a_queue_never_speaks_over_itself(intervals: list[tuple[float, float]]) -> None:
    delays = sorted(start for start, _ in intervals)
    queue = queued(delays, [duration for _, duration in intervals])
    assert gaps(queue).overlap == pytest.approx(0, abs=1e-6)
    assert all(start >= delay for (start, _), delay in zip(queue, delays, strict=True))


def test_pieces_play_when_they_say() -> None:
    piece = Piece("Foi o melhor", out=4889, plays_at=5000, duration=1283, start=1016, end=2956, skipped=0)
    assert played([piece]) == [(5000, 1283)]
