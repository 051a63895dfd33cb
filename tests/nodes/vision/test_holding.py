"""Signs that last, swings, the pace of looking, numbers for what is followed: the small rules, without pictures."""

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from nodes.vision._following import Following
from nodes.vision._head import Head
from nodes.vision._holding import Holding, Sign
from nodes.vision._pace import Pace
from nodes.vision._swings import Swings, turns
from nodes.vision.gesture import GestureRecogniser
from pipeline.clock import ms, seconds
from pipeline.media import Box, Face, Faces, Gesture
from pipeline.packet import Packet
from pipeline.port import Input
from pipeline.specimens import specimen

THUMB, NONE = Sign("thumb_up", "right"), None


def told(signs: Sequence[Sign | None]) -> list[tuple[int, str, bool]]:
    """Index of the look, gesture, whether it is over; a look lasts 100 ms."""
    holding = Holding(5, 3)
    found: list[tuple[int, str, bool]] = []
    for index, sign in enumerate(signs):
        found += [(index, g.name, g.over) for g in holding.look(ms(100 * index), ms(100 * (index + 1)), sign)]
    return found + [(len(signs), g.name, g.over) for g in holding.stop()]


def test_a_sign_in_three_of_five_looks_begins_and_one_that_is_gone_ends() -> None:
    assert told([THUMB, NONE, THUMB, THUMB, NONE, NONE, NONE, NONE]) == [
        (3, "thumb_up", False),
        (7, "thumb_up", True),
    ]


def test_two_looks_are_not_enough_and_a_wrong_one_between_changes_nothing() -> None:
    assert told([THUMB, THUMB, NONE, NONE, NONE]) == []
    assert told([THUMB] * 4 + [Sign("fist", "right")] + [THUMB] * 3) == [
        (2, "thumb_up", False),
        (8, "thumb_up", True),
    ]


def test_one_gesture_ends_where_another_begins() -> None:
    names = [(name, over) for _, name, over in told([THUMB] * 5 + [Sign("fist", "right")] * 5)]
    assert names == [("thumb_up", False), ("thumb_up", True), ("fist", False), ("fist", True)]


def test_another_number_is_another_gesture() -> None:
    three, four = (Sign("count", "left", count=count) for count in (3, 4))
    assert [over for _, _, over in told([three] * 4 + [four] * 4)] == [False, True, False, True]
    assert told([three, four] * 2) == []


@given(st.lists(st.sampled_from([THUMB, Sign("fist", "left"), NONE]), max_size=40))
def test_what_begins_ends_once_and_in_order(signs: list[Sign | None]) -> None:
    found = told(signs)
    assert [over for _, _, over in found] == [False, True] * (len(found) // 2)
    assert all(begun[1] == ended[1] for begun, ended in zip(found[::2], found[1::2], strict=True))


def test_turns_are_where_a_series_goes_back_far_enough() -> None:
    assert turns([0, 5, 1, 6, 5.9, 6, 0], 3) == [0, 5, 1, 6, 0]
    assert turns([0, 1, 0, 1, 0], 3) == [0]


@given(st.lists(st.floats(-50, 50), max_size=60), st.floats(1, 20))
def test_every_turn_but_the_last_goes_far_enough(values: list[float], least: float) -> None:
    found = turns(values, least)
    assert all(abs(b - a) >= least for a, b in pairwise(found))


def test_swings_that_are_long_past_do_not_count() -> None:
    swings = Swings(seconds(1), 1)
    for index in range(10):
        swings.add(ms(100 * index), index % 2)
    assert swings.count()[0] == 9
    swings.add(seconds(9), 0)
    assert swings.count()[0] == 0


def heads(pitch: float = 0, yaw: float = 0, *, hz: float = 2, until_s: float = 3) -> list[str]:
    """Gestures of a head that goes to and fro by these degrees."""
    head, found = Head(), list[Gesture]()
    [packet, *_] = [p for p in specimen(Input(Faces), GestureRecogniser()) if p.payload.faces]
    for index in range(round(until_s * 12.5)):
        phase = math.sin(2 * math.pi * hz * index / 12.5)
        face: Face = msgspec.structs.replace(packet.payload.faces[0], pitch=pitch * phase, yaw=yaw * phase)
        found += head.see(Packet(Faces((face,)), ms(80 * index), ms(80 * index + 40)))
    return [gesture.name for gesture in found if not gesture.over]


def test_a_nod_a_shake_and_neither() -> None:
    assert heads(pitch=8) == ["nod"]
    assert heads(yaw=8) == ["shake"]
    assert heads(pitch=8, yaw=7) == []
    assert heads(pitch=1.5) == []
    assert heads(yaw=20, hz=0.3) == []


@given(st.floats(5, 240), st.floats(1, 60))
def test_the_pace_is_a_bound_on_the_average(source_fps: float, fps: float) -> None:
    pace, times = Pace(fps), [round(index * 1e9 / source_fps) for index in range(300)]
    taken = [at for at in times if pace.takes(at)]
    assert taken[0] == 0
    assert len(taken) <= times[-1] / 1e9 * fps + 2
    assert len(taken) >= min(len(times), times[-1] / 1e9 * fps * 0.45)


def test_half_the_pace_is_every_second_look_and_the_whole_one_is_back_at_once() -> None:
    pace, at = Pace(5), [ms(40 * index) for index in range(60)]
    idle = [time for time in at if pace.takes(time, 2 if time < ms(1200) else 1)]
    gaps = {later - time for time, later in pairwise(time for time in idle if time < ms(1200))}
    assert gaps == {ms(400)}
    assert [time for time in idle if time >= ms(1200)][:3] == [ms(1200), ms(1400), ms(1600)]


def test_numbers_stay_with_what_they_were_given_to() -> None:
    following = Following()
    left, right = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)
    assert following.follow([left, right], 0) == [1, 2]
    assert following.follow([Box(0.58, 0.1, 0.78, 0.3), Box(0.12, 0.1, 0.32, 0.3)], ms(80)) == [2, 1]
    assert following.follow([left], ms(160)) == [1]
    assert following.follow([right], ms(900)) == [2]
    assert following.follow([left, right], seconds(5)) == [3, 4]
