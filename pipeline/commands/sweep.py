"""`dragoman sweep`: the same recordings under many settings; quality against latency, and where the default stands."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from pipeline.commands.columns import columns, show
from pipeline.commands.evaluate import planned
from pipeline.commands.evaluating import Progress
from pipeline.errors import InputError, did_you_mean
from pipeline.measure.evaluation import evaluate, listening
from pipeline.measure.evaluation.changes import POLICY
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.scores.evaluation import CPU, Evaluation
from pipeline.measure.scores.labels import metric
from pipeline.measure.scores.score import KEYS
from pipeline.measure.sweep import page
from pipeline.measure.sweep.curve import Row, Sweep, run
from pipeline.measure.sweep.points import Vary, vary

FEW = 5  # recordings left out that are told one by one
ABOUT = {
    "sweep.html": "open this: the curve, every point with a link to its page",
    "curve.svg": "quality against latency, with confidence and the Pareto front",
    "sweep.csv": "all scores of every point",
}


def sweep(given: Namespace) -> int:
    """Evaluate every point and write what came of it; 1 when a recording or a point was left out."""
    varied = [vary(text) for text in given.vary]
    if given.policies:
        varied.append(
            Vary(POLICY, tuple(dict.fromkeys(name for names in given.policies for name in _names(names))))
        )
    if not varied:
        raise InputError("nothing is varied; give --vary node.key=a,b,c or --policy units,sentences")
    for key in (given.y, given.x):
        _known(key)
    plan = planned(given, Path(given.out))

    def tell(what: str) -> None:
        if not given.quiet:
            sys.stderr.write(f"{what}\n")

    def evaluated(at: Plan) -> Evaluation:
        with Progress(at.recordings, quiet=given.quiet) as progress:
            return evaluate.run(at, progress.step)

    found = run(
        plan,
        varied,
        one_at_a_time=given.one_at_a_time,
        quality=given.y,
        latency=given.x,
        tell=tell,
        evaluated=evaluated,
    )
    page.write(found)
    if not given.quiet:
        _tell(found)
    return 1 if found.lost or any(row.why for row in found.rows) else 0


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _known(key: str) -> None:
    known = [*KEYS, CPU, *listening.KEYS]
    if key not in known:
        raise InputError(f"{key!r}: no such score; {did_you_mean(key, known)}")


def _tell(found: Sweep) -> None:
    keys = [key for key in (found.quality, found.latency, "word_delay_p95_ms", "cpu") if _there(found, key)]
    keys = list(dict.fromkeys(keys))
    head = ("point", "", *(metric(key).head for key in keys))
    lines = [head, *(_line(found, row, keys) for row in found.rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    rows = [
        (*(cell.ljust(w) for cell, w in zip(line[:2], widths[:2], strict=True)),
         *(cell.rjust(w) for cell, w in zip(line[2:], widths[2:], strict=True)))
        for line in lines
    ]  # fmt: skip
    sys.stdout.write("\n" + columns(rows) + "\n")
    for note in found.notes:
        sys.stdout.write(f"note: {note}\n")
    for why in found.lost[:FEW]:
        sys.stdout.write(f"left out: {why}\n")
    if len(found.lost) > FEW:
        sys.stdout.write(f"and {len(found.lost) - FEW} more; all are in {found.folder / 'sweep.html'}\n")
    show(columns([(str(found.folder / name), about) for name, about in ABOUT.items()]))


def _there(found: Sweep, key: str) -> bool:
    return any(key in row.values for row in found.rows)


def _line(found: Sweep, row: Row, keys: Sequence[str]) -> tuple[str, ...]:
    marks = ", ".join(name for name, mark in (("default", row.default), ("front", row.front)) if mark)
    cells = []
    for key in keys:
        interval = {found.quality: row.quality, found.latency: row.latency}.get(key)
        cells.append(metric(key).within(row.values.get(key), interval))
    return (row.point.name, row.why or marks, *cells)
