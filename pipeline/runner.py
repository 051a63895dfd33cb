"""Runner: one node of a run: takes sets from its inbox, steps the node, offers what comes to its edges.

How it works
    A node on the loop is *pumped*: it drains what is there before it yields, and an offer to an idle node on
    the loop pumps that one at once (run to completion, bounded in depth), so that a chain of light nodes costs
    calls and not task switches. A node in a thread or process is stepped by its task, which waits for it.
    An edge without room makes the packet `pending`; the node takes no more input until it is gone, and so the
    wait runs up the graph to the source. That is backpressure.

    A packet's delay is accounted for here: `queued` grows by the time between leaving one node and being taken by
    the next; the node's `part` grows by the time from then to the moment its output leaves. What a node held
    back is accounted from the input that spoke of the same stream time.

Errors
    When the node raises, its policy decides: stop (the run ends in order: what came before is drained), skip,
    restart, or fallback. The error names the node.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import anyio
import anyio.lowlevel
import msgspec

from pipeline.accounts import Accounts
from pipeline.clock import FOREVER, Ns, RunClock
from pipeline.edge import Edge
from pipeline.errors import DragomanError, NodeError
from pipeline.graph import Member, fresh
from pipeline.inbox import Inbox
from pipeline.join import GivenSet
from pipeline.lag import LagLog
from pipeline.media import Speech, Text
from pipeline.node import Node, Place, Source, checked, step, timed
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.relay import BLOCKED, MAX_DEPTH, Relay
from pipeline.statistics import NodeCounts
from pipeline.worker import OnLoop, Worker, make_worker

log = logging.getLogger(__name__)

PUMP_BUDGET = 64  # sets a node takes before others may run


class Link(msgspec.Struct):
    """One edge of an output, and who takes from it (None: a program that reads the run)."""

    edge: Edge
    consumer: Runner | None
    relay: Relay | None = None  # the way into the consumer that skips the queue
    heard: Callable[[], None] | None = None  # told of each packet, where there is no consumer
    dead: bool = False  # the consumer has failed: nothing is offered any more


class Limits(msgspec.Struct, frozen=True):
    """How long a run waits for its nodes, in seconds."""

    stop_s: float = 10.0  # draining after a stop or a failure
    close_s: float = 5.0  # close() of one node
    hang_s: float = 60.0  # one process() that is not on the loop


class Runner:
    """Runs one node; see the head of this file."""

    def __init__(
        self, member: Member, node: Node, inbox: Inbox, clock: RunClock, lags: LagLog, *, limits: Limits
    ) -> None:
        self.member = member
        self.inbox = inbox
        self.links: dict[str, list[Link]] = {name: [] for name in node.outputs}
        self.pending: deque[tuple[Link, Packet[Any]]] = deque()
        self.counts = NodeCounts()
        self.needs_bounds = False  # a join at or below this node waits for settled time
        self.scope = anyio.CancelScope()  # of a source: cancelled when the run is stopped
        self.failure: BaseException | None = None
        self.clock = clock
        self._lags = lags
        self._limits = limits
        self.stepping = False
        self.trouble: tuple[Exception, GivenSet] | None = None
        self.held: Ns | None = None
        self.end_seen: Ns = 0  # stream time up to which inputs (of a source: outputs) have come
        self._blocked_told = False
        self._opened = False
        self._employ(node, member.runs_on)
        texts = any(issubclass(kind, Text | Speech) for port in node.outputs.values() for kind in port.kinds)
        self.accounts = Accounts(node.part)
        self.plain = not texts and node.part == "hearing"  # its delays are told apart by nobody

    def _employ(self, node: Node, place: Place) -> None:
        """Make this the node that is run, and its place the one it is run in."""
        self.node = node
        self.worker: Worker = make_worker(node, place, self.member.name)
        on_loop = isinstance(self.worker, OnLoop) and not self.worker.remote
        self.light = on_loop and not isinstance(node, Source)

    async def open(self) -> None:
        """Open the node in its place. Raises what it raises, with the node's name."""
        self.node.wanted = frozenset(name for name, links in self.links.items() if links)
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

    @property
    def busy(self) -> bool:
        """In a step, or waiting for room."""
        return self.stepping or bool(self.pending)

    @property
    def media_end(self) -> Ns:
        """Stream time up to which a source has given media; 0 for other nodes."""
        return self.end_seen if isinstance(self.node, Source) else 0

    # Stepping

    def poke(self, depth: int) -> None:
        """Something came: pump at once if this node is idle on the loop, else wake its task."""
        if self.light and depth < MAX_DEPTH and not self.stepping and not self.pending:
            self.pump(depth)
        else:
            self.inbox.bell.ring()

    def pump(self, depth: int = 0) -> None:
        """Step while there are inputs and room. Trouble is left for the task."""
        if self.stepping or self.pending or self.trouble is not None or self.failure is not None:
            return
        self.stepping = True
        now = self.clock.now()
        try:
            for _ in range(PUMP_BUDGET):
                given = self.inbox.next(now)
                if given is None:
                    break
                now = self._step_now(given, now, depth)
                if self.pending or self.trouble is not None:
                    break
            else:
                self.inbox.bell.ring()  # more waits, but others come first
        finally:
            self.stepping = False
        if self.trouble is not None or self.pending or self.inbox.ended:
            self.inbox.bell.ring()
            return
        if depth and self.inbox.deadline() is not None:
            self.inbox.bell.ring()  # the task is to wait by the clock now
        if self.needs_bounds:
            self._advance(depth)

    def _step_now(self, given: GivenSet, now: Ns, depth: int) -> Ns:
        try:
            items = step(self.node, given)
            self.held = self.node.held_since
            left = self.clock.now()
            self._deliver(items, given, now, left, depth)
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self.trouble = (error, given)
            return now
        self.counts.busy.add(left - now)
        if left - now > BLOCKED:
            self.blocked(left - now)
        return self.clock.now()

    def blocked(self, took: Ns) -> None:
        """Say, once, that a step held the loop for too long."""
        if not self._blocked_told:
            self._blocked_told = True
            log.warning(
                "%s: a step held the loop for %.2f s; give it runs_on: thread", self.member, took / 1e9
            )

    async def compute(self) -> None:
        """The task of a node with inputs: until they end, then `finish`."""
        while True:
            if self.pending:
                await self._flush()
            elif self.trouble is not None:
                error, given = self.trouble
                self.trouble = None
                await self._recover(error, given)
            elif self.inbox.ended:
                break
            elif self.light:
                self.pump()
                if self._idle:
                    await self.inbox.wait()
            elif not await self._step_away():
                await self.inbox.wait()
        await self._finish()

    @property
    def _idle(self) -> bool:
        return self.trouble is None and not self.pending and not self.inbox.ended

    async def _step_away(self) -> bool:
        """One step in a thread or process; False when there is nothing to do but wait."""
        took = self.clock.now()
        given = self.inbox.next(took)
        if given is None:
            self._advance(0)
            return self.inbox.ended  # the join may just have thrown the last packet away
        self.stepping = True
        try:
            items = await self._watched(given)
            left = self.clock.now()
            self._deliver(items, given, took, left, 0)
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self.trouble = (error, given)
            return True
        finally:
            self.stepping = False
        self.counts.busy.add(left - took)
        await self._flush()
        self._advance(0)
        return True

    async def _watched(self, given: GivenSet) -> list[Emission[Any]]:
        """One step of the worker. Raises `NodeError` when it takes longer than `hang_s`."""
        with anyio.move_on_after(self._limits.hang_s) as scope:
            items, self.held = await self.worker.step(given)
        if scope.cancelled_caught:
            raise NodeError(
                f"{self.member} has not returned from process() for {self._limits.hang_s:g} s; "
                "give it less to do at once, or a larger hang_s"
            )
        return items

    async def _finish(self) -> None:
        try:
            items, self.held = await self.worker.finish(self.end_seen)
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self._forgive(error)
            items = []
        now = self.clock.now()
        self._deliver(items, {}, now, now, 0)
        await self._flush()
        self.end()

    async def produce(self) -> None:
        """The task of a source: until it ends or is stopped."""
        assert isinstance(self.node, Source)
        count = 0
        with self.scope:
            async with aclosing(self.node.produce(self.clock)) as stream:  # type: ignore[type-var]
                async for item in stream:
                    self._emit(checked(self.node, item, 0, 0), item)
                    await self._flush()
                    self._settle_source()
                    count += 1
                    if count % 16 == 0:
                        await anyio.lowlevel.checkpoint()
        await self._finish()

    def _settle_source(self) -> None:
        """What a source says about `held_since` moves the time of its outputs that are silent."""
        since = self.node.held_since if self.needs_bounds else None
        if since is not None:
            self._settle_all(since, 0)

    def _emit(self, item: Emission[Any], said: Emission[Any]) -> None:
        """Offer what a source yields. Its delay so far is time it was kept from yielding: queueing."""
        if said.start is None or item.start is None or item.end is None:
            raise NodeError(
                f"{type(self.node).__name__} yielded without a time; "
                f"a source says when: yield self.{item.port}(payload, start, end)"
            )
        left = self.clock.now()
        self.counts.yielded += 1
        live = isinstance(self.node, Source) and self.node.live
        queued = max(0, left - item.end) if live else 0
        packet = Packet(item.payload, item.start, item.end, left, left, queued, heard=item.end, waited=queued)
        self.end_seen = max(self.end_seen, item.end)
        self.send(item.port, packet, 0)

    # Offering

    def _deliver(
        self, items: list[Emission[Any]], given: GivenSet, took: Ns, left: Ns, depth: int = 0
    ) -> None:
        """Stamp what a step yielded, and offer it."""
        lead = next((value for value in given.values() if isinstance(value, Packet)), None)
        if lead is None:  # finish() has no input
            lead = Packet(None, self.end_seen, self.end_seen, took, took)
        elif not self.plain:
            self.accounts.add(lead, took)
        self.relay(items, lead, took, left, depth)

    def relay(self, items: list[Emission[Any]], lead: Packet[Any], took: Ns, left: Ns, depth: int) -> None:
        """Offer what came of a leading packet, with its delay brought forward."""
        self.end_seen = max(self.end_seen, lead.end)
        here = took - lead.left
        queued, waited = lead.queued + here, lead.waited + here
        for item in items:
            if item.start is None and item.end is None:
                start, end = lead.start, lead.end
            else:
                item = timed(self.node, item, lead.start, lead.end)  # noqa: PLW2901 - the same emission
                start, end = item.start or 0, item.end or 0
            if self.plain:
                so_far = (lead.born, left, queued, lead.worked, lead.heard, waited)
                packet = Packet(item.payload, start, end, *so_far)
            else:
                packet = self.accounts.stamped(item.payload, (start, end), left)
                self._lags.note(self.member.name, item.port, packet)
            self.send(item.port, packet, depth)

    def send(self, port: str, packet: Packet[Any], depth: int) -> None:
        """Offer a packet to every edge of an output; what finds no room is pending."""
        for link in self.links.get(port, ()):  # a fallback may have outputs that nobody knows
            if self.pending:
                if not link.dead:
                    self.pending.append((link, packet))
            elif (link.relay is not None and link.relay.take(packet, depth)) or link.dead:
                pass
            elif link.edge.offer(packet):
                _tell(link, depth)
            else:
                self.pending.append((link, packet))

    async def _flush(self) -> None:
        """Offer what is pending, in order, waiting for room."""
        while self.pending:
            link, packet = self.pending[0]
            if link.dead or link.edge.offer(packet):
                self.pending.popleft()
                if not link.dead:
                    _tell(link, 0)
            else:
                await self.inbox.bell.wait()

    def _advance(self, depth: int) -> None:
        """Settle stream time on the outputs as far as the inputs and what is held allow."""
        bound = self.inbox.bound()
        self._settle_all(bound if self.held is None else min(bound, self.held), depth)

    def _settle_all(self, bound: Ns, depth: int) -> None:
        for links in self.links.values():
            for link in links:
                self._settle(link, bound, depth)

    def _settle(self, link: Link, bound: Ns, depth: int) -> None:
        consumer = link.consumer
        if consumer is not None and consumer.needs_bounds and bound < FOREVER and link.edge.advance(bound):
            consumer.poke(depth + 1)

    def end(self) -> None:
        """End every output."""
        for links in self.links.values():
            for link in links:
                link.edge.end()
                _tell(link, MAX_DEPTH)

    def abandon_inputs(self) -> None:
        """Take no more: producers go on as if this node were not there."""
        for producer in self.inbox.producers:
            for links in producer.links.values():
                for link in links:
                    if link.consumer is self:
                        link.dead, link.relay = True, None
            producer.inbox.bell.ring()

    # Errors

    def _forgive(self, error: Exception) -> None:
        """Count an error, and say what is done about it; raises it, named, when the run must stop."""
        policy = self.member.on_error
        self.counts.failed += 1
        if policy.policy == "stop" or (policy.budget is not None and self.counts.failed > policy.budget):
            raise self.named(error)
        log.warning("%s: %s: %s; %s", self.member, type(error).__name__, error, policy.policy)

    async def _recover(self, error: Exception, given: GivenSet) -> None:
        """Do what the node's policy says about an error; raises it, named, when the run must stop."""
        self._forgive(error)
        policy, fallback = self.member.on_error.policy, self.member.fallback
        if policy == "skip":
            return
        try:
            await self.close()
        except Exception as closing:  # noqa: BLE001 - it failed already; what counts is the new one
            log.warning("%s: close() failed too: %s", self.member, closing)
        self.held = None
        self.counts.restarts += 1
        if fallback is None:
            self._employ(fresh(self.member.node), self.member.runs_on)
            await self.open()
            return
        self._employ(fresh(fallback), fallback.runs_on)
        await self.open()
        more = {name: None for name in self.node.inputs if name not in given}
        self.inbox.absent.update(more)
        took = self.clock.now()
        items = await self._watched(given | more)
        self._deliver(items, given, took, self.clock.now(), 0)

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


def _tell(link: Link, depth: int) -> None:
    if link.consumer is not None:
        link.consumer.poke(depth + 1)
    elif link.heard is not None:
        link.heard()
