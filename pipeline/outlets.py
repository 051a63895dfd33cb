"""Outlets: the edges of one node's outputs, and what found no room on them.

Decides: in which way a packet goes on (straight into an idle node, through the edge, or nowhere), and that what is pending
goes first. Waits for nothing: who waits for room is the runner, and a packet that waits keeps it from taking input.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.clock import FOREVER, Ns
from pipeline.edge import Edge
from pipeline.packet import Packet
from pipeline.relay import MAX_DEPTH, Relay

if TYPE_CHECKING:
    from pipeline.runner import Runner


class Link(msgspec.Struct):
    """One edge of an output, and who takes from it (None: a program that reads the run)."""

    edge: Edge
    consumer: Runner | None
    relay: Relay | None = None  # the way into the consumer that skips the queue
    heard: Callable[[], None] | None = None  # told of each packet, where there is no consumer
    dead: bool = False  # the consumer has failed: nothing is offered any more


class Outlets:
    """The links of one node, by output."""

    __slots__ = ("by_name", "pending")

    def __init__(self, names: Iterator[str]) -> None:
        self.by_name: dict[str, list[Link]] = {name: [] for name in names}
        self.pending: deque[tuple[Link, Packet[Any]]] = deque()

    def __iter__(self) -> Iterator[Link]:
        """Every link of every output."""
        return (link for links in self.by_name.values() for link in links)

    def send(self, port: str, packet: Packet[Any], depth: int) -> None:
        """Offer a packet to every edge of an output; what finds no room is pending."""
        for link in self.by_name.get(port, ()):  # a fallback may have outputs that nobody knows
            if self.pending:
                if not link.dead:
                    self.pending.append((link, packet))
            elif (link.relay is not None and link.relay.take(packet, depth)) or link.dead:
                pass
            elif link.edge.offer(packet):
                _tell(link, depth)
            else:
                self.pending.append((link, packet))

    def flush(self) -> bool:
        """Offer what is pending, in order; False when some of it finds no room."""
        while self.pending:
            link, packet = self.pending[0]
            if not (link.dead or link.edge.offer(packet)):
                return False
            self.pending.popleft()
            if not link.dead:
                _tell(link, 0)
        return True

    def settle(self, bound: Ns, depth: int) -> None:
        """No packet to come starts before `bound`: told to whoever waits for that."""
        for link in self:
            consumer = link.consumer
            if consumer is None or not consumer.needs_bounds:
                continue
            if bound < FOREVER and link.edge.advance(bound):
                consumer.poke(depth + 1)

    def end(self) -> None:
        """End every output."""
        for link in self:
            link.edge.end()
            _tell(link, MAX_DEPTH)

    def abandon(self, consumer: Runner) -> None:
        """Offer nothing more to a node that has failed."""
        for link in self:
            if link.consumer is consumer:
                link.dead, link.relay = True, None


def _tell(link: Link, depth: int) -> None:
    if link.consumer is not None:
        link.consumer.poke(depth + 1)
    elif link.heard is not None:
        link.heard()
