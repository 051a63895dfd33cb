"""The policies: which beginning of a hypothesis each takes as said for good."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.agreement import Agreement
from nodes._engines.policy import Policy
from nodes._engines.stability import Placed, Stability, stability
from nodes._engines.whisper import Word

MS = 1_000_000
TAILS = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 900)), max_size=8), min_size=1, max_size=6
)


def words(tokens: Sequence[int]) -> list[Word]:
    """Every token is a word."""
    return [Word((token,), f"w{token}", glue=False) for token in tokens]


def placed(*tokens: int, each_ms: int = 100) -> list[Placed]:
    return [Placed(t, i * each_ms * MS, (i + 1) * each_ms * MS) for i, t in enumerate(tokens)]


def heard(policy: Stability, *tails: list[Placed], settled_ms: int = 0) -> list[int]:
    return [policy.hear(tail, settled_ms * MS) for tail in tails]


def test_agreement_takes_what_the_last_n_say_alike() -> None:
    policy = stability(Policy(policy="agreement", agree=3), words)
    assert heard(policy, placed(1, 2), placed(1, 2, 3), placed(1, 2, 4), settled_ms=900) == [0, 0, 2]


def test_hold_takes_all_but_the_last_n_words() -> None:
    policy = stability(Policy(policy="hold", hold_words=2), words)
    assert heard(policy, placed(1, 2, 3, 4), placed(5), settled_ms=900) == [2, 0]


def test_attention_stops_at_the_first_token_near_the_end() -> None:
    policy = stability(Policy(policy="attention"), words)
    late_then_early = [Placed(1, 0, 100 * MS), Placed(2, 0, 900 * MS), Placed(3, 0, 100 * MS)]
    assert heard(policy, placed(1, 2, 3), late_then_early, placed(), settled_ms=250) == [2, 1, 0]


@given(TAILS, st.integers(1, 3))
def test_by_default_either_is_enough(tails: list[list[tuple[int, int]]], agree: int) -> None:
    """As before there was a choice: the larger of what hypotheses agree on and what attention left behind."""
    policy, agreement = stability(Policy(agree=agree), words), Agreement[int](agree)
    for tail in tails:
        at = [Placed(token, 0, end_ms * MS) for token, end_ms in tail]
        before = next((n for n, each in enumerate(at) if each.end_ns > 450 * MS), len(at))
        expected = max(agreement.hear([each.token for each in at]), before)
        assert policy.hear(at, 450 * MS) == expected
        policy.advance(expected)
        agreement.advance(expected)


@pytest.mark.parametrize("rule", ["agreement", "agreement+attention"])
def test_other_sound_begins_anew(rule: str) -> None:
    policy = stability(Policy(policy=rule), words)  # type: ignore[arg-type]
    assert heard(policy, placed(1)) == [0]
    policy.forget()
    assert heard(policy, placed(1)) == [0]
