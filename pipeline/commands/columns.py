"""Text in columns: on a terminal, long lines are wrapped under the column that they are long in."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

LEAST = 30  # characters; in a terminal that is narrower, lines run on


def columns(rows: Iterable[Sequence[str]], indent: int = 0) -> str:
    """Rows as lines whose cells stand under one another; a last cell that is empty leaves no spaces behind."""
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return "".join(
        " " * indent
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in rows
    )


def show(text: str) -> None:
    """Write to stdout, fitted to the terminal where it is one (or where $COLUMNS says how wide)."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        text = fitted(text, shutil.get_terminal_size().columns)
    sys.stdout.write(text)


def fitted(text: str, width: int) -> str:
    """Text whose long lines are wrapped with a hanging indent: that of their last column."""
    return "".join(_wrapped(line, width) for line in text.splitlines(keepends=True))


def _wrapped(line: str, width: int) -> str:
    if len(line.rstrip("\n")) <= width or width < LEAST:
        return line
    gaps = [found.end() for found in re.finditer(r"(?<=\S) {2,}|^ +", line)]
    hang = max((gap for gap in gaps if gap <= 2 * width // 3), default=2)
    parts = textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * hang,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    lead = line[: len(line) - len(line.lstrip(" "))]
    return lead + "\n".join(parts).lstrip(" ") + "\n"
