"""The progress of an evaluation: a bar on a terminal with `rich`, a line for each run elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from pipeline.measure.evaluation.workers import Step, cores, load_average
from pipeline.measure.recording import Recording

KEPT = "there already"


class Progress:
    """Shows the steps of an evaluation; a context manager."""

    def __init__(self, recordings: Sequence[Recording], *, quiet: bool = False) -> None:
        self._seconds = {recording.id: recording.seconds for recording in recordings}
        self._at: dict[str, float] = {}  # id -> seconds of it that are done
        self._ended = 0
        self._quiet = quiet
        self._bar: Any = _bar() if sys.stderr.isatty() and not quiet else None
        self._task: Any = None
        self._warned = False

    def step(self, step: Step) -> None:
        """Take one step of a run."""
        ended = step.state in ("kept", "done", "failed")
        self._ended += ended
        if step.state == "begun" and not self._warned:
            self._warned = True
            self._warn()
        whole = self._seconds[step.id]
        self._at[step.id] = whole if ended else min(whole, max(step.at_s, self._at.get(step.id, 0.0)))
        if self._bar is not None:
            self._draw(step)
        if ended and not self._quiet:
            self._say(self._line(step, whole))

    def _warn(self) -> None:
        """Tell of what makes delays longer than they are, before the first run."""
        load = load_average()
        if load > cores() / 2:
            what = f"this machine is busy (load {load:.1f} on {cores()} cores): delays will be too long"
            self._say(f"{what}; end other programs to measure")

    @property
    def share(self) -> float:
        """How much of the sound is done, 0 to 1."""
        return sum(self._at.values()) / (sum(self._seconds.values()) or 1.0)

    def _line(self, step: Step, seconds: float) -> str:
        count = f"{self._ended:{len(str(len(self._seconds)))}} of {len(self._seconds)}"
        how = {
            "kept": KEPT,
            "done": f"{seconds:.1f} s of audio in {step.took_s:.1f} s",
            "failed": f"failed: {step.why}",
        }
        return f"{count}  {step.id}  {how[step.state]}"

    def _say(self, line: str) -> None:
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def _draw(self, step: Step) -> None:
        running = step.id if step.state in ("begun", "at") else ""
        self._bar.update(self._task, completed=self.share, description=running)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("", total=1.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar() -> Any:
    """What draws in place; None where rich is not installed, and then lines do."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
    except ImportError:
        return None
    parts = [BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}")]
    return Bar(*parts, console=Console(stderr=True), transient=True)
