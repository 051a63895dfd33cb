"""Join: how several inputs come together. Pure: looks at edges, takes sets of inputs, waits for nothing.

Three rules; the node's class names its own, because its `process` is written for it:

    aligned    packets with the same start come together; an input without one at that start gives None
    covering   the first input leads; the others give what covers its start (or all that overlaps its span)
    arrival    each packet by itself, the earliest first among those that wait

`aligned` and `covering` decide by settled stream time only, so their sets do not depend on scheduling. In a live
run an input with `lateness_ms` bounds that wait by the clock: what is there then is what counts. `gather_ms` makes one packet
of several before any rule looks at it.

Must not know: nodes, tasks, the event loop. The time is an argument.
"""

from __future__ import annotations

from collections import deque
from typing import Any, TypeAlias

import msgspec

from pipeline.clock import FOREVER, Ns, ms
from pipeline.edge import Edge
from pipeline.node import JoinName
from pipeline.packet import Packet
from pipeline.port import Input

GivenSet: TypeAlias = dict[str, Any]


class Feed:
    """One input seen by a join: its edge, and what of it is gathered or kept."""

    def __init__(self, port: Input[Any], edge: Edge, gather: Ns, live: bool) -> None:
        self.name = port.name
        self.port = port
        self.edge = edge
        self.gather = gather
        self.live = live
        self.kept: deque[Packet[Any]] = deque()  # covering: packets that may cover leads to come
        self._parts: list[Packet[Any]] = []
        self._whole: Packet[Any] | None = None
        self._passed_over: Ns = -FOREVER

    def head(self) -> Packet[Any] | None:
        """The packet that comes next, gathered; None when it is not there yet."""
        if not self.gather:
            return self.edge.peek()
        if self._whole is None:
            self._whole = self._gathered()
        return self._whole

    def take(self) -> Packet[Any]:
        """Remove and return the head."""
        if not self.gather:
            return self.edge.take()
        whole, self._whole = self.head(), None
        assert whole is not None
        return whole

    def _gathered(self) -> Packet[Any] | None:
        parts, edge = self._parts, self.edge
        while (head := edge.peek()) is not None:
            if parts and (head.start != parts[-1].end or head.lost):
                return self._merge()  # a gap: what was before it goes first
            if parts and not self.live and parts[-1].end - parts[0].start >= self.gather:
                return self._merge()
            parts.append(edge.take())
        if parts and (edge.ended or parts[-1].end - parts[0].start >= self.gather):
            return self._merge()
        return None

    def _merge(self) -> Packet[Any]:
        parts, self._parts = self._parts, []
        last = parts[-1]
        payload = type(last.payload).joined([part.payload for part in parts])
        return msgspec.structs.replace(last, payload=payload, start=parts[0].start, lost=parts[0].lost)

    def settled(self) -> Ns:
        """Nothing that this input will still hand over starts before this."""
        if self._whole is not None:
            return self._whole.start
        return self._parts[0].start if self._parts else max(self.edge.settled(), self._passed_over)

    def pass_over(self, until: Ns) -> None:
        """Its bounded wait is over, or nothing was to come: what starts before `until` and comes late is dropped."""
        self._passed_over = until

    def drop_late(self) -> None:
        """Drop packets that were passed over; the next one tells of them in `lost`."""
        while (head := self.edge.peek()) is not None and head.start < self._passed_over:
            self.edge.drop()

    @property
    def drained(self) -> bool:
        """Nothing more will come."""
        return self.edge.drained and not self._parts and self._whole is None

    def decided(self, at: Ns, lead: Packet[Any], now: Ns) -> bool:
        """Whether what this input says about stream time before `at` is final (or its lateness is used up)."""
        if self.edge.ended or (self.edge.bound >= at and not (self._parts and self._parts[0].start < at)):
            return True
        waits_until = self.waits_until(lead)
        return waits_until is not None and now >= waits_until

    def waits_until(self, lead: Packet[Any]) -> Ns | None:
        """Run clock until which a live join waits for this input; None when it waits until time is settled."""
        lateness = self.port.lateness_ms
        return lead.left + ms(lateness) if self.live and lateness is not None else None


class Join:
    """Base of the three rules. `next` takes one complete set, or returns None."""

    def __init__(self, feeds: list[Feed]) -> None:
        self.feeds = feeds

    def next(self, now: Ns) -> GivenSet | None:
        """One complete set of inputs, or None when more must come first."""
        raise NotImplementedError

    def ended(self) -> bool:
        """No set will come any more."""
        return all(feed.drained for feed in self.feeds)

    def bound(self) -> Ns:
        """Nothing that will be handed over starts before this stream time."""
        return min(feed.settled() for feed in self.feeds)

    def deadline(self, now: Ns) -> Ns | None:
        """Run clock, after `now`, at which a bounded wait ends; None when nothing waits by the clock."""
        return None


class Single(Join):
    """One input: every packet is a set."""

    def __init__(self, feeds: list[Feed]) -> None:
        super().__init__(feeds)
        self._feed = feeds[0]
        self._name = feeds[0].name
        self._edge = feeds[0].edge

    def next(self, now: Ns) -> GivenSet | None:
        if not self._feed.gather:  # the hot path of every chain
            return {self._name: self._edge.take()} if self._edge.packets() else None
        return {self._name: self._feed.take()} if self._feed.head() is not None else None

    def ended(self) -> bool:
        return self._edge.ended and self._feed.drained


class Arrival(Join):
    """Each packet by itself, the earliest start first among those that wait."""

    def next(self, now: Ns) -> GivenSet | None:
        heads = [
            (head.start, index) for index, feed in enumerate(self.feeds) if (head := feed.head()) is not None
        ]
        if not heads:
            return None
        chosen = min(heads)[1]
        return {feed.name: feed.take() if i == chosen else None for i, feed in enumerate(self.feeds)}


class Aligned(Join):
    """Packets with the same start come together. What comes after its bounded wait is dropped."""

    def next(self, now: Ns) -> GivenSet | None:
        for feed in self.feeds:
            feed.drop_late()
        heads = [feed.head() for feed in self.feeds]
        present = [head for head in heads if head is not None]
        if not present:
            return None
        first = min(present, key=_start)
        missing = [feed for feed, head in zip(self.feeds, heads, strict=True) if head is None]
        if not all(feed.decided(first.start + 1, first, now) for feed in missing):
            return None
        for feed in missing:
            feed.pass_over(first.start + 1)
        return {
            feed.name: feed.take() if head is not None and head.start == first.start else None
            for feed, head in zip(self.feeds, heads, strict=True)
        }

    def deadline(self, now: Ns) -> Ns | None:
        present = [head for feed in self.feeds if (head := feed.head()) is not None]
        return _deadline(self.feeds, min(present, key=_start), now) if present else None


class Covering(Join):
    """The first input leads; the others give the packet that covers its start, or all that overlap its span."""

    def __init__(self, feeds: list[Feed]) -> None:
        super().__init__(feeds)
        self._lead, *self._others = feeds

    def next(self, now: Ns) -> GivenSet | None:
        lead = self._lead.head()
        if lead is None:
            if self._lead.drained:
                self._discard()
            return None
        for feed in self._others:
            if not feed.decided(lead.end if feed.port.whole_span else lead.start + 1, lead, now):
                return None
        given: GivenSet = {self._lead.name: self._lead.take()}
        given.update({feed.name: _cover(feed, lead) for feed in self._others})
        return given

    def _discard(self) -> None:
        """Nothing leads any more: what the others still bring has nobody to cover."""
        for feed in self._others:
            while feed.edge.peek() is not None:
                feed.edge.take()

    def bound(self) -> Ns:
        return self._lead.settled()

    def deadline(self, now: Ns) -> Ns | None:
        lead = self._lead.head()
        return _deadline(self._others, lead, now) if lead is not None else None


def _start(packet: Packet[Any]) -> Ns:
    return packet.start


def _end(packet: Packet[Any]) -> Ns:
    """Where its span ends; a packet that speaks of an instant covers that instant."""
    return max(packet.end, packet.start + 1)


def _deadline(feeds: list[Feed], lead: Packet[Any], now: Ns) -> Ns | None:
    waits = [until for feed in feeds if (until := feed.waits_until(lead)) is not None and until > now]
    return min(waits, default=None)


def _cover(feed: Feed, lead: Packet[Any]) -> Any:
    kept, edge = feed.kept, feed.edge
    until = lead.end if feed.port.whole_span else lead.start + 1
    while (head := edge.peek()) is not None and head.start < until:
        kept.append(edge.take())
    if feed.port.whole_span:
        while kept and _end(kept[0]) <= lead.start:
            kept.popleft()
        return tuple(packet for packet in kept if packet.start < lead.end and _end(packet) > lead.start)
    while len(kept) > 1 and kept[1].start <= lead.start:
        kept.popleft()
    if kept and kept[0].start <= lead.start and (feed.port.latest or lead.start < _end(kept[0])):
        return kept[0]
    return None


def make_join(name: JoinName, feeds: list[Feed]) -> Join:
    """The join of a node: its rule by name, or the plain one when it has one input."""
    if len(feeds) == 1:
        return Single(feeds)
    rules: dict[str, type[Join]] = {"aligned": Aligned, "covering": Covering, "arrival": Arrival}
    return rules[name](feeds)


def starved(join: Join) -> bool:
    """Whether a join waits on one input while another has packets: those may then go beyond their room."""
    heads = [len(feed.edge) > 0 for feed in join.feeds]
    return len(heads) > 1 and any(heads)


__all__ = [
    "FOREVER",
    "Aligned",
    "Arrival",
    "Covering",
    "Feed",
    "GivenSet",
    "Join",
    "Single",
    "make_join",
    "starved",
]
