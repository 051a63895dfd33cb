"""Alignment: the best way to lay one sequence on another, over thousands of tokens each.

A score matrix (reference + 1, hypothesis + 1) is filled row by row: a cell is reached by a match, by passing over a token
of the reference (a deletion) or by taking one of the hypothesis that stands for nothing (an insertion), and gaps cost
the same everywhere. So the best score by insertions is a running maximum along the row, and a row is one numpy operation:
an hour against an hour takes seconds. Only every `EVERY`th row is kept, and the rows between are computed again on
the way back: megabytes, not gigabytes.

What is similar to what, the cost of a gap and the order of ties make the method: `segmenter` and `mwer` are two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = Callable[[int, int], Floats]  # (reference token, count of hypothesis tokens) -> a new array

EVERY = 64  # rows of the score matrix from one that is kept to the next


class Alignment(NamedTuple):
    """How hypothesis tokens lie on reference tokens."""

    row: Ints  # (hypothesis,) reference tokens passed before this one; it is the index of its own where it has one
    matched: Flags  # (hypothesis,) whether it lies on that reference token, and not before it


class Way(NamedTuple):
    """A method of alignment: the sum of what its steps earn is made as large as it can be."""

    similar: Rows  # what a match earns; it may be minus infinity
    edge: Floats  # (reference + 1,) score of passing so many reference tokens before all of the hypothesis; see `align`
    gap: float  # what a deletion or an insertion costs
    match_first: bool  # ties go match, deletion, insertion; else deletion, insertion, match


def align(rows: int, columns: int, way: Way) -> Alignment:
    """Lay `columns` hypothesis tokens on `rows` reference tokens. Time grows with the product of the two.

    The edge is so high that no score with its insertions given back falls below 0; minus infinity bars a row from it.
    """
    kept = _scores(rows, columns, way)
    found = Alignment(np.zeros(columns, np.int64), np.zeros(columns, np.bool_))
    row, column = rows, columns
    for block in range(len(kept) - 1, -1, -1):
        first = block * EVERY
        matched, inserted = _moves(kept[block], range(first, row), column, way)
        while row > first and column > 0:
            cell = row - first - 1, column - 1
            if matched[cell] or inserted[cell]:
                column -= 1
                row -= int(matched[cell])
                found.row[column], found.matched[column] = row, matched[cell]
            else:
                row -= 1
        if not column:
            break
        row = first
    return found


def _scores(rows: int, columns: int, way: Way) -> list[Floats]:
    """Every `EVERY`th row of the score matrix from the first on, each (columns + 1,) float64."""
    kept = []
    slope: Floats = way.gap * np.arange(columns + 1.0)  # (columns + 1,) float64, what so many insertions cost
    scores = way.edge[0] - slope
    for row in range(rows):
        if row % EVERY == 0:
            kept.append(scores.copy())
        _step(scores, row, slope, way)
    return kept


def _step(scores: Floats, row: int, slope: Floats, way: Way) -> tuple[Floats, Floats]:
    """Make a row of scores the next one; gives back the scores of a match and of a deletion, (columns,) float64."""
    match = way.similar(row, len(scores) - 1)
    match += scores[:-1]
    delete = scores[1:] - way.gap
    scores[0] = way.edge[row + 1]
    np.maximum(match, delete, out=scores[1:])
    scores += slope
    ordered = scores.view(np.int64)  # numbers from 0 up are ordered as their bits are, and numpy is faster so
    np.maximum.accumulate(ordered, out=ordered)
    scores -= slope
    return match, delete


def _moves(scores: Floats, rows: range, columns: int, way: Way) -> tuple[Flags, Flags]:
    """Where the best way into a cell is a match, and where an insertion; both (rows, columns) bool.

    `scores` is the row of the score matrix above the first of `rows`.
    """
    matched = np.zeros((len(rows), columns), np.bool_)
    inserted = np.zeros((len(rows), columns), np.bool_)
    scores = scores[: columns + 1]
    slope: Floats = way.gap * np.arange(columns + 1.0)
    for index, row in enumerate(rows):
        match, delete = _step(scores, row, slope, way)
        insert = scores[:-1] - way.gap
        if way.match_first:
            matched[index] = (match >= delete) & (match >= insert)
            inserted[index] = ~matched[index] & (delete < insert)
        else:
            inserted[index] = (insert > delete) & (insert >= match)
            matched[index] = (match > delete) & ~inserted[index]
    return matched, inserted


__all__ = ["Alignment", "Floats", "Ints", "Rows", "Way", "align"]
