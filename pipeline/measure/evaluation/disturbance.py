"""Disturbance: whether other programs had the cores that a run wanted. Then its delays are too long, and say so.

Linux counts for each thread how long it had a core and how long it stood in line for one, and how long all cores were
busy in all. Threads that stand in line behind one another are no disturbance, so both must hold: the run waited, and
others had the cores. Other systems do not count this; there only the load before the run is told.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from pipeline.clock import stopwatch_ns

FILE = "machine.json"  # in the folder of a run
TOO_SLOW = 1.25  # times as long
OTHERS = 0.25  # cores
LEAST_S = 0.5  # of waiting; less is nothing that a delay would show
LOOK_S = 0.5  # what a thread does after the last look before it ends is not seen
BUSY = (
    0,
    1,
    2,
    5,
    6,
    7,
)  # columns of /proc/stat: user, nice, system, irq, softirq, stolen by another machine


class Disturbance(msgspec.Struct, frozen=True):
    """How a run fared among others."""

    had_s: float  # its threads had a core, seconds together
    waited_s: float  # they stood in line for one
    others: float  # cores that other programs had, on average

    @property
    def slowed(self) -> float:
        """How many times as long computing took, for want of a core; 1 where none was wanting."""
        return 1 + self.waited_s / self.had_s if self.had_s > 0 else 1.0

    @property
    def by_others(self) -> bool:
        """Delays are too long, and it is the fault of other programs."""
        return self.waited_s >= LEAST_S and self.slowed >= TOO_SLOW and self.others >= OTHERS


class Watching:
    """Looks at this process while it runs; a context manager. `found` is None where the system does not count."""

    def __init__(self) -> None:
        self.found: Disturbance | None = None
        self._last: dict[str, tuple[float, float]] = {}  # thread -> seconds that it had a core, and waited
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._first, self._all, self._began = _threads(), _busy_s(), stopwatch_ns()
        self._last = dict(self._first)
        if self._first:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._first:
            return
        self._end.set()
        self._thread.join()
        self._last |= _threads()
        had, waited = (
            sum(last[i] - self._first.get(thread, (0.0, 0.0))[i] for thread, last in self._last.items())
            for i in (0, 1)
        )
        took_s = (stopwatch_ns() - self._began) / 1e9
        others = max(0.0, _busy_s() - self._all - had) / took_s
        self.found = Disturbance(round(had, 3), round(waited, 3), round(others, 3))

    def _look(self) -> None:
        while not self._end.wait(LOOK_S):
            self._last |= _threads()


def write(folder: Path, watching: Watching) -> None:
    """Leave what was found in the folder of a run."""
    if watching.found is not None:
        (folder / FILE).write_bytes(msgspec.json.encode(watching.found) + b"\n")


def read(folder: Path) -> Disturbance | None:
    """What was found of a run; None where nothing was."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Disturbance)
    except (OSError, msgspec.DecodeError):
        return None


def _threads() -> dict[str, tuple[float, float]]:
    """Seconds that each thread of this process had a core and stood in line; empty where the system does not count."""
    found: dict[str, tuple[float, float]] = {}
    for file in Path("/proc/self/task").glob("*/schedstat"):
        try:
            had, waited, _ = file.read_text(encoding="ascii").split()
        except (OSError, ValueError):  # the thread has just ended, or the kernel was built without
            continue
        found[file.parent.name] = (int(had) / 1e9, int(waited) / 1e9)
    return found


def _busy_s() -> float:
    """Seconds that all cores were busy since the machine began."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            columns = file.readline().split()[1:]
    except OSError:
        return 0.0
    return sum(int(columns[i]) for i in BUSY) / os.sysconf("SC_CLK_TCK")


__all__ = ["Disturbance", "Watching", "read", "write"]
