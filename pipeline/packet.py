"""Packet: an immutable payload and the span of stream time that it speaks of.

A packet also carries what is needed to say afterwards where its delay came from. The scheduler fills that in;
a node reads it only to pass it on to people (`clock` of an event) and never decides by it.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from pipeline.clock import Ns

T_co = TypeVar("T_co", covariant=True)

PARTS = ("hearing", "deciding", "translating", "speaking", "queueing")


class Delay(msgspec.Struct, frozen=True):
    """How long what a packet says took since it was heard, by part. The parts add up to `total`.

    `hearing` is what no later part claims: waiting for more audio, and the recogniser's own work.
    """

    hearing: Ns = 0
    deciding: Ns = 0
    translating: Ns = 0
    speaking: Ns = 0
    queueing: Ns = 0

    @property
    def total(self) -> Ns:
        return self.hearing + self.deciding + self.translating + self.speaking + self.queueing


class Packet(msgspec.Struct, Generic[T_co], frozen=True):
    """A payload that speaks of stream time [start, end)."""

    payload: T_co
    start: Ns
    end: Ns
    born: Ns = 0  # run clock: when the input that led to it entered the graph
    left: Ns = 0  # run clock: when it left the node that made it
    queued: Ns = 0  # of its delay, the part spent waiting in edges and for workers
    worked: tuple[Ns, Ns, Ns] = (0, 0, 0)  # of its delay, deciding, translating and speaking
    heard: Ns = 0  # source that had been taken when it was said: its delay without compute (0 outside a run)
    waited: Ns = 0  # of the time from then to `left`, the part spent waiting
    lost: int = 0  # packets dropped on this edge just before it (a gap in the stream)

    @property
    def duration(self) -> Ns:
        """Length of the span, nanoseconds."""
        return self.end - self.start

    def delay(self) -> Delay:
        """The delay from the end of its span to the moment it left, split into parts."""
        deciding, translating, speaking = self.worked
        hearing = self.left - self.end - self.queued - deciding - translating - speaking
        return Delay(hearing, deciding, translating, speaking, self.queued)
