"""Sound that is held, and the voice in it."""

from __future__ import annotations

import pytest

from nodes._engines.sound import Sound, samples_in
from tests.nodes.engines.scripted import samples, voice

SECOND_NS = 1_000_000_000


def test_times_count_from_the_first_sample() -> None:
    sound = Sound(5 * SECOND_NS)
    for k in range(300):
        sound.add(samples(k * 0.01, (k + 1) * 0.01))
        sound.drop_before(sound.end_ns - SECOND_NS // 10)
    assert (sound.start_ns, sound.end_ns) == (7_900_000_000, 8 * SECOND_NS)
    assert sound.seconds == pytest.approx(0.1)


def test_a_cut_takes_samples_and_voice_alike() -> None:
    sound = Sound(0)
    sound.add(samples(0, 2))
    for window in [*voice(0, 1, 0.9), *voice(1, 2, 0.1)]:
        sound.add_voice(window)
    assert sound.voiced_s(2 * SECOND_NS, above=0.5) == pytest.approx(1.024)
    sound.drop_before(SECOND_NS // 2)
    assert len(sound.until(SECOND_NS)) == 8000
    assert sound.voiced_s(2 * SECOND_NS, above=0.5) == pytest.approx(0.544)
    assert sound.quietest(SECOND_NS // 2, within_ns=50_000_000) == 0.9
    assert sound.quietest(SECOND_NS, within_ns=100_000_000) == 0.1
    assert sound.quietest(9 * SECOND_NS, within_ns=0) == 1.0


def test_a_span_that_runs_backwards_holds_nothing() -> None:
    assert samples_in(-SECOND_NS) == 0
