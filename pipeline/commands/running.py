"""Running a graph for a command: signals, backends, where sinks write, and the report.

Ctrl-C once stops the sources and drains what was heard; twice aborts; a third time, when even that hangs, ends the
program at once.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import msgspec

from pipeline.clock import run_virtual
from pipeline.errors import InputError, OutputError
from pipeline.graph import Graph
from pipeline.report import Report
from pipeline.scheduler import Run, start

Watch = Callable[[Run], Awaitable[None]]


def settings(given: Sequence[str]) -> dict[str, str]:
    """`node.key=value` arguments as a mapping. Raises `InputError`."""
    found: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or "." not in key:
            raise InputError(f"--set {item}: not a setting; write --set node.key=value")
        found[key] = value
    return found


def write_to(graph: Graph, folder: str | Path) -> Graph:
    """The graph with the relative paths of its sinks under a folder. Raises `OutputError` if it cannot be made."""
    out = Path(folder)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{out}: cannot make this folder ({error.strerror}); choose another --out"
        ) from error
    changes = {
        f"{name}.path": str(out / member.node.path)
        for name, member in graph.members.items()
        if member.uses.startswith("sink.") and hasattr(member.node, "path")
    }
    return graph.with_settings(changes)


def run_graph(
    graph: Graph,
    *,
    outputs: Sequence[str] = (),
    watch: Watch | None = None,
    stop_s: float = 10.0,
    backend: str = "asyncio",
    virtual: bool = False,
) -> Report:
    """Run a graph to its end, or until Ctrl-C. `watch` reads the outputs. Raises what stopped it."""

    async def body() -> Report:
        async with start(graph, outputs, stop_s=stop_s) as run:
            with _signals(run):
                if watch is not None:
                    await watch(run)
                await run.wait()
        return run.report()

    report: Report = run_virtual(body) if virtual else anyio.run(body, backend=backend)
    return report


@contextmanager
def _signals(run: Run) -> Iterator[None]:
    native: Any = anyio.lowlevel.current_token().native_token
    # Both are safe to call from a signal handler, and wake the loop.
    soon = getattr(native, "call_soon_threadsafe", None) or native.run_sync_soon
    count = 0

    def asked(number: int, frame: object) -> None:
        nonlocal count
        count += 1
        if count == 1:
            sys.stderr.write("\nstopping: what was heard is finished first; once more to abort\n")
            soon(run.stop)
        elif count == 2:
            soon(run.abort)
        else:
            raise KeyboardInterrupt

    old = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def write_report(report: Report, folder: str | Path) -> None:
    """Write report.json. Raises `OutputError`."""
    path = Path(folder) / "report.json"
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report.to_dict())) + b"\n")
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}); free space or choose another --out"
        ) from error
