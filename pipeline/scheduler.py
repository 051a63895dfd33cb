"""Scheduler: runs a graph: one task a node, in one task group.

Decides: the order of a run's life. Every node is opened (in its own place, all at once); the clock is set to zero;
sources produce and packets flow; when a source ends, its edges end and the end runs down the graph; every node that
was opened is closed, whatever happened.

How a run ends
    done      every source came to its end and everything was drained
    stopped   somebody asked (`run.stop()`, leaving the block, Ctrl-C): sources stop, what was heard is drained
    failed    a node raised: its outputs end, sources stop, what came before is drained, then the error is raised
    aborted   draining took longer than `stop_s`, or `run.abort()`: tasks are cancelled, nodes are still closed

Draining is bounded by `stop_s`, closing by `close_s`; a node that hangs longer is left behind, with a warning.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeAlias

import anyio
import msgspec

from pipeline.clock import RunClock, cpu_seconds, seconds
from pipeline.edge import Edge
from pipeline.errors import InputError, did_you_mean
from pipeline.graph import Graph
from pipeline.inbox import Bell, Inbox
from pipeline.join import Feed, make_join
from pipeline.keeper import Limits
from pipeline.lag import LagLog
from pipeline.node import Source
from pipeline.outlets import Link
from pipeline.packet import Packet
from pipeline.relay import relay_into
from pipeline.report import EdgeReport, NodeReport, Report
from pipeline.runner import Runner
from pipeline.source_runner import SourceRunner

log = logging.getLogger(__name__)

Ended: TypeAlias = Literal["running", "done", "stopped", "failed", "aborted"]
LIMITS = Limits()
TAP_CAPACITY = 256


class Tap(msgspec.Struct):
    """An output that the program reads: its name, its edge, and the runner to wake when there is room."""

    name: str
    edge: Edge
    producer: Runner


class Run:
    """A graph that runs. Iterate over it for the packets of the outputs that were asked for."""

    def __init__(self, graph: Graph, outputs: Sequence[str], limits: Limits) -> None:
        self.graph = graph
        self.clock = RunClock()
        self.ended: Ended = "running"
        self.failure: BaseException | None = None
        self._limits = limits
        self._lags = LagLog()
        self._over = anyio.Event()
        self._bell = Bell()  # rung for the program that iterates
        self._stop_asked = Bell()
        self._cpu_start = cpu_seconds()
        self._took: tuple[float, float] | None = None  # clock and CPU seconds, once it has ended
        self._scope = anyio.CancelScope()
        self._runners = self._build()
        self._taps = deque(self._tap(name) for name in outputs)

    def _build(self) -> dict[str, Runner]:
        runners: dict[str, Runner] = {}
        live = self.graph.live
        for name, node in self.graph.fresh_nodes().items():
            member = self.graph.members[name]
            feeds = [
                Feed(
                    port,
                    _edge(name, input_, member.inputs[input_]),
                    seconds(port.gather_of(node) / 1000),
                    live,
                )
                for input_, port in node.inputs.items()
                if input_ in member.inputs
            ]
            absent = {input_: None for input_ in node.inputs if input_ not in member.inputs}
            inbox = Inbox(make_join(node.join, feeds) if feeds else None, absent, self.clock)
            kind = SourceRunner if isinstance(node, Source) else Runner
            runners[name] = kind(member, node, inbox, self.clock, self._lags, limits=self._limits)
        for runner in runners.values():
            for feed in runner.inbox.join.feeds if runner.inbox.join else ():
                owner, _, output = runner.member.inputs[feed.name].source.partition(".")
                runners[owner].outlets.by_name[output].append(Link(feed.edge, runner))
                runner.inbox.producers.append(runners[owner])
        _mark_bounds(runners)
        for runner in runners.values():
            for link in runner.outlets:
                link.relay = relay_into(link.consumer) if link.consumer else None
        return runners

    def _tap(self, name: str) -> Tap:
        owner, _, output = name.partition(".")
        if owner not in self._runners or output not in self._runners[owner].outlets.by_name:
            known = [
                f"{node}.{port}" for node, runner in self._runners.items() for port in runner.outlets.by_name
            ]
            raise InputError(f"{self.graph.spec.file}: no output {name!r}; {did_you_mean(name, known)}")
        edge = Edge(f"{name} -> program", capacity=TAP_CAPACITY)
        self._runners[owner].outlets.by_name[output].append(Link(edge, None, heard=self._bell.ring))
        return Tap(name, edge, self._runners[owner])

    # What a program does with a run

    def __aiter__(self) -> AsyncIterator[tuple[str, Packet[Any]]]:
        """Packets of the outputs that were asked for, by name, until the run ends."""
        return self

    async def __anext__(self) -> tuple[str, Packet[Any]]:
        while True:
            ready = next((tap for tap in self._taps if len(tap.edge)), None)
            if ready is not None:
                self._taps.rotate(-1)  # outputs take turns
                packet = ready.edge.take()
                ready.producer.inbox.bell.ring()
                return ready.name, packet
            if self._over.is_set():
                raise StopAsyncIteration
            await self._bell.wait()

    async def wait(self) -> None:
        """Until the run has ended. Packets of outputs that nobody reads any more are thrown away."""
        self._drop_taps()
        await self._over.wait()

    def stop(self) -> None:
        """Stop the sources and drain what was heard, within `stop_s`, to whoever still iterates. Returns at once."""
        if self.ended == "running":
            self.ended = "stopped"
        self._stop_asked.ring()

    def abort(self) -> None:
        """Cancel everything now; nodes are closed. Returns at once."""
        if self.ended in ("running", "stopped"):
            self.ended = "aborted"
        self._scope.cancel()

    def report(self) -> Report:
        """What the run did so far."""
        edges = [
            EdgeReport.of(name, link.consumer.member.name if link.consumer else "program", link.edge)
            for name, runner in self._runners.items()
            for link in runner.outlets
        ]
        nodes = [
            NodeReport.of(runner.member.name, runner.member.uses, runner.member.runs_on, runner.counts)
            for runner in self._runners.values()
        ]
        media = max((runner.media_end for runner in self._runners.values()), default=0)
        lag = self._lags.summary() if self.graph.live else {}
        clock_s, cpu_s = self._took or self._spent()
        return Report(self.graph.spec.file, self.ended, clock_s, media / 1e9, cpu_s, nodes, edges, lag)

    def _spent(self) -> tuple[float, float]:
        """Seconds on the run's clock and of the CPU since its zero."""
        return self.clock.now() / 1e9, cpu_seconds() - self._cpu_start

    def node(self, name: str) -> Any:
        """The node of this run (not of the graph), to look at or to hand things to."""
        self.graph.member(name)
        return self._runners[name].node

    # Its life

    async def open(self) -> None:
        """Open every node, all at once. Raises the first error, after closing those that did open."""

        async def open_one(runner: Runner) -> None:
            try:
                await runner.open()
            except Exception as error:  # noqa: BLE001 - raised below, once all have tried
                self.failure = self.failure or error

        try:
            async with anyio.create_task_group() as group:
                for runner in self._runners.values():
                    group.start_soon(open_one, runner)
            if self.failure is not None:
                self.ended = "failed"
                raise self.failure
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.close()
            raise

    async def run(self) -> None:
        """Run to an end of any kind; never raises (see `failure`). Closes every node."""
        self.clock.restart()
        self._cpu_start = cpu_seconds()
        try:
            with self._scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(self._watch_stop)
                    async with anyio.create_task_group() as nodes:
                        for runner in self._runners.values():
                            nodes.start_soon(self._guard, runner)
                    group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await self.close()
            if self.ended == "running":
                self.ended = "done"
            self._took = self._spent()
            self._over.set()
            self._bell.ring()

    async def _guard(self, runner: Runner) -> None:
        """One node's task. Its failure stops the sources, and what came before is drained."""
        try:
            await runner.work()
        except Exception as error:  # noqa: BLE001 - kept, and raised when everything is closed
            runner.failure = error
            self.failure = self.failure or runner.keeper.named(error)
            self.ended = "failed"
            runner.abandon_inputs()
            runner.outlets.pending.clear()
            runner.outlets.end()
            self._stop_asked.ring()

    async def _watch_stop(self) -> None:
        await self._stop_asked.wait()
        for runner in self._runners.values():
            runner.scope.cancel()
        await anyio.sleep(self._limits.stop_s)
        busy = [str(runner.member) for runner in self._runners.values() if runner.busy]
        log.warning(
            "not drained after %g s (%s); aborted", self._limits.stop_s, ", ".join(busy) or "no node is busy"
        )
        self.ended = "failed" if self.failure else "aborted"
        self._scope.cancel()

    def _drop_taps(self) -> None:
        for runner in self._runners.values():
            for link in runner.outlets:
                link.dead = link.dead or link.consumer is None
            runner.inbox.bell.ring()

    async def close(self) -> None:
        """Close every node that was opened."""

        async def close_one(runner: Runner) -> None:
            try:
                await runner.keeper.close()
            except Exception as error:  # noqa: BLE001 - the others are closed too
                self.failure = self.failure or runner.keeper.named(error)
                self.ended = "failed"

        async with anyio.create_task_group() as group:
            for runner in self._runners.values():
                group.start_soon(close_one, runner)


def _edge(name: str, port: str, spec: Any) -> Edge:
    capacity_ns = seconds(spec.capacity_ms / 1000) if spec.capacity_ms is not None else None
    options = {} if capacity_ns is None else {"capacity_ns": capacity_ns}
    return Edge(
        f"{spec.source} -> {name}.{port}", capacity=spec.capacity, when_full=spec.when_full, **options
    )


def _mark_bounds(runners: dict[str, Runner]) -> None:
    """Mark the nodes whose settled time somebody waits for: those with a join, and all above them."""
    waiting = [
        runner for runner in runners.values() if runner.inbox.join and len(runner.inbox.join.feeds) > 1
    ]
    while waiting:
        runner = waiting.pop()
        if not runner.needs_bounds:
            runner.needs_bounds = True
            waiting += runner.inbox.producers


@asynccontextmanager
async def start(
    graph: Graph,
    outputs: Sequence[str] = (),
    *,
    stop_s: float = LIMITS.stop_s,
    close_s: float = LIMITS.close_s,
    hang_s: float = LIMITS.hang_s,
) -> AsyncIterator[Run]:
    """Run a graph in the background of an `async with` block.

    Leaving the block normally stops the run (drained, within `stop_s` seconds); an exception in the block
    aborts it. `await run.wait()` in the block runs it to its end. Raises what stopped the run, if a node failed;
    a node that does not return from `process` (in a thread, a process, a remote service) for `hang_s` has failed.
    """
    run = Run(graph, outputs, Limits(stop_s, close_s, hang_s))
    await run.open()
    raised: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(run.run)
        try:
            yield run
        except Exception as error:  # noqa: BLE001 - raised again below, outside of the task group
            raised = error
            run.abort()
        except BaseException:
            run.abort()
            raise
        else:
            run.stop()
        await run.wait()
    failed = raised or run.failure
    if failed is not None:
        raise failed


def stream(graph: Graph, outputs: Sequence[str]) -> Iterator[tuple[str, Packet[Any]]]:
    """Run a graph to its end in a thread of its own, and yield the packets of some outputs, by name."""
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(start(graph, outputs)) as run:

        async def following() -> tuple[str, Packet[Any]] | None:
            return await anext(run, None)

        try:
            while (item := portal.call(following)) is not None:
                yield item
        except GeneratorExit:
            return  # whoever iterated has enough: the run is stopped in order


async def run_to_end(graph: Graph, **options: Any) -> Report:
    """Run a graph until its sources end. Raises what stopped it; returns what it did."""
    async with start(graph, **options) as run:
        await run.wait()
    return run.report()
