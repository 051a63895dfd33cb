"""Inbox: the waiting around a node's edges.

Decides: when a node is woken, and which edges may take more than their room so that a join does not hang. The
sets themselves are made by the join, which waits for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from pipeline.clock import SECOND, Ns, RunClock
from pipeline.join import GivenSet, Join, starved

if TYPE_CHECKING:
    from pipeline.runner import Runner


class Bell:
    """Wakes one waiting task; a ring while nobody waits is kept."""

    __slots__ = ("_event", "_rung")

    def __init__(self) -> None:
        self._event: anyio.Event | None = None
        self._rung = False

    def ring(self) -> None:
        self._rung = True
        if self._event is not None:
            self._event.set()

    async def wait(self) -> None:
        """Return at the next ring, or at once when one came since the last wait."""
        if not self._rung:
            self._event = anyio.Event()
            try:
                await self._event.wait()
            finally:
                self._event = None
        self._rung = False


class Inbox:
    """A node's inputs: its join, the producers behind them, and the bell that they ring."""

    def __init__(self, join: Join | None, absent: dict[str, None], clock: RunClock) -> None:
        self.join = join
        self.bell = Bell()
        self.producers: list[Runner] = []
        self.absent = absent  # optional inputs that are not connected
        self._clock = clock
        self._several = join is not None and len(join.feeds) > 1
        self._by_clock = join is not None and any(
            feed.live and feed.port.lateness_ms is not None for feed in join.feeds
        )

    def next(self, now: Ns) -> GivenSet | None:
        """One complete set of inputs; None when more must come first."""
        join = self.join
        if join is None:
            return None
        given = join.next(now)
        if self._several:
            self._relax(given is None and starved(join))
        for producer in self.producers:  # a join may have taken packets (to gather, to drop) without a set
            if producer.outlets.pending:
                producer.inbox.bell.ring()
        if given is not None and self.absent:
            given.update(self.absent)
        return given

    def _relax(self, on: bool) -> None:
        """While a join starves on one input, the others may overrun: a full one would stop what feeds it."""
        assert self.join is not None
        for feed in self.join.feeds:
            if feed.edge.relaxed != on:
                feed.edge.relaxed = on
                if on:
                    for producer in self.producers:
                        producer.inbox.bell.ring()

    @property
    def ended(self) -> bool:
        """No set will come any more."""
        return self.join is not None and self.join.ended()

    def bound(self) -> Ns:
        """Nothing that will be handed over starts before this stream time."""
        assert self.join is not None
        return self.join.bound()

    async def wait(self) -> None:
        """Wait for a ring, or for the end of a bounded wait of the join."""
        deadline = self.deadline()
        if deadline is None:
            await self.bell.wait()
            return
        with anyio.move_on_after(max(0, deadline - self._clock.now()) / SECOND):
            await self.bell.wait()

    def deadline(self) -> Ns | None:
        """Run clock at which a bounded wait of the join ends; None when it waits for packets only."""
        return self.join.deadline(self._clock.now()) if self._by_clock and self.join is not None else None
