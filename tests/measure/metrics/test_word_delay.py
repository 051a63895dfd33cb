"""How late each word came, and whether an interpreter falls behind."""

from __future__ import annotations

import pytest

from pipeline.measure.metrics.word_delay import growth, word_delays
from pipeline.measure.trace import Said


def talk(seconds: int, behind: float = 0.0) -> list[Said]:
    """A word a second, each a second late at first, and later by `behind` ms with each word."""
    return [
        Said(
            "w",
            heard=(i + 1) * 1000,
            compute=0,
            out=(i + 2) * 1000 + i * behind,
            start=i * 1000,
            end=(i + 1) * 1000,
        )
        for i in range(seconds)
    ]


def test_a_word_is_late_from_the_end_of_what_it_renders() -> None:
    assert word_delays(talk(3)) == [1000, 1000, 1000]


def test_an_interpreter_who_keeps_up_does_not_fall_behind() -> None:
    assert growth(talk(300)) == 0


def test_one_who_falls_behind_is_seen() -> None:
    found = growth(talk(300, behind=10))
    assert found == pytest.approx(240 * 10, rel=0.02)  # from the middle of one minute to that of the other


def test_a_minute_has_no_first_and_last_minute() -> None:
    assert growth(talk(60)) is None
    assert growth([]) is None
