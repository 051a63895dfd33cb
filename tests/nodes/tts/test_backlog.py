"""A voice that falls behind gets faster, and leaves out whole pieces only where it was told to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.tts._backlog import Backlog, check
from pipeline.clock import ms, seconds


def backlog(skip_ms: float = 0, speed: float = 1.0, fastest: float = 2.0) -> Backlog:
    return Backlog(speed, max_speed=1.5, fastest=fastest, catch_up_ms=1000, skip_ms=skip_ms)


def behind(seconds_behind: float, skip_ms: float = 0, speed: float = 1.0, fastest: float = 2.0) -> Backlog:
    voice = backlog(skip_ms, speed, fastest)
    voice.play(0, seconds(seconds_behind))
    return voice


def test_a_piece_plays_when_it_comes_or_when_the_one_before_it_is_over() -> None:
    voice = backlog()
    assert voice.play(seconds(2), seconds(3))[0] == seconds(2)
    assert voice.play(seconds(4), seconds(1))[0] == seconds(5)
    assert voice.play(seconds(9), seconds(1))[0] == seconds(9)


@pytest.mark.parametrize(("waiting_s", "speed"), [(0, 1.0), (1.0, 1.0), (2.5, 1.25), (4.0, 1.5), (60, 1.5)])
def test_speed_rises_with_the_backlog_up_to_its_limit(waiting_s: float, speed: float) -> None:
    assert behind(waiting_s).speed(0) == pytest.approx(speed)


def test_full_speed_is_reached_before_anything_is_left_out() -> None:
    assert behind(2.0, skip_ms=2000).speed(0) == pytest.approx(1.5)


def test_the_engine_s_limit_holds_whatever_is_asked() -> None:
    assert behind(60, speed=1.8).speed(0) == pytest.approx(2.0)
    assert behind(0, speed=1.8, fastest=1.5).speed(0) == pytest.approx(1.8)


def test_nothing_is_left_out_unless_it_was_asked_for() -> None:
    assert not behind(3600).too_far(0)
    assert behind(5, skip_ms=5000).too_far(0)
    assert not behind(5, skip_ms=5001).too_far(0)


def test_what_was_left_out_is_counted_once_in_the_next_piece() -> None:
    voice = backlog()
    voice.leave_out()
    voice.leave_out()
    assert voice.play(0, seconds(1))[1] == 2
    assert voice.play(0, seconds(1))[1] == 0


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 5000)), max_size=30), st.sampled_from([0, 6000])
)
def test_pieces_never_overlap_and_every_piece_is_spoken_or_counted(
    pieces: list[tuple[int, int]], skip_ms: int
) -> None:
    voice, at, free, spoken, counted, waiting = backlog(skip_ms), 0, 0, 0, 0, 0
    for gap_ms, length_ms in pieces:
        at += ms(gap_ms)
        if voice.too_far(at):
            voice.leave_out()
            waiting += 1
            continue
        assert 1.0 <= voice.speed(at) <= 1.5
        starts, skipped = voice.play(at, ms(length_ms))
        assert starts >= max(at, free)
        free, spoken, counted, waiting = starts + ms(length_ms), spoken + 1, counted + skipped, 0
    assert spoken + counted + waiting == len(pieces)


def test_skipping_before_hurrying_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"skip_ms 500 is not above catch_up_ms 1000.*raise skip_ms, or give 0"
    ):
        check(1000, 500)
    check(1000, 0)
