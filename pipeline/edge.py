"""Edge: a bounded queue from an output to an input, with a rule for when it is full.

Decides: whether a packet is taken, which one goes when there is no room, and how that is counted.
Knows nothing of nodes, tasks or clocks; the scheduler does the waiting.

How it works
    `offer` takes a packet or, on a `wait` edge without room, refuses it. The other rules always take or drop:

        wait          refuse; the producer waits (backpressure)
        drop_oldest   the packet that waited longest goes
        drop_newest   the packet that is offered goes
        latest        all that wait go; only the newest is kept

    Room is bounded by items and, where it is set, by milliseconds of media. Every drop is counted, and the next
    packet that is taken says in `lost` how many went before it. `bound` is stream time that is settled: nothing
    that is still to come starts before it. It moves with packets and with `advance`, so silence moves it too.

What must change with it: the table of keys in pipeline/spec.py and docs/graph-file.md.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline.clock import FOREVER, Ns
from pipeline.errors import NodeError
from pipeline.packet import Packet

WhenFull: TypeAlias = Literal["wait", "drop_oldest", "drop_newest", "latest"]
DEFAULT_CAPACITY = 64


class EdgeStatistics(msgspec.Struct, frozen=True):
    """What went through an edge: `offered == passed + dropped + waiting`."""

    offered: int
    passed: int
    dropped: int
    waiting: int
    peak: int
    capacity: int
    when_full: WhenFull


class Edge:
    """A bounded queue; see the head of this file. Not safe for threads: it belongs to the event loop."""

    __slots__ = (
        "_dropped",
        "_lost_after",
        "_lost_before",
        "_packets",
        "_passed",
        "bound",
        "capacity",
        "capacity_ns",
        "ended",
        "name",
        "peak",
        "relaxed",
        "when_full",
    )

    def __init__(
        self,
        name: str = "edge",
        *,
        capacity: int = DEFAULT_CAPACITY,
        capacity_ns: Ns = FOREVER,
        when_full: WhenFull = "wait",
    ) -> None:
        self.name = name
        self.capacity = capacity
        self.capacity_ns = capacity_ns
        self.when_full: WhenFull = when_full
        self.bound: Ns = -FOREVER
        self.ended = False
        self.relaxed = (
            False  # a join is starved on another input: `wait` takes more than the room, or all hang
        )
        self.peak = 0
        self._packets: deque[Packet[Any]] = deque()
        self._passed = 0
        self._dropped = 0
        self._lost_before = 0  # drops older than what waits: told by the next packet that is taken
        self._lost_after = 0  # drops newer than what waits: told by the next packet that gets in

    def __len__(self) -> int:
        return len(self._packets)

    def offer(self, packet: Packet[Any]) -> bool:
        """Take a packet (or drop by the rule) and return True; return False when the producer must wait.

        Raises `NodeError` when the packet starts before what was already settled.
        """
        if packet.start < self.bound:
            raise NodeError(
                f"{self.name}: a packet that starts at {packet.start} ns came after {self.bound} ns was settled; "
                "starts never go back, and a node that holds data back says so with held_since"
            )
        packets = self._packets
        if self._full(packet):
            if self.when_full == "wait":
                if not self.relaxed:
                    return False
            elif not self._make_room(packet):
                self.bound = packet.start
                return True
        if self._lost_after:
            packet = msgspec.structs.replace(packet, lost=packet.lost + self._lost_after)
            self._lost_after = 0
        packets.append(packet)
        self.bound = packet.start
        self.peak = max(self.peak, len(packets))
        return True

    def pass_by(self, packet: Packet[Any]) -> bool:
        """Count a packet as taken the moment it is offered, if none waits and no drop is untold; else False."""
        if self._packets or self._lost_before or self._lost_after or packet.start < self.bound:
            return False
        self.bound = packet.start
        self._passed += 1
        if not self.peak:
            self.peak = 1
        return True

    def _full(self, packet: Packet[Any]) -> bool:
        packets = self._packets
        return len(packets) >= self.capacity or (
            self.capacity_ns != FOREVER and bool(packets) and packet.end - packets[0].start > self.capacity_ns
        )

    def _make_room(self, packet: Packet[Any]) -> bool:
        """Drop by the rule; False when it is the new packet that goes."""
        if self.when_full == "drop_newest":
            self._dropped += 1
            self._lost_after += 1 + packet.lost
            return False
        while self._packets and (self.when_full == "latest" or self._full(packet)):
            self.drop()
        return True

    def drop(self) -> None:
        """Drop the oldest packet; the next one that is taken tells of it. Raises `IndexError` on an empty edge."""
        self._lost_before += 1 + self._packets.popleft().lost
        self._dropped += 1

    def peek(self) -> Packet[Any] | None:
        """The packet that would be taken next, or None."""
        return self._packets[0] if self._packets else None

    def take(self) -> Packet[Any]:
        """Remove and return the oldest packet. Raises `IndexError` on an empty edge."""
        packet = self._packets.popleft()
        self._passed += 1
        if self._lost_before:
            packet = msgspec.structs.replace(packet, lost=packet.lost + self._lost_before)
            self._lost_before = 0
        return packet

    def advance(self, bound: Ns) -> bool:
        """Settle stream time without a packet; True if that was news."""
        if bound > self.bound:
            self.bound = bound
            return True
        return False

    def end(self) -> None:
        """Nothing more will be offered."""
        self.ended = True
        self.bound = FOREVER

    @property
    def drained(self) -> bool:
        """Ended, and every packet was taken."""
        return self.ended and not self._packets

    def settled(self) -> Ns:
        """Nothing that is still to be taken starts before this."""
        return self._packets[0].start if self._packets else self.bound

    def packets(self) -> deque[Packet[Any]]:
        """The waiting packets, oldest first, for a join to look at."""
        return self._packets

    def statistics(self) -> EdgeStatistics:
        """Counts so far."""
        waiting = len(self._packets)
        return EdgeStatistics(
            offered=self._passed + self._dropped + waiting,
            passed=self._passed,
            dropped=self._dropped,
            waiting=waiting,
            peak=self.peak,
            capacity=self.capacity,
            when_full=self.when_full,
        )
