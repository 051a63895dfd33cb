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

Whose work is whose: the node, its worker and its error policy are the keeper's (keeper.py); its outputs and what found no
room on them are the outlets' (outlets.py); here is when to step, and what of a step goes out with which times.
"""

from __future__ import annotations

from typing import Any

import anyio

from pipeline.accounts import Accounts
from pipeline.clock import Ns, RunClock
from pipeline.graph import Member
from pipeline.inbox import Inbox
from pipeline.join import GivenSet
from pipeline.keeper import Keeper, Limits
from pipeline.lag import LagLog
from pipeline.media import Speech, Text
from pipeline.node import Node, lead_of, step, timed
from pipeline.outlets import Outlets
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.relay import BLOCKED, MAX_DEPTH

PUMP_BUDGET = 64  # sets a node takes before others may run


class Runner:
    """Runs one node; see the head of this file."""

    def __init__(
        self, member: Member, node: Node, inbox: Inbox, clock: RunClock, lags: LagLog, *, limits: Limits
    ) -> None:
        self.member = member
        self.inbox = inbox
        self.outlets = Outlets(iter(node.outputs))
        self.keeper = Keeper(member, node, limits)
        self.counts = self.keeper.counts
        self.needs_bounds = False  # a join at or below this node waits for settled time
        self.scope = anyio.CancelScope()  # of a source: cancelled when the run is stopped
        self.failure: BaseException | None = None
        self.clock = clock
        self._lags = lags
        self.stepping = False
        self.trouble: tuple[Exception, GivenSet] | None = None
        self.held: Ns | None = None
        self.end_seen: Ns = 0  # stream time up to which inputs (of a source: outputs) have come
        texts = any(issubclass(kind, Text | Speech) for port in node.outputs.values() for kind in port.kinds)
        self.accounts = Accounts(node.part)
        self.plain = not texts and node.part == "hearing"  # its delays are told apart by nobody

    @property
    def node(self) -> Node:
        """The node that is run now."""
        return self.keeper.node

    async def open(self) -> None:
        """Open the node in its place. Raises what it raises, with the node's name."""
        self.keeper.wanted = frozenset(name for name, links in self.outlets.by_name.items() if links)
        await self.keeper.open()

    @property
    def busy(self) -> bool:
        """In a step, or waiting for room."""
        return self.stepping or bool(self.outlets.pending)

    @property
    def media_end(self) -> Ns:
        """Stream time up to which a source has given media; 0 for other nodes."""
        return 0

    # Stepping

    def poke(self, depth: int) -> None:
        """Something came: pump at once if this node is idle on the loop, else wake its task."""
        if self.keeper.light and depth < MAX_DEPTH and not self.stepping and not self.outlets.pending:
            self.pump(depth)
        else:
            self.inbox.bell.ring()

    def pump(self, depth: int = 0) -> None:
        """Step while there are inputs and room. Trouble is left for the task."""
        if self.stepping or self.outlets.pending or self.trouble is not None or self.failure is not None:
            return
        self.stepping = True
        now = self.clock.now()
        try:
            for _ in range(PUMP_BUDGET):
                given = self.inbox.next(now)
                if given is None:
                    break
                now = self._step_now(given, now, depth)
                if self.outlets.pending or self.trouble is not None:
                    break
            else:
                self.inbox.bell.ring()  # more waits, but others come first
        finally:
            self.stepping = False
        if self.trouble is not None or self.outlets.pending or self.inbox.ended:
            self.inbox.bell.ring()
            return
        if depth and self.inbox.deadline() is not None:
            self.inbox.bell.ring()  # the task is to wait by the clock now
        if self.needs_bounds:
            self._advance(depth)

    def _step_now(self, given: GivenSet, now: Ns, depth: int) -> Ns:
        try:
            node = self.keeper.node
            items = step(node, given)
            self.held = node.held_since
            left = self.clock.now()
            self._deliver(items, given, now, left, depth)
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self.trouble = (error, given)
            return now
        self.counts.busy.add(left - now)
        if left - now > BLOCKED:
            self.keeper.blocked(left - now)
        return self.clock.now()

    async def work(self) -> None:
        """The task of a node with inputs: until they end, then `finish`. Raises what stops the run."""
        while True:
            if self.outlets.pending:
                await self._flush()
            elif self.trouble is not None:
                error, given = self.trouble
                self.trouble = None
                await self._recover(error, given)
            elif self.inbox.ended:
                break
            elif self.keeper.light:
                self.pump()
                if self.trouble is None and not self.outlets.pending and not self.inbox.ended:
                    await self.inbox.wait()
            elif not await self._step_away():
                await self.inbox.wait()
        await self._finish()

    async def _step_away(self) -> bool:
        """One step in a thread or process; False when there is nothing to do but wait."""
        took = self.clock.now()
        given = self.inbox.next(took)
        if given is None:
            self._advance(0)
            return self.inbox.ended  # the join may just have thrown the last packet away
        self.stepping = True
        try:
            await self._stepped(given, took)
            left = self.clock.now()
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            self.trouble = (error, given)
            return True
        finally:
            self.stepping = False
        self.counts.busy.add(left - took)
        await self._flush()
        self._advance(0)
        return True

    async def _stepped(self, given: GivenSet, took: Ns) -> None:
        """Step the node in its place; what comes leaves, of a node with `streams` as long as inputs may come."""
        items, self.held = await self.keeper.step(given)
        self._deliver(items, given, took, self.clock.now(), 0)
        lead = lead_of(given) if self.keeper.unfinished else None
        while lead is not None and self.keeper.unfinished:
            await self._flush()
            if self.inbox.ended and not items:  # it gave None: it may be left here
                await self.keeper.leave_off()
                return
            items, self.held = await self.keeper.go_on()
            self.relay(items, lead, took, self.clock.now(), 0)

    async def _recover(self, error: Exception, given: GivenSet) -> None:
        """Do what the node's policy says about an error; raises it, named, when the run must stop."""
        self.keeper.forgive(error)
        if self.member.on_error.policy == "skip":
            return
        await self.keeper.retire()
        self.held = None
        if not await self.keeper.succeed():
            return
        more = {name: None for name in self.node.inputs if name not in given}
        self.inbox.absent.update(more)
        await self._stepped(given | more, self.clock.now())

    async def _finish(self) -> None:
        # What it says now stands at its end: no earlier than what was settled while its inputs were silent.
        self.end_seen = max([self.end_seen, *(link.edge.bound for link in self.outlets)])
        items, self.held = await self.keeper.finish(self.end_seen)
        now = self.clock.now()
        self._deliver(items, {}, now, now, 0)
        await self._flush()
        self.outlets.end()

    # Offering

    def _deliver(self, items: list[Emission[Any]], given: GivenSet, took: Ns, left: Ns, depth: int) -> None:
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
                item = timed(self.keeper.node, item, lead.start, lead.end)  # noqa: PLW2901 - the same emission
                start, end = item.start or 0, item.end or 0
            if self.plain:
                so_far = (lead.born, left, queued, lead.worked, lead.heard, waited)
                packet = Packet(item.payload, start, end, *so_far)
            else:
                packet = self.accounts.stamped(item.payload, (start, end), left)
                self._lags.note(self.member.name, item.port, packet)
            self.outlets.send(item.port, packet, depth)

    async def _flush(self) -> None:
        """Offer what is pending, in order, waiting for room."""
        while not self.outlets.flush():
            await self.inbox.bell.wait()

    def _advance(self, depth: int) -> None:
        """Settle stream time on the outputs as far as the inputs and what is held allow."""
        bound = self.inbox.bound()
        self.outlets.settle(bound if self.held is None else min(bound, self.held), depth)

    def abandon_inputs(self) -> None:
        """Take no more: producers go on as if this node were not there."""
        for producer in self.inbox.producers:
            producer.outlets.abandon(self)
            producer.inbox.bell.ring()
