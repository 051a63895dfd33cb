"""Time: the only file that knows clocks.

Two axes, both whole nanoseconds (`Ns`). *Stream time* says when something happened in the medium and is
computed from sample indices, never by adding durations. *Clock time* says when it went through the
machine; it counts from the run's zero, the moment at which the first sample of its sources is due.

The clock is that of the event loop, so that it can be swapped: on trio's `MockClock` a minute of live audio
takes a second and is exact. While a worker computes in a thread, `hold_virtual_time` keeps such a clock from
jumping ahead; then it runs at its own rate, so that compute costs what it costs (see docs/time.md).
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import anyio
from anyio.lowlevel import RunVar

Ns: TypeAlias = int
SECOND: Ns = 1_000_000_000
FOREVER: Ns = 2**62

stopwatch_ns = time.perf_counter_ns  # for durations of compute only; never compared with clock time
cpu_seconds = time.process_time  # CPU seconds of the whole process, all threads

_held: RunVar[int] = RunVar("dragoman_held", default=0)


def seconds(value: float) -> Ns:
    """Seconds to nanoseconds."""
    return round(value * SECOND)


def ms(value: float) -> Ns:
    """Milliseconds to nanoseconds."""
    return round(value * 1_000_000)


def to_seconds(value: Ns) -> float:
    """Nanoseconds to seconds, for people and files."""
    return value / SECOND


def sample_time(index: int, rate_hz: int) -> Ns:
    """Stream time at which sample `index` starts."""
    return index * SECOND // rate_hz


def sample_index(at: Ns, rate_hz: int) -> int:
    """Index of the first sample that starts at or after `at`: the inverse of `sample_time`."""
    return -(-at * rate_hz // SECOND)


def now() -> Ns:
    """The event loop's clock. Raises `RuntimeError` (of anyio) outside an event loop."""
    return round(anyio.current_time() * SECOND)


class RunClock:
    """The clock of one run: `now()` counts from the moment at which the first sample is due."""

    def __init__(self) -> None:
        self._read_ns = _loop_reader()
        self._zero = self._read_ns()

    def restart(self) -> None:
        """Make this moment the zero. The scheduler calls it once, when every node is open."""
        self._zero = self._read_ns()

    def now(self) -> Ns:
        """Nanoseconds since the run's zero."""
        return self._read_ns() - self._zero

    async def until(self, at: Ns) -> None:
        """Wait until the run's clock shows `at`; return at once (but let others run) if it is past."""
        wait = at - self.now()
        await anyio.sleep(wait / SECOND if wait > 0 else 0)


def _loop_reader() -> Callable[[], Ns]:
    """The loop's clock in whole nanoseconds, read at the least cost: it is read at every hop through an edge."""
    if _trio_runs():
        import trio

        return lambda: round(trio.current_time() * SECOND)
    import asyncio

    loop = asyncio.get_running_loop()
    if type(loop).time is asyncio.BaseEventLoop.time:
        return time.monotonic_ns  # what that method reads
    return lambda: round(loop.time() * SECOND)


def _trio_runs() -> bool:
    trio: Any = sys.modules.get("trio")
    if trio is None:
        return False
    try:
        trio.lowlevel.current_trio_token()
    except RuntimeError:
        return False
    return True


@contextmanager
def hold_virtual_time() -> Iterator[None]:
    """Keep a virtual clock from jumping while somebody computes outside the loop. Nests; no-op on a real one.

    Must be entered and left on the event loop's thread.
    """
    mock = _mock_clock()
    if mock is None:
        yield
        return
    held = _held.get()
    _held.set(held + 1)
    if held == 0:
        mock.autojump_threshold = math.inf
    try:
        yield
    finally:
        _held.set(_held.get() - 1)
        if _held.get() == 0:
            mock.autojump_threshold = 0


def _mock_clock() -> Any:
    if not _trio_runs():
        return None
    import trio

    clock = trio.lowlevel.current_clock()
    return clock if hasattr(clock, "autojump_threshold") else None


def stamp() -> str:
    """Date and time of day, UTC, as ISO 8601 writes it: for files that people read, never to measure with."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def unix_s() -> int:
    """Seconds since 1970, UTC: for dates that others are told (when a key expires), never to measure with."""
    return int(time.time())


def run_virtual(function: Callable[..., Any], *args: Any, rate: float = 1.0) -> Any:
    """Run an async function in virtual time: jump while everybody waits, pass at `rate` while one computes.

    `rate=1.0` measures true latencies in a fraction of the time; `rate=0.0` is for tests whose compute is free.
    Raises `PackageError` where trio is not installed.
    """
    try:
        import trio
        from trio.testing import MockClock
    except ImportError:
        from pipeline.errors import need

        raise need("trio", "cli", "virtual time") from None
    return trio.run(function, *args, clock=MockClock(rate=rate, autojump_threshold=0))
