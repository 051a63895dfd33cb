"""`dragoman compare`: two evaluations side by side: what became better, what worse, and where to listen."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from pipeline.commands.columns import columns, show
from pipeline.measure.compare import page
from pipeline.measure.compare.comparison import Change, Comparison, Pair
from pipeline.measure.compare.comparison import compare as compared
from pipeline.measure.compare.page import counted, signed
from pipeline.measure.evaluation.results import load
from pipeline.measure.scores.labels import HEADLINE, metric

SHOWN = 3  # sentences on each side, on the screen


def compare(given: Namespace) -> int:
    """Compare two folders of `dragoman evaluate`, and write the page."""
    found = compared(load(Path(given.a)), load(Path(given.b)))
    out = Path(given.out)
    page.write(found, out)
    if not given.quiet:
        show(_text(found))
        sys.stdout.write(f"\n{out}: all scores, recordings and sentences, with links to listen\n")
    return 0


def _text(found: Comparison) -> str:
    lines = [f"A  {found.a.folder}\n", f"B  {found.b.folder}\n"]
    lines.append(f"{counted(found)}\n")
    lines += [f"note: {warning}\n" for warning in found.warnings]
    lines.append("\n" + _scores([one for one in found.total if one.key in HEADLINE]))
    worse = [pair for pair in found.sentences if pair.gained < 0][:SHOWN]
    better = [pair for pair in reversed(found.sentences) if pair.gained > 0][:SHOWN]
    for title, pairs in (("worse", worse), ("better", better)):
        if pairs:
            lines.append(f"\nlisten to what became {title}\n")
            lines += [_sentence(pair) for pair in pairs]
    return "".join(lines)


def _scores(changes: list[Change]) -> str:
    rows = [("", "A", "B", "B less A", "95 %", "p", "B is"), *map(_row, changes)]
    return columns(rows)


def _row(one: Change) -> tuple[str, ...]:
    known, test = metric(one.key), one.test
    return (
        known.head,
        known.show(one.a),
        known.show(one.b),
        signed(one.key, one.difference),
        f"{signed(one.key, test.low)} to {signed(one.key, test.high)}" if test else "",
        f"{test.p:.3f}" if test else "",
        one.verdict or ("" if test else "too few to tell"),
    )


def _sentence(pair: Pair) -> str:
    at_s = pair.a.sentence.start_ms / 1000
    first, second = pair.chrf
    return (
        f"  {pair.a.recording}, {at_s:.1f} s  chrF {first:.1f} to {second:.1f}\n"
        f"    reference  {pair.a.reference}\n"
        f"    A          {pair.a.hypothesis}\n"
        f"    B          {pair.b.hypothesis}\n"
    )
