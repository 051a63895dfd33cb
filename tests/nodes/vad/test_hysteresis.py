"""Stretches of speech from probabilities: when they begin, when they end, what is too short."""

from hypothesis import given
from hypothesis import strategies as st

from nodes.vad._hysteresis import Hysteresis, Stretch
from pipeline.clock import ms

WINDOW = 10  # ms


def run(probabilities: list[float], **settings: float) -> tuple[list[Stretch], list[bool]]:
    given = {"threshold": 0.5, "release": 0.3, "min_speech_ms": 20.0, "hang_ms": 30.0} | settings
    hysteresis = Hysteresis(**given)
    stretches, speaking = [], []
    for index, probability in enumerate(probabilities):
        if stretch := hysteresis.hear(ms(index * WINDOW), ms((index + 1) * WINDOW), probability):
            stretches.append(stretch)
        speaking.append(hysteresis.speaking)
    if stretch := hysteresis.stop():
        stretches.append(stretch)
    return stretches, speaking


def spans(stretches: list[Stretch]) -> list[tuple[int, int]]:
    return [(s.start // ms(WINDOW), s.end // ms(WINDOW)) for s in stretches]


def test_the_hang_is_not_part_of_the_stretch() -> None:
    stretches, speaking = run([0, 0, 1, 1, 1, 0, 0, 0, 0])
    assert spans(stretches) == [(2, 5)]
    assert speaking == [False, False, False, True, True, True, True, False, False]


def test_a_pause_shorter_than_the_hang_does_not_end_it() -> None:
    stretches, _ = run([1, 1, 0, 0, 1, 1, 0, 0, 0])
    assert spans(stretches) == [(0, 6)]
    assert stretches[0].mean_probability == 4 / 6


def test_a_click_is_not_speech() -> None:
    assert run([0, 1, 0, 0, 1, 0, 0, 0])[0] == []


def test_between_the_thresholds_it_stays_what_it_was() -> None:
    assert spans(run([0.4, 0.4, 0.6, 0.4, 0.4, 0.4, 0.4, 0.4])[0]) == [(2, 8)]


def test_a_stretch_that_the_end_of_the_stream_cuts_off_is_told() -> None:
    assert spans(run([0, 1, 1, 1])[0]) == [(1, 4)]
    assert spans(run([0, 1, 1, 1, 0])[0]) == [(1, 4)]


@given(st.lists(st.floats(0, 1), max_size=80))
def test_stretches_are_long_enough_apart_and_in_order(probabilities: list[float]) -> None:
    stretches, _ = run(probabilities)
    last = -1
    for start, end in spans(stretches):
        assert end > start > last
        assert all(probabilities[i] >= 0.3 for i in (start, end - 1))
        last = end
