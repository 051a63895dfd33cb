"""Accounts: what of a packet's delay was queueing, and what was the work and the waiting of which part.

Decides: to which input an output's delay is counted back. A node that holds data back is accounted from the first
input that spoke of the same stream time, not from the one that made it speak (docs/adr/0005). Pure: times are
arguments.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from pipeline.clock import Ns
from pipeline.packet import Packet

PARTS = {"deciding": 0, "translating": 1, "speaking": 2}  # places in Packet.worked; hearing is the remainder
KEPT = 1024  # inputs that an output may be counted back to


class Came(msgspec.Struct, frozen=True):
    """An input as it was taken."""

    end: Ns
    took: Ns
    born: Ns
    queued: Ns
    worked: tuple[Ns, Ns, Ns]


class Accounts:
    """The inputs of one node, for telling the delays of its outputs apart."""

    def __init__(self, part: str) -> None:
        self._place = PARTS.get(part)
        self._came: deque[Came] = deque(maxlen=KEPT)
        self._heard: Ns = 0  # source taken so far
        self._waited: Ns = 0  # how long the last input had waited on its way here

    def add(self, lead: Packet[Any], took: Ns) -> None:
        """Note a leading input that was taken at run clock `took`."""
        queued = lead.queued + max(0, took - lead.left)
        self._heard = max(self._heard, lead.heard)
        self._waited = lead.waited + max(0, took - lead.left)
        self._came.append(Came(lead.end, took, lead.born, queued, lead.worked))

    def stamped(self, payload: Any, span: tuple[Ns, Ns], left: Ns) -> Packet[Any]:
        """The packet for a payload that speaks of `span`, leaving at run clock `left`."""
        start, end = span
        came = self._origin(end, left)
        worked = came.worked
        if self._place is not None:
            spent = list(worked)
            spent[self._place] += left - came.took
            worked = (spent[0], spent[1], spent[2])
        return Packet(payload, start, end, came.born, left, came.queued, worked, self._heard, self._waited)

    def _origin(self, end: Ns, left: Ns) -> Came:
        """The first input that spoke of stream time up to `end`; the last one when none did."""
        if not self._came:
            return Came(end, left, left, 0, (0, 0, 0))
        found = self._came[-1]
        for came in reversed(self._came):
            if came.end < end:
                break
            found = came
        return found
