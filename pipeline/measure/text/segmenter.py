"""SoftSegmenter: which words of a long interpretation belong to which sentence of its reference.

Two sequences of tokens are aligned so that the sum of their similarities is largest; gaps cost nothing. Two words are
as similar as the sets of their characters (Jaccard), two characters are so when they are equal, and punctuation never
meets what is not punctuation. A token that was aligned belongs beside its reference token; a run of tokens that were
not is cut once between its neighbours. When a word came plays no part.

Source: Polák et al. 2025, "Better Late Than Never: Evaluation of Latency Metrics for Simultaneous Speech-to-Text
Translation", arXiv:2509.17349. Ties go as in OmniSTEval 0.1.10: match, then delete, then insert.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pipeline.measure.recording import Unit
from pipeline.measure.text.alignment import Alignment, Floats, Ints, Rows, Way
from pipeline.measure.text.alignment import align as lay

NOWHERE = -1  # of a token that belongs to no reference token
PUNCTUATION = frozenset(".!?,;:-()。！？，；：—（）ー")  # noqa: RUF001 - the marks themselves


def similarity(one: str, other: str, unit: Unit) -> float:
    """How alike two tokens are, 0 to 1; minus infinity for punctuation and what is not punctuation."""
    if (one in PUNCTUATION) != (other in PUNCTUATION):
        return -np.inf
    if unit == "char":
        return float(one == other)
    letters, others = set(one), set(other)
    return len(letters & others) / max(1, len(letters | others))


def align(reference: Sequence[str], hypothesis: Sequence[str], unit: Unit) -> Alignment:
    """The alignment with the largest sum of similarities."""
    free = Way(
        _similarities(reference, hypothesis, unit), np.zeros(len(reference) + 1), gap=0, match_first=True
    )
    return lay(len(reference), len(hypothesis), free)


def places(reference: Sequence[str], hypothesis: Sequence[str], unit: Unit) -> Ints:
    """For each hypothesis token the index of the reference token beside which it belongs, or `NOWHERE`.

    A run of tokens that are aligned with nothing is cut once: from its first token that is more like the next
    reference token than like the last, all belong to the next. Before the first reference token, those that cannot go
    with it (punctuation before a word) belong nowhere. Returns (hypothesis,) int64; what belongs somewhere rises.
    """
    row, matched = align(reference, hypothesis, unit)
    found = row.copy()
    at = 0
    while at < len(hypothesis):
        end = at + 1
        if not matched[at]:
            before, after = int(row[at]) - 1, int(row[at])
            while end < len(hypothesis) and not matched[end] and row[end] == after:
                end += 1
            cut = _cut(hypothesis[at:end], before, after, reference, unit)
            found[at : at + cut], found[at + cut : end] = before, after
        at = end
    return found


def _cut(run: Sequence[str], before: int, after: int, reference: Sequence[str], unit: Unit) -> int:
    """How many tokens of a run belong to the reference token before it; `before` may be -1, `after` past the end."""
    if after == len(reference):
        return len(run)
    for index, token in enumerate(run):
        back = similarity(token, reference[before], unit) if before >= 0 else -np.inf
        if similarity(token, reference[after], unit) > back:
            return index
    return len(run)


def _similarities(reference: Sequence[str], hypothesis: Sequence[str], unit: Unit) -> Rows:
    """What `similarity` says of one reference token and the first hypothesis tokens, a row at a time."""
    words, which = np.unique(np.array(hypothesis, dtype=object), return_inverse=True)
    number = {word: index for index, word in enumerate(words)}
    marks = np.array([word in PUNCTUATION for word in words], np.bool_)
    barred = {True: np.flatnonzero(~marks), False: np.flatnonzero(marks)}
    letters = {letter: index for index, letter in enumerate(sorted(set("".join(words))))}
    sets = np.zeros((len(letters), len(words)))  # float64, 1 where the word has the letter
    for index, word in enumerate(words):
        sets[[letters[letter] for letter in word], index] = 1
    sizes = sets.sum(axis=0)

    @lru_cache(maxsize=1024)  # words come again
    def to_words(token: str) -> Floats:
        if unit == "char":
            found = np.zeros(len(words))
            found[[number[token]] if token in number else []] = 1
        else:
            shared = sets[[letters[letter] for letter in set(token) if letter in letters]].sum(axis=0)
            found = shared / (sizes + len(set(token)) - shared)
        found[barred[token in PUNCTUATION]] = -np.inf
        return found

    return lambda index, columns: to_words(reference[index])[which[:columns]]


__all__ = ["NOWHERE", "align", "places", "similarity"]
