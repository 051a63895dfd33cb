"""LocalAgreement: the prefix that hypotheses share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.agreement import Agreement, common_prefix

TEXT = st.lists(st.integers(0, 3), max_size=8)


def test_nothing_is_agreed_before_the_second_hypothesis() -> None:
    agreement: Agreement[str] = Agreement(2)
    assert agreement.hear(["the", "cat"]) == 0
    assert agreement.hear(["the", "cat", "sat"]) == 2
    assert agreement.hear(["the", "cap", "sat"]) == 1


def test_what_is_committed_is_no_longer_in_question() -> None:
    agreement: Agreement[str] = Agreement(2)
    agreement.hear(["the", "cat", "sat"])
    agreement.advance(agreement.hear(["the", "cat", "slept"]))
    assert agreement.hear(["slept", "well"]) == 1


def test_other_sound_begins_anew() -> None:
    agreement: Agreement[str] = Agreement(2)
    agreement.hear(["the"])
    agreement.forget()
    assert agreement.hear(["the"]) == 0


def test_less_than_one_hypothesis_is_refused() -> None:
    with pytest.raises(ValueError, match="agreement of 0 hypotheses; give 1 or more"):
        Agreement(0)


@given(st.lists(TEXT, min_size=3, max_size=5))
def test_agreement_of_three_is_the_least_of_the_pairs(texts: list[list[int]]) -> None:
    agreement: Agreement[int] = Agreement(3)
    counts = [agreement.hear(text) for text in texts]
    last, before, first = texts[-1], texts[-2], texts[-3]
    assert counts[-1] == min(common_prefix(last, before), common_prefix(last, first))
