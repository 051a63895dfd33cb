"""Keeper: keeps one node of a run at work, and says what happens when it fails.

Decides: what an error means (the node's policy: stop, skip, restart, fallback; its budget), when a node hangs, which node
comes next, and how an error names the node. Knows nothing of edges, packets and joins: what becomes of the input that
failed is for the runner.

    stop       the error is raised, named, and the run ends in order
    skip       the input is passed over
    restart    the node is closed, and a fresh one with the same settings is opened in its place
    fallback   the same, with the node that the graph names, in the place that its class says; it gets the input
               that failed

A node that has not returned from `process` for `hang_s` has failed like one that raised, and is left behind. One that holds
the loop for too long is told of, once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable

import anyio
import msgspec

from pipeline.clock import Ns
from pipeline.errors import DragomanError, NodeError
from pipeline.graph import Member, fresh
from pipeline.join import GivenSet
from pipeline.node import Node, Place, Source
from pipeline.statistics import NodeCounts
from pipeline.worker import InThread, OnLoop, Result, Worker, make_worker

log = logging.getLogger(__name__)


class Limits(msgspec.Struct, frozen=True):
    """How long a run waits for its nodes, in seconds."""

    stop_s: float = 10.0  # draining after a stop or a failure
    close_s: float = 5.0  # close() of one node
    hang_s: float = 60.0  # one process() that is not on the loop


class Keeper:
    """One node of a run and the worker that it is run by."""

    __slots__ = (
        "_blocked_told",
        "_limits",
        "_opened",
        "counts",
        "light",
        "member",
        "node",
        "wanted",
        "worker",
    )

    def __init__(self, member: Member, node: Node, limits: Limits) -> None:
        self.member = member
        self.counts = NodeCounts()
        self.wanted: frozenset[str] = frozenset()  # outputs that somebody takes from
        self._limits = limits
        self._opened = False
        self._blocked_told = False
        self._employ(node, member.runs_on)

    def _employ(self, node: Node, place: Place) -> None:
        """Make this the node that is run, and its place the one it is run in."""
        self.node = node
        self.worker: Worker = make_worker(node, place, self.member.name)
        on_loop = isinstance(self.worker, OnLoop) and not self.worker.remote
        self.light = on_loop and not isinstance(node, Source)

    async def open(self) -> None:
        """Open the node in its place. Raises what it raises, with the node's name."""
        self.node.wanted = self.wanted
        try:
            await self.worker.open()
        except Exception as error:  # noqa: BLE001 - any error of a node gets its name
            named = self.named(error)
            raise named from named.__cause__
        self._opened = True

    async def close(self) -> None:
        """Close the node, once, if it was opened; one that hangs is left behind. Raises what it raises."""
        if not self._opened:
            return
        self._opened = False
        with anyio.move_on_after(self._limits.close_s) as scope:
            await self.worker.close()
        if scope.cancelled_caught:
            log.warning("%s did not close within %g s; it is left behind", self.member, self._limits.close_s)

    async def step(self, given: GivenSet) -> Result:
        """One step of the worker. Raises `NodeError` when it takes longer than `hang_s`."""
        return await self._in_time(self.worker.step(given))

    @property
    def unfinished(self) -> bool:
        """Whether the step has more to give (a node with `streams`)."""
        return isinstance(self.worker, InThread) and self.worker.unfinished

    async def go_on(self) -> Result:
        """What the step gives next. Raises as `step` does."""
        assert isinstance(self.worker, InThread)
        return await self._in_time(self.worker.go_on())

    async def leave_off(self) -> None:
        """Ask no more of the step."""
        if isinstance(self.worker, InThread):
            await self.worker.leave_off()

    async def _in_time(self, work: Awaitable[Result]) -> Result:
        with anyio.move_on_after(self._limits.hang_s) as scope:
            result = await work
        if scope.cancelled_caught:
            raise NodeError(
                f"{self.member} has not returned from process() for {self._limits.hang_s:g} s; "
                "give it less to do at once, or a larger hang_s"
            )
        return result

    async def finish(self, at: Ns) -> Result:
        """What the node gives at the end. An error is forgiven by its policy, or raised."""
        try:
            return await self.worker.finish(at)
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self.forgive(error)
            return [], None

    def forgive(self, error: Exception) -> None:
        """Count an error, and say what is done about it; raises it, named, when the run must stop."""
        policy = self.member.on_error
        self.counts.failed += 1
        if policy.policy == "stop" or (policy.budget is not None and self.counts.failed > policy.budget):
            raise self.named(error)
        log.warning("%s: %s: %s; %s", self.member, type(error).__name__, error, policy.policy)

    def blocked(self, took: Ns) -> None:
        """Say, once, that a step held the loop for too long."""
        if not self._blocked_told:
            self._blocked_told = True
            log.warning(
                "%s: a step held the loop for %.2f s; give it runs_on: thread", self.member, took / 1e9
            )

    async def retire(self) -> None:
        """Close a node that has failed. That it fails at this too is told, and no more."""
        try:
            await self.close()
        except Exception as closing:  # noqa: BLE001 - it failed already; what counts is the new one
            log.warning("%s: close() failed too: %s", self.member, closing)

    async def succeed(self) -> bool:
        """Open the node that comes after one retired; True when it is the fallback. Raises what opening raises."""
        self.counts.restarts += 1
        fallback = self.member.fallback
        if fallback is None:
            self._employ(fresh(self.member.node), self.member.runs_on)
        else:
            self._employ(fresh(fallback), fallback.runs_on)
        await self.open()
        return fallback is not None

    def named(self, error: BaseException) -> DragomanError:
        """The error with the node's name: a house error gets a note, any other is wrapped in `NodeError`."""
        if isinstance(error, DragomanError):
            note = f"in {self.member}"
            if str(self.member) not in str(error) and note not in getattr(error, "__notes__", ()):
                error.add_note(note)
            return error
        wrapped = NodeError(
            f"{self.member} raised {type(error).__name__}: {error}; "
            "fix the node, or say on_error: skip, restart or fallback"
        )
        wrapped.__cause__ = error
        return wrapped
