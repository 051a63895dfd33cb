"""Whether two results say the same, and where they differ first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from pipeline.media import Activity, AudioFrame, Text, Word
from pipeline.packet import Packet
from pipeline.sameness import difference, joined, said, shifted
from pipeline.strategies import cut_audio, signals, texts
from pipeline.testing import audio

ACTIVE = Activity(0.5, True)


def sound(*values: float) -> AudioFrame:
    return AudioFrame(np.array(values, np.float32), 16_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1),
        ("a", "a"),
        (0.1 + 0.2, 0.3),
        (sound(0.5, 0.25), sound(0.5, 0.2500001)),
        ({"a": [ACTIVE]}, {"a": [ACTIVE]}),
        ((ACTIVE, 0, 10), (ACTIVE, 0, 10)),
    ],
)
def test_what_says_the_same_does_not_differ(one: Any, other: Any) -> None:
    assert difference(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ([1, 2], [1, 3], "[1]: 2 and 3"),
        ([1, 2], [1], ": 2 of them and 1"),
        ({"speech": [(ACTIVE, 0, 10)]}, {"speech": [(ACTIVE, 0, 20)]}, "speech[0][2]: 10 and 20"),
        ([ACTIVE], [Activity(0.5, False)], "[0].speaking: True and False"),
        ([ACTIVE], [Text()], "[0]: Activity and Text"),
        (sound(0, 1), sound(0, 0.5), "samples: value 1 is 1.0 and 0.5"),
        (sound(0), sound(0, 0), "samples: float32 (1,) and float32 (2,)"),
        ({"a": 1}, {"b": 1}, ": a and b"),
        (True, "yes", ": bool and str"),
        ("a", "b", ": 'a' and 'b'"),
    ],
)
def test_the_first_difference_is_named(one: Any, other: Any, words: str) -> None:
    assert difference(one, other) == words


@given(cut_audio())
def test_sound_that_is_joined_has_no_cuts(cut: tuple[Any, list[Packet[AudioFrame]]]) -> None:
    samples, packets = cut
    [(frame, start, end)] = joined(said(packets))
    assert np.array_equal(frame.samples, samples)
    assert (start, end) == (0, packets[-1].end)


@given(signals())
def test_sound_on_both_sides_of_a_gap_stays_apart(samples: Any) -> None:
    before, after = audio(samples), audio(samples, start=10_000_000_000)
    assert len(joined(said([*before, *after]))) == 2


@given(texts())
def test_text_moves_with_its_words(packets: list[Packet[Text]]) -> None:
    moved = [shifted(packet, 5) for packet in packets]
    assert [packet.start - 5 for packet in moved] == [packet.start for packet in packets]
    assert difference([shifted(packet, -5) for packet in moved], packets) is None
    starts = [word.start for packet in moved for word in packet.payload.committed]
    assert all(start >= 5 for start in starts)


def test_only_times_move() -> None:
    assert shifted(Word("one", 1, 2), 10) == Word("one", 11, 12)
    assert shifted("one", 10) == "one"
