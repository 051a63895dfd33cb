"""Tables: the scores of an evaluation, a line a recording and one for all: for people, and as scores.tsv."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.measure.page.metrics import HEADLINE, metric
from pipeline.measure.score import Scores

if TYPE_CHECKING:
    from pipeline.measure.results import Evaluation

TOTAL = "all"


def tsv(found: Evaluation) -> str:
    """All scores, in the units of their keys: the headline first, then the others as they come; empty where none."""
    keys = _keys(found)
    lines = [["id", "from", "to", "seconds", *keys]]
    lines += [[*row, *(_exact(scores.values.get(key)) for key in keys)] for row, scores in _rows(found)]
    return "".join("\t".join(cells) + "\n" for cells in lines)


def shown(found: Evaluation) -> list[tuple[str, ...]]:
    """The headline scores, as rows of cells with a head; scores that no recording has are left out."""
    keys = [key for key in HEADLINE if any(key in scores.values for _, scores in _rows(found))]
    heads = [metric(key) for key in keys]
    lines = [("", *(f"{head.label}, {head.unit}" if head.unit else head.label for head in heads))]
    for row, scores in _rows(found):
        cells = [head.show(scores.values.get(key)) for head, key in zip(heads, keys, strict=True)]
        lines.append((row[0], *cells))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        (line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True)))
        for line in lines
    ]


def _rows(found: Evaluation) -> Iterator[tuple[list[str], Scores]]:
    for one in found.recordings:
        yield [one.id, one.from_, one.to, f"{one.seconds:g}"], found.scores[one.id]
    pairs = {(one.from_, one.to) for one in found.recordings}
    from_, to = pairs.pop() if len(pairs) == 1 else ("", "")
    yield [TOTAL, from_, to, f"{sum(one.seconds for one in found.recordings):g}"], found.total


def _keys(found: Evaluation) -> list[str]:
    every = [found.total, *found.scores.values()]
    known = dict.fromkeys(key for scores in every for key in scores.values)
    return [key for key in HEADLINE if key in known] + [key for key in known if key not in HEADLINE]


def _exact(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
