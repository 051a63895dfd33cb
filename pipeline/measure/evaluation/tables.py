"""Tables: the scores of an evaluation, a line a recording and one for all: for people, and as scores.tsv."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.measure.scores.evaluation import SLOWED, Evaluation
from pipeline.measure.scores.labels import HEADLINE, exact, metric, ordered
from pipeline.measure.scores.score import Scores

TOTAL = "all"
MARK = " *"  # of a recording whose delays are too long


def tsv(found: Evaluation) -> str:
    """All scores, in the units of their keys: the headline first, then the others as they come; empty where none."""
    keys = ordered(key for _, scores in _rows(found) for key in scores.values)
    lines = [["id", "from", "to", "seconds", *keys]]
    lines += [[*row, *(exact(scores.values.get(key)) for key in keys)] for row, scores in _rows(found)]
    return "".join("\t".join(cells) + "\n" for cells in lines)


def shown(found: Evaluation) -> list[tuple[str, ...]]:
    """The headline scores, as rows of cells with a head; scores that no recording has are left out.

    What a busy machine made too late has a `MARK`.
    """
    keys = [key for key in HEADLINE if any(key in scores.values for _, scores in _rows(found))]
    heads = [metric(key) for key in keys]
    lines = [("", *(head.head for head in heads))]
    for row, scores in _rows(found):
        cells = [head.show(scores.values.get(key)) for head, key in zip(heads, keys, strict=True)]
        lines.append((row[0] + MARK * (SLOWED in scores.notes), *cells))
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
