"""Running a graph for a command: its settings, where its sinks write, signals, backends, and the report.

Ctrl-C once stops the sources and drains what was heard; twice aborts; a third time, when even that hangs, ends the
program at once. Sinks write whole pieces, so that their files are valid in all three cases.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import msgspec
import yaml

from pipeline.clock import run_virtual
from pipeline.errors import GraphError, InputError, OutputError
from pipeline.graph import Graph
from pipeline.report import Report
from pipeline.scheduler import Run, start
from pipeline.spec import value_of

Watch = Callable[[Run], Awaitable[None]]


def settings(given: Sequence[str]) -> dict[str, str]:
    """`node.key=value` arguments as a mapping. Raises `InputError`."""
    found: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or "." not in key.strip("."):
            raise InputError(f"--set {item}: not a setting; write --set node.key=value")
        found[key] = value
    return found


def overruled(graph: Graph, given: Sequence[str]) -> Graph:
    """A graph with the settings of `--set`. Raises `InputError` that names the argument that is wrong."""
    wanted = values(given)
    try:
        return graph.with_settings(wanted)
    except InputError:
        for key, value in wanted.items():
            _alone(graph, key, value)
        raise  # wrong only together


def values(given: Sequence[str]) -> dict[str, Any]:
    """`node.key=value` arguments as a mapping, values read as in a graph file. Raises `InputError`."""
    return {key: _value(key, text) for key, text in settings(given).items()}


def _value(key: str, text: str) -> Any:
    try:
        return value_of(text)
    except (yaml.YAMLError, ValueError):
        raise InputError(f"--set {key}={text}: not a value of YAML; put it in quotes") from None


def _alone(graph: Graph, key: str, value: Any) -> None:
    try:
        graph.with_settings({key: value})
    except GraphError as error:
        fault = error.faults[0]
        raise InputError(f"--set {key}: {fault.what}; {fault.remedy}".removesuffix("; ")) from error
    except InputError as error:  # no such node: its message begins with a file, which the user never named
        what = str(error).removeprefix(f"{graph.spec.file}: ")
        raise InputError(f"--set {key}: {what}") from error


def folder(name: str | Path) -> Path:
    """A folder for results, made where it is not there. Raises `InputError`, `OutputError`."""
    out = Path(name)
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: is a file; give a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"--out {out}: this folder cannot be made ({error.strerror}); choose another"
        ) from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise OutputError(f"--out {out}: this folder may not be written to; choose another")
    return out


def write_to(graph: Graph, name: str | Path) -> Graph:
    """The graph with the relative paths of its sinks under a folder.

    Raises `InputError` where a sink would write over what a source reads, `OutputError` if the folder cannot be made.
    """
    out = folder(name)
    changes = {f"{name}.path": str(out / path) for name, path in _sinks(graph).items()}
    ready = graph.with_settings(changes)
    read = {
        Path(path).resolve()
        for member in graph.members.values()
        if member.uses.startswith("source.") and (path := getattr(member.node, "path", ""))
    }
    for written in _sinks(ready).values():
        if Path(written).resolve() in read:
            raise InputError(f"--out {out}: {written} is what is to be read; choose another folder")
    return ready


def _sinks(graph: Graph) -> dict[str, str]:
    """The sinks that write a file, and where."""
    return {
        name: str(member.node.path)
        for name, member in graph.members.items()
        if member.uses.startswith("sink.") and hasattr(member.node, "path")
    }


def written(graph: Graph) -> list[Path]:
    """The files that the sinks of a graph wrote."""
    return [path for name in _sinks(graph).values() if (path := Path(name)).is_file()]


def run_graph(
    graph: Graph,
    *,
    outputs: Sequence[str] = (),
    watch: Watch | None = None,
    stop_s: float = 10.0,
    backend: str = "asyncio",
    virtual: bool = False,
    report_in: str | Path | None = None,
) -> Report:
    """Run a graph to its end, or until Ctrl-C. `watch` reads the outputs. Raises what stopped it.

    However it ends, report.json is written into `report_in`. Raises `KeyboardInterrupt` when it was stopped before
    it had begun.
    """

    async def body() -> Report | None:
        run: Run | None = None
        with anyio.CancelScope() as loading, _signals(loading.cancel, loading.cancel) as asked:
            try:
                async with start(graph, outputs, stop_s=stop_s) as run:
                    asked[:] = [run.stop, run.abort]
                    if watch is not None:
                        await watch(run)
                    await run.wait()
            except BaseException:
                if run is not None and report_in is not None:
                    with suppress(OutputError):  # what stopped the run is the news
                        write_report(run.report(), report_in)
                raise
        if run is not None and report_in is not None:
            write_report(run.report(), report_in)
        return None if run is None else run.report()

    report: Report | None = run_virtual(body) if virtual else anyio.run(body, backend=backend)
    if report is None:
        raise KeyboardInterrupt  # stopped while it was loading: nothing was heard
    return report


@contextmanager
def _signals(*calls: Callable[[], None]) -> Iterator[list[Callable[[], None]]]:
    """While in the block, Ctrl-C and SIGTERM do the first of these calls, then the second, then end the program.

    The calls may be exchanged in the list that is given.
    """
    native: Any = anyio.lowlevel.current_token().native_token
    # Both are safe to call from a signal handler, and wake the loop.
    soon = getattr(native, "call_soon_threadsafe", None) or native.run_sync_soon
    asked, count = list(calls), 0

    def ask(number: int, frame: object) -> None:
        nonlocal count
        count += 1
        if count > len(asked):
            sys.stderr.write("\nended\n")
            os._exit(1)  # neither a hanging thread nor a hanging loop is waited for
        sys.stderr.write(
            "\nstopping: what was heard is finished first; once more to abort\n"
            if count == 1
            else "\naborting\n"
        )
        soon(asked[count - 1])

    try:
        old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # only the main thread may; in another, whoever started it stops the run
        old = {}
    try:
        yield asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def write_report(report: Report, name: str | Path) -> None:
    """Write report.json. Raises `OutputError`."""
    path = Path(name) / "report.json"
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report.to_dict())) + b"\n")
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)  # half a report is none
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}); free space or choose another --out"
        ) from error


def write_text(name: str, text: str) -> None:
    """Write a text file that the user named. Raises `OutputError`."""
    try:
        Path(name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{name}: cannot be written ({error.strerror}); give another path") from error
