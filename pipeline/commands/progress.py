"""A progress bar for one download after another: in place on a terminal, a line each elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

WIDTH = 30


class Bar:
    """Shows `done` of `total` bytes under a label."""

    def __init__(self) -> None:
        self._label = ""
        self._drawn = False
        self._terminal = sys.stderr.isatty()

    def show(self, done: int, total: int, label: str) -> None:
        """Draw the state of one download."""
        if not self._terminal:
            if label != self._label:
                sys.stderr.write(f"  {label}, {total / 1e6:.1f} MB\n")
            self._label = label
            return
        if label != self._label:
            self._end_line()
            self._label = label
        full = min(WIDTH, WIDTH * done // total) if total else 0
        bar = "█" * full + "░" * (WIDTH - full)
        sys.stderr.write(f"\r  {bar} {done / 1e6:7.1f} of {total / 1e6:.1f} MB  {label}")
        sys.stderr.flush()
        self._drawn = True

    def _end_line(self) -> None:
        if self._drawn:
            sys.stderr.write("\n")
            self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_line()
