import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.vad.energy import EnergyVad
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import SettingsError
from pipeline.settings import build
from pipeline.testing import Outcome, audio, feed, noise, silence, tone

SIGNAL = np.concatenate([silence(0.5), tone(1.0), silence(0.5)])


def told(outcome: Outcome) -> list[tuple[object, ...]]:
    return [(p.payload, p.start, p.end) for port in ("activity", "speech") for p in outcome.packets[port]]


def test_a_tone_between_silences_is_one_segment() -> None:
    [segment] = feed(EnergyVad(), audio(SIGNAL)).speech
    assert (segment.start, segment.end) == (seconds(0.5), seconds(1.5))


def test_every_window_has_its_activity() -> None:
    activity = feed(EnergyVad(window_ms=25), audio(SIGNAL)).activity
    assert [(p.start, p.end) for p in activity[:2]] == [(0, seconds(0.025)), (seconds(0.025), seconds(0.05))]
    assert len(activity) == 80
    assert activity[30].payload.probability > 0.9
    assert activity[0].payload.probability < 0.1


@settings(max_examples=25)
@given(st.lists(st.integers(1, len(SIGNAL) - 1), max_size=8))
def test_any_cutting_of_the_sound_gives_the_same(cuts: list[int]) -> None:
    assert told(feed(EnergyVad(), audio(SIGNAL, cuts=cuts))) == told(feed(EnergyVad(), audio(SIGNAL)))


@settings(max_examples=25)
@given(st.integers(1, len(SIGNAL)))
def test_later_sound_does_not_change_what_was_told(length: int) -> None:
    whole = feed(EnergyVad(), audio(SIGNAL)).activity
    part = feed(EnergyVad(), audio(SIGNAL[:length])).activity
    assert [p.payload for p in part] == [p.payload for p in whole[: len(part)]]


def test_speech_before_a_gap_ends_there() -> None:
    packets = [*audio(tone(1.0)), *audio(silence(1.0), start=seconds(5))]
    [segment] = feed(EnergyVad(), packets).speech
    assert (segment.start, segment.end) == (0, seconds(1))


def test_a_quiet_room_is_silence_and_a_louder_setting_hears_less() -> None:
    assert feed(EnergyVad(), audio(noise(1.0, level_dbfs=-60))).speech == []
    assert feed(EnergyVad(level_dbfs=-5), audio(tone(1.0))).speech == []


def test_a_release_above_the_threshold_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"release 0\.6 is above threshold 0\.5; give a release"):
        build(EnergyVad, {"release": 0.6})


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(EnergyVad)
