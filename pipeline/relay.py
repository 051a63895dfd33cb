"""Relay: the hot path of the scheduler: a packet handed straight to an idle, light node.

Decides: when a packet may skip the queue. The node runs on the loop, has one input and no join to serve, is idle, and
nothing waits on its edge; then the packet is counted on the edge, checked like any other, and processed at once. In
every other case `take` says no, and the packet goes the ordinary way through the edge.

Knows nothing that pipeline/runner.py does not: what it does is `Runner.pump` for one packet, with nothing in between.
What must change with it: `Runner.pump`, `Runner.relay`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.clock import ms
from pipeline.edge import Edge
from pipeline.node import drain
from pipeline.packet import Packet

if TYPE_CHECKING:
    from pipeline.runner import Runner

BLOCKED = ms(250)  # a step on the loop that takes longer is a fault worth a line
MAX_DEPTH = 32  # nodes run to completion in one call; deeper ones are woken instead


class Relay:
    """The way into one node that skips the queue."""

    __slots__ = ("_busy", "_clock", "_edge", "_keeper", "_name", "_outlets", "_runner")

    def __init__(self, runner: Runner, name: str, edge: Edge) -> None:
        self._runner = runner
        self._edge = edge
        self._name = name
        self._keeper = runner.keeper
        self._outlets = runner.outlets
        self._clock = runner.clock
        self._busy = runner.counts.busy

    def take(self, packet: Packet[Any], depth: int) -> bool:  # noqa: C901 - in one piece, because each call costs
        """Process the packet at once and return True; False when it must go through the edge."""
        runner, outlets = self._runner, self._outlets
        if runner.stepping or outlets.pending or runner.trouble or runner.failure:
            return False
        if depth >= MAX_DEPTH or not self._keeper.light:  # a fallback may be heavy
            return False
        if not self._edge.pass_by(packet):
            return False
        node, took = self._keeper.node, packet.left
        runner.stepping = True
        try:
            items = drain(node, node.process(packet))
            left = self._clock.now()
            spent = left - took
            self._busy.add(spent)
            if spent > BLOCKED:
                self._keeper.blocked(spent)
            for item in items:
                if item.start is None and item.end is None:  # Runner.relay for the usual case
                    start, end, born = packet.start, packet.end, packet.born
                    queued, worked, heard, waited = packet.queued, packet.worked, packet.heard, packet.waited
                    told = Packet(item.payload, start, end, born, left, queued, worked, heard, waited)
                    outlets.send(item.port, told, depth + 1)
                else:
                    runner.relay([item], packet, took, left, depth + 1)
            if packet.end > runner.end_seen:  # noqa: PLR1730 - max() costs as much as the rest of the line
                runner.end_seen = packet.end
        except Exception as error:  # noqa: BLE001 - any error of a node goes to its policy
            runner.trouble = (error, {self._name: packet})
        finally:
            runner.stepping = False
        if runner.trouble or outlets.pending:
            runner.inbox.bell.ring()
        return True


def relay_into(runner: Runner) -> Relay | None:
    """The relay of a node, if it is one that may be handed packets straight."""
    join = runner.inbox.join
    if join is None or len(join.feeds) != 1 or not runner.keeper.light or not runner.plain:
        return None
    feed = join.feeds[0]
    if feed.gather or runner.node.formed or runner.inbox.absent or runner.needs_bounds:
        return None
    return Relay(runner, feed.name, feed.edge)
