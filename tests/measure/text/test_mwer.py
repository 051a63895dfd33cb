"""The interpretation is cut where the word error rate is least."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.text.mwer import places

WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6)
REFERENCE = st.lists(WORDS, min_size=1, max_size=5)


def cut(reference: str, hypothesis: str) -> str:
    """Sentences after cutting; `|` is between sentences."""
    sentences = [part.split() for part in reference.split("|")]
    words = hypothesis.split()
    found: list[list[str]] = [[] for _ in sentences]
    for word, place in zip(words, places(sentences, words), strict=True):
        found[place].append(word)
    return "|".join(" ".join(part) for part in found)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        ("a b c|d e f", "a b c d e f", "a b c|d e f"),
        (
            "a b c|d e f",
            "a b c x y d e f",
            "a b c x y|d e f",
        ),  # what is said between belongs to what was said
        ("a b c|d e f", "a b d e f", "a b|d e f"),
        ("A b|C d", "a B c D", "a B|c D"),
        ("a b c|d e f", "x y", "x y|"),
        ("a b|c d|e", "e", "e||"),  # the first sentence is never empty
        ("a||b", "a b", "a||b"),
    ],
)
def test_sentences_are_cut(reference: str, hypothesis: str, expected: str) -> None:
    assert cut(reference, hypothesis) == expected


def test_without_a_reference_nothing_has_a_place() -> None:
    assert places([[]], ["a"]) == []
    assert places([["a"]], []) == []


@given(REFERENCE, WORDS)
def test_no_other_cut_has_fewer_errors(reference: list[list[str]], hypothesis: list[str]) -> None:
    """Of all cuts that leave the first sentence something."""
    found: list[list[str]] = [[] for _ in reference]
    for word, place in zip(hypothesis, places(reference, hypothesis), strict=True):
        found[place].append(word)
    ours = sum(errors(one, other) for one, other in zip(reference, found, strict=True))
    least = np.array([errors(reference[0], hypothesis[:end]) for end in range(len(hypothesis) + 1)], float)
    least[0] = np.inf
    for sentence in reference[1:]:
        least = np.array(
            [
                min(least[start] + errors(sentence, hypothesis[start:end]) for start in range(end + 1))
                for end in range(len(hypothesis) + 1)
            ]
        )
    assert ours == least[-1]


def errors(reference: list[str], hypothesis: list[str]) -> int:
    """Levenshtein's distance in words."""
    row = list(range(len(hypothesis) + 1))
    for i, one in enumerate(reference, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            last, row[j] = row[j], min(last + (one != other), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@settings(max_examples=200)
@given(REFERENCE, st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20))
def test_it_cuts_as_mwersegmenter_does(reference: list[list[str]], hypothesis: list[str]) -> None:
    program = pytest.importorskip("mweralign.mweralign", reason="mweralign is not installed")
    lines = program.align_texts("\n".join(map(" ".join, reference)), " ".join(hypothesis)).split("\n")
    theirs = "|".join(line.strip() for line in lines)
    assert cut("|".join(map(" ".join, reference)), " ".join(hypothesis)) == theirs
