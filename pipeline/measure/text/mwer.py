"""mWER segmentation: the older way to lay an interpretation on the sentences of its reference, for StreamLAAL.

The interpretation is cut where the word error rate against the reference is least: where the best alignment by
substitutions, deletions and insertions passes from one sentence to the next. Words are equal but for upper and lower
case; punctuation is part of its word. Words between two sentences that stand for nothing belong to the first of them.

Source: Matusov et al. 2005, "Evaluating Machine Translation Output with Automatic Sentence Segmentation" (IWSLT).
Ties, and the rule that the first sentence is never empty, are as the program of the paper was seen to behave.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.measure.text.alignment import Floats, Rows, Way, align


def places(reference: Sequence[Sequence[str]], hypothesis: Sequence[str]) -> list[int]:
    """For each word (or character) of the hypothesis the index of its sentence; rises. Empty without a reference."""
    words = [word.lower() for sentence in reference for word in sentence]
    owner = [index for index, sentence in enumerate(reference) for _ in sentence]
    if not words:
        return []
    opening = len(reference[owner[0]])  # words of the first sentence: not all of them may be passed over
    passed = np.arange(len(words) + 1.0)
    edge = np.where(passed < opening, len(words) - passed, -np.inf)
    way = Way(_errors(words, [word.lower() for word in hypothesis]), edge, gap=1, match_first=False)
    row, matched = align(len(words), len(hypothesis), way)
    before = np.maximum(row - ~matched, 0)  # the reference word that it stands for, or that it comes after
    return [owner[index] for index in before.tolist()]


def _errors(reference: Sequence[str], hypothesis: Sequence[str]) -> Rows:
    """0 where the words are equal, -1 where one would be put for the other."""
    number = {word: index for index, word in enumerate(dict.fromkeys(hypothesis))}
    which = np.array([number[word] for word in hypothesis], np.int64)

    def row(index: int, columns: int) -> Floats:
        found: Floats = (which[:columns] == number.get(reference[index], -1)) - 1.0
        return found

    return row


__all__ = ["places"]
