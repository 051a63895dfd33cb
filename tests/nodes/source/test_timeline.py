from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nodes.source._timeline import BACK, GAPS, JUMPS, ORDER, TWICE, Timeline
from pipeline.clock import Ns, ms, seconds

FRAME = 20  # ms


def lay_out(times_ms: Sequence[int | None], gap_fill_s: float = 30) -> tuple[list[int], dict[str, int]]:
    """Where frames of sound with these raw times come to stand, ms, and the repairs."""
    timeline, position, starts = Timeline(seconds(gap_fill_s)), 0, []
    timeline.begin(ms(times_ms[0] or 0))
    for at in times_ms:
        position += timeline.silence_before(None if at is None else ms(at), position)
        starts.append(position // ms(1))
        position += ms(FRAME)
    return starts, dict(timeline.repairs)


def show(times_ms: Sequence[int | None], gap_fill_s: float = 30) -> tuple[list[float], dict[str, int]]:
    """The same for pictures of 40 ms without any sound."""
    timeline = Timeline(seconds(gap_fill_s))
    timeline.begin(ms(times_ms[0] or 0))
    starts = [timeline.picture(None if at is None else ms(at), ms(40), led=False) / ms(1) for at in times_ms]
    return starts, dict(timeline.repairs)


def test_sound_with_right_times_stands_where_they_say() -> None:
    assert lay_out([0, 20, 40, 60]) == ([0, 20, 40, 60], {})


def test_a_file_may_begin_at_any_time_even_a_negative_one() -> None:
    assert lay_out([-500, -480, -460]) == ([0, 20, 40], {})
    assert lay_out([9_000, 9_020]) == ([0, 20], {})


def test_rounding_by_the_container_is_not_heard() -> None:
    assert lay_out([0, 21, 39, 61, 90, 100]) == ([0, 20, 40, 60, 80, 100], {})


def test_sound_without_times_is_counted_on() -> None:
    assert lay_out([0, None, None, 60]) == ([0, 20, 40, 60], {})


def test_a_gap_in_sound_is_filled_with_silence() -> None:
    assert lay_out([0, 20, 5_040, 5_060]) == ([0, 20, 5_040, 5_060], {GAPS: 1})


def test_a_jump_is_closed_up_and_what_follows_stays_in_step() -> None:
    assert lay_out([0, 20, 3_600_000, 3_600_020, 3_600_040]) == ([0, 20, 40, 60, 80], {JUMPS: 1})


def test_one_wrong_time_among_right_ones_does_no_harm() -> None:
    assert lay_out([0, 20, 3_600_000, 60, 80]) == ([0, 20, 40, 60, 80], {JUMPS: 1, BACK: 1})


def test_a_step_back_is_counted_on() -> None:
    assert lay_out([5_000, 5_020, 0, 20, 40]) == ([0, 20, 40, 60, 80], {BACK: 1})


def test_a_long_silence_during_which_pictures_came_is_no_jump() -> None:
    timeline = Timeline(seconds(1))
    timeline.begin(0)
    for at in range(0, 60_000, 500):
        timeline.seen(ms(at))
    assert timeline.silence_before(seconds(60), ms(20)) == seconds(60) - ms(20)
    assert timeline.repairs == {GAPS: 1}


def test_pictures_with_right_times_stand_where_they_say_however_far_apart() -> None:
    assert show([0, 40, 90, 5_000]) == ([0, 40, 90, 5_000], {})


def test_pictures_out_of_order_are_put_right_after_the_last() -> None:
    assert show([0, 40, 20, 80]) == ([0, 40, 41, 80], {ORDER: 1})


def test_a_jump_of_pictures_is_closed_up() -> None:
    assert show([0, 40, 3_600_000, 3_600_040]) == ([0, 40, 80, 120], {JUMPS: 1})


def test_pictures_that_start_anew_go_on() -> None:
    assert show([5_000, 5_040, 0, 40, 3_000]) == ([0, 40, 80, 120, 3_080], {BACK: 1})


def test_pictures_without_times_follow_one_another() -> None:
    assert show([0, None, None, 120]) == ([0, 40, 80, 120], {})


def test_pictures_follow_the_jump_that_sound_makes_so_that_lips_stay_with_the_voice() -> None:
    timeline = Timeline(seconds(1))
    timeline.begin(0)
    assert timeline.picture(0, ms(40), led=True) == 0
    assert timeline.silence_before(seconds(1000), ms(100)) == 0  # closed up: sound at 1000 s stands at 0.1 s
    assert timeline.picture(ms(40), ms(40), led=True) == ms(40)  # of before the jump
    assert timeline.picture(seconds(1000) + ms(15), ms(40), led=True) == ms(115)
    assert timeline.repairs == {JUMPS: 1}


def test_only_a_picture_with_the_same_time_repeats() -> None:
    timeline = Timeline(seconds(1))
    timeline.begin(0)
    assert not timeline.repeats(0, ms(40))
    timeline.picture(0, ms(40), led=False)
    assert timeline.repeats(0, ms(40))
    assert not timeline.repeats(ms(40), ms(40))
    assert TWICE not in timeline.repairs


TIMES = st.lists(st.none() | st.integers(-(10**7), 10**7), min_size=1, max_size=30)


@given(TIMES)
def test_whatever_the_times_sound_never_goes_back_and_all_of_it_is_kept(times_ms: list[int | None]) -> None:
    starts, _ = lay_out(times_ms)
    assert len(starts) == len(times_ms)
    assert all(b - a >= FRAME for a, b in pairwise(starts))
    assert all(b - a <= FRAME + 30_000 for a, b in pairwise(starts))


@given(TIMES)
def test_whatever_the_times_pictures_are_strictly_monotone(times_ms: list[int | None]) -> None:
    starts, _ = show(times_ms)
    assert starts[0] >= 0
    assert all(a < b for a, b in pairwise(starts))


@given(TIMES, st.lists(st.integers(0, 10**7), max_size=10))
def test_pictures_stay_monotone_whatever_sound_does_between(
    times_ms: list[int | None], jumps: list[int]
) -> None:
    timeline, last = Timeline(seconds(30)), -1
    timeline.begin(0)
    position: Ns = 0
    for index, at in enumerate(times_ms):
        if index < len(jumps):
            position += timeline.silence_before(ms(jumps[index]), position) + ms(20)
        start = timeline.picture(None if at is None else ms(at), ms(40), led=index % 2 == 0)
        assert start > last
        last = start
