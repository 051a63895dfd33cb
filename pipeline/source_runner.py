"""Source runner: one source of a run: takes what it yields as it comes, and offers it.

Decides: what a source's packets say of their delay (what it was kept from yielding is queueing), and that a stop ends it
where it waits. All else is as with any node; see runner.py.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import anyio.lowlevel

from pipeline.clock import Ns
from pipeline.errors import NodeError
from pipeline.node import Source, checked
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.runner import Runner


class SourceRunner(Runner):
    """Runs one source; see the head of this file."""

    @property
    def media_end(self) -> Ns:
        """Stream time up to which it has given media."""
        return self.end_seen

    async def work(self) -> None:
        """The task of a source: until it ends or is stopped. Raises what stops the run."""
        assert isinstance(self.node, Source)
        count = 0
        with self.scope:
            async with aclosing(self.node.produce(self.clock)) as stream:
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
            self.outlets.settle(since, 0)

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
        self.outlets.send(item.port, packet, 0)
