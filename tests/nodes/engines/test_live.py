"""The live recogniser, with an engine that is a script: nothing lost, nothing twice, nothing invented."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes._engines.draft import LiveWord
from nodes._engines.live import Heard, LiveRecogniser, Policy
from nodes._engines.policy import Rule
from nodes._engines.sound import SECOND_NS, VoiceWindow
from nodes._engines.whisper import Hypothesis
from tests.nodes.engines.scripted import ScriptedEngine, samples, voice

Talk = list[tuple[float, float]]  # when somebody speaks, seconds


def windows(talk: Talk, start_s: float, end_s: float) -> list[VoiceWindow]:
    """Voice windows that end in a stretch."""
    every = voice(0, 200, 0.05)
    spoken = [
        (a, b, 0.95 if any(s * SECOND_NS <= a < e * SECOND_NS for s, e in talk) else p) for a, b, p in every
    ]
    return [w for w in spoken if start_s * SECOND_NS < w[1] <= end_s * SECOND_NS]


def listen(live: LiveRecogniser, talk: Talk, steps: list[float]) -> list[Heard]:
    """Feed sound in pieces of these lengths, seconds."""
    heard, at = [], 0.0
    for step in steps:
        end = round(at + step, 3)
        heard.append(live.hear(samples(at, end), round(at * SECOND_NS), windows(talk, at, end)))
        at = end
    return [*heard, live.finish()]


def said(heard: list[Heard]) -> list[LiveWord]:
    return [word for each in heard for word in each.committed]


def numbers(words: list[LiveWord]) -> list[int]:
    return [int(word.text[1:]) for word in words if int(word.text[1:]) < 100_000]


def test_words_come_while_somebody_speaks() -> None:
    heard = listen(LiveRecogniser(ScriptedEngine(), language="es"), [(0.0, 12.0)], [0.4] * 35)
    early = said(heard[:20])  # 8 s
    assert numbers(early)[:12] == list(range(12))
    assert numbers(said(heard)) == list(range(30))


@settings(max_examples=30)
@given(st.lists(st.sampled_from([0.1, 0.2, 0.4, 0.8, 2.0, 5.0]), min_size=5, max_size=60))
def test_any_cutting_into_calls_gives_every_word_once(steps: list[float]) -> None:
    talk = [(0.0, 3.2), (5.2, 15.2), (16.4, 40.0)]
    live = LiveRecogniser(ScriptedEngine(), language="es")
    steps.append(max(0.1, round(42.0 - sum(steps), 3)))
    got = numbers(said(listen(live, talk, steps)))
    assert got == sorted(set(got))
    assert set(range(8)) | set(range(13, 38)) <= set(got) | {8, 38}


RULES: list[Rule] = ["agreement+attention", "agreement", "hold", "attention"]


@pytest.mark.parametrize("rule", RULES)
def test_by_every_policy_words_come_early_and_once(rule: Rule) -> None:
    live = LiveRecogniser(ScriptedEngine(), language="es", policy=Policy(policy=rule))
    heard = listen(live, [(0.0, 12.0)], [0.4] * 35)
    assert numbers(said(heard[:20]))[:8] == list(range(8))
    assert numbers(said(heard)) == list(range(30))


@pytest.mark.parametrize(
    ("bolder", "stricter"),
    [
        (Policy(policy="attention", behind_ms=400), Policy(policy="attention", behind_ms=2000)),
        (Policy(policy="agreement", agree=2), Policy(policy="agreement", agree=4)),
        (Policy(policy="hold", hold_words=1), Policy(policy="hold", hold_words=6)),
        (Policy(), Policy(policy="agreement")),
    ],
)
def test_a_stricter_policy_gives_the_same_words_later(bolder: Policy, stricter: Policy) -> None:
    soon, late = (
        listen(LiveRecogniser(ScriptedEngine(), language="es", policy=policy), [(0.0, 20.0)], [0.4] * 55)
        for policy in (bolder, stricter)
    )
    counts = [[len(said(heard[: n + 1])) for n in range(55)] for heard in (soon, late)]
    assert all(one >= other for one, other in zip(*counts, strict=True))
    assert sum(counts[0]) > sum(counts[1])
    assert numbers(said(soon)) == numbers(said(late)) == list(range(50))


class Doubtful(ScriptedEngine):
    """Sure of its first hypothesis only."""

    def decode(self, *args: Any, **given: Any) -> Hypothesis:
        heard = super().decode(*args, **given)
        self._logprob = -3.0
        return heard


def test_the_longest_sound_that_may_be_held_fits_the_window_of_the_model() -> None:
    engine = Doubtful()
    policy = Policy(policy="attention", behind_ms=9000, longest_ms=15_000, keep_ms=10_000)
    listen(LiveRecogniser(engine, language="es", policy=policy), [(0.0, 90.0)], [10.0] * 9)
    assert max(engine.windows) < 29


def test_spans_are_in_order_and_held_since_is_honest() -> None:
    live = LiveRecogniser(ScriptedEngine(), language="es")
    nothing_yet = live.held_since
    assert nothing_yet is None
    live.hear(samples(0, 0.4), 0, windows([(0, 20)], 0, 0.4))
    words: list[LiveWord] = []
    for k in range(1, 60):
        held = live.held_since
        at, end = k * 0.4, (k + 1) * 0.4
        new = live.hear(samples(at, end), k * 400_000_000, windows([(0, 20)], at, end))
        assert held is not None
        assert all(word.start_ns >= held for word in new.committed)
        words += new.committed
    for before, after in pairwise(words):
        assert before.start_ns <= before.end_ns <= after.end_ns
        assert before.start_ns <= after.start_ns


def test_silence_is_never_looked_at() -> None:
    engine = ScriptedEngine()
    heard = listen(LiveRecogniser(engine, language="es"), [], [0.4] * 200)
    assert engine.windows == []
    assert said(heard) == []


def test_cost_and_memory_stay_the_same_without_a_pause() -> None:
    engine = ScriptedEngine()
    listen(LiveRecogniser(engine, language="es"), [(0.0, 120.0)], [0.4] * 300)
    assert max(engine.windows) < (Policy().longest_ms / 1000) + 1.5
    first, last = engine.windows[10:50], engine.windows[-50:-10]
    assert np.mean(last) == pytest.approx(np.mean(first), abs=1.5)


def test_behind_it_catches_up_with_one_hypothesis() -> None:
    engine = ScriptedEngine()
    live = LiveRecogniser(engine, language="es")
    listen(live, [(0.0, 6.0)], [6.0])
    assert len(engine.windows) <= 2


def test_a_pause_gives_out_everything_and_ends_the_utterance() -> None:
    heard = listen(LiveRecogniser(ScriptedEngine(), language="es"), [(0.0, 2.0)], [0.4] * 10)
    assert [each.ends for each in heard].index(True) == 6
    assert numbers(said(heard[:7])) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("doubt", [{"logprob": -3.0}, {"no_speech": 0.95, "logprob": -2.0}])
def test_what_is_not_believable_is_not_given_out(doubt: dict[str, float]) -> None:
    live = LiveRecogniser(ScriptedEngine(**doubt), language="es")  # type: ignore[arg-type]
    assert said(listen(live, [(0.0, 30.0)], [0.4] * 80)) == []


def test_the_language_is_found_from_enough_voice() -> None:
    engine = ScriptedEngine(code="pt")
    heard = listen(LiveRecogniser(engine), [(0.0, 6.0)], [0.4] * 20)
    assert heard[2].language is None
    assert heard[-1].language == "pt"
    assert min(engine.windows) >= 1.5


def test_scripts_without_spaces_come_glued() -> None:
    words = said(listen(LiveRecogniser(ScriptedEngine(), language="ja"), [(0.0, 6.0)], [0.4] * 20))
    assert words
    assert all(word.glue for word in words)


def test_words_to_expect_are_kept_within_their_budget() -> None:
    engine = ScriptedEngine()
    live = LiveRecogniser(engine, language="es", bias=["Asterisk"] * 500)
    listen(live, [(0.0, 3.0)], [0.4] * 10)
    assert {len(reminder) for reminder in engine.reminders} == {Policy().bias_tokens}
    live.expect([])
    live.hear(samples(4, 6), 4 * SECOND_NS, windows([(4, 6)], 4, 6))
    assert engine.reminders[-1] == []


def test_a_jump_of_stream_time_begins_anew() -> None:
    live = LiveRecogniser(ScriptedEngine(), language="es")
    before = live.hear(samples(0, 2), 0, windows([(0, 2)], 0, 2))
    heard = live.hear(samples(10, 12), 10 * SECOND_NS, windows([(10, 12)], 10, 12))
    assert heard.ends
    assert numbers([*before.committed, *heard.committed])[:5] == [0, 1, 2, 3, 4]


def test_a_long_stretch_at_once_fits_the_window_of_the_model() -> None:
    engine = ScriptedEngine()
    got = numbers(said(listen(LiveRecogniser(engine, language="es"), [(0.0, 60.0)], [60.0])))
    assert got == list(range(150))
    assert max(engine.windows) < 29
