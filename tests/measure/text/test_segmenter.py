"""Tokens are laid on the reference as they are most alike, over any length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.recording import Unit
from pipeline.measure.text.alignment import EVERY
from pipeline.measure.text.segmenter import NOWHERE, align, places, similarity

TOKENS = st.lists(st.sampled_from(["a", "ab", "abc", "cba", "xyz", ".", ",", "mat", "tam"]), max_size=14)
UNITS = st.sampled_from(["word", "char"])


def test_words_are_as_alike_as_their_letters() -> None:
    assert similarity("abc", "bcd", "word") == 0.5
    assert similarity("abc", "bcd", "char") == 0
    assert similarity("tea", "eat", "word") == similarity("a", "a", "char") == 1


def test_punctuation_never_meets_a_word() -> None:
    assert similarity(".", "a", "word") == similarity("a", ".", "char") == -np.inf
    assert similarity(".", ".", "word") == 1


def test_equal_texts_lie_on_each_other() -> None:
    text = ["the", "cat", "sat", "on", "the", "mat", "."]
    assert places(text, text, "word").tolist() == list(range(len(text)))


def test_a_run_without_a_partner_is_cut_where_it_turns_to_what_follows() -> None:
    reference, hypothesis = ["alpha", "zulu"], ["alpha", "alphas", "zul", "hap", "zulu"]
    assert places(reference, hypothesis, "word").tolist() == [0, 0, 1, 1, 1]


def test_punctuation_before_the_first_word_belongs_nowhere() -> None:
    assert places(["good", "day"], [".", "good", "day"], "word").tolist() == [NOWHERE, 0, 1]


def test_all_that_comes_after_the_last_word_belongs_to_it() -> None:
    assert places(["good", "day"], ["good", "day", "x", "."], "word").tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("size", [EVERY - 1, EVERY, EVERY + 1, 3 * EVERY + 5])
def test_a_long_text_lies_on_itself(size: int) -> None:
    text = [f"w{'abcdefgh'[n % 8]}{'ijklmno'[n % 7]}" for n in range(size)]
    assert places(text, text, "word").tolist() == list(range(size))


@given(TOKENS, TOKENS, UNITS)
def test_what_belongs_somewhere_rises(reference: list[str], hypothesis: list[str], unit: Unit) -> None:
    found = places(reference, hypothesis, unit)
    somewhere = found[found != NOWHERE]
    assert (np.diff(somewhere) >= 0).all()
    assert reference == [] or somewhere.size == 0 or somewhere.max() < len(reference)


@given(TOKENS, TOKENS, UNITS)
def test_no_other_alignment_is_better(reference: list[str], hypothesis: list[str], unit: Unit) -> None:
    """The sum of similarities is that of the textbook's program, cell by cell."""
    row, matched = align(reference, hypothesis, unit)
    ours = sum(similarity(reference[row[n]], hypothesis[n], unit) for n in np.flatnonzero(matched))
    best = np.zeros((len(reference) + 1, len(hypothesis) + 1))
    for i, one in enumerate(reference, 1):
        for j, other in enumerate(hypothesis, 1):
            best[i, j] = max(
                best[i - 1, j - 1] + similarity(one, other, unit), best[i - 1, j], best[i, j - 1]
            )
    assert ours == pytest.approx(best[-1, -1])


@settings(max_examples=200)
@given(TOKENS.filter(bool), TOKENS, UNITS)
def test_it_is_that_of_omnisteval(reference: list[str], hypothesis: list[str], unit: Unit) -> None:
    alignment = pytest.importorskip("omnisteval.alignment", reason="OmniSTEval is not installed")
    words = [alignment.Word(token, seq_id=index) for index, token in enumerate(reference)]
    others = [alignment.Word(token) for token in hypothesis]
    aligned = alignment.align_sequences(words, others, unit == "char")
    alignment.process_alignment(*aligned, unit == "char")
    theirs = [NOWHERE if other.seq_id is None else other.seq_id for other in others]
    assert places(reference, hypothesis, unit).tolist() == theirs
