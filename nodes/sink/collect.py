"""Packets kept in a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class Collect(Node):
    """Keep what comes in `packets`, for tests and notebooks.

    Takes any kind of packet. `packets` is emptied when a run starts and stays when it has ended. It lives in the
    process of the run: a node that runs on "process" keeps nothing for its caller.

    Example:
        result: {uses: sink.collect, inputs: {item: target.translation}}
    """

    limit: Annotated[int, Meta(ge=0)] = 0  # packets kept, the newest ones; 0: all

    item = Input(object)

    packets: list[Packet[Any]] = field(init=False, repr=False, compare=False, default_factory=list)

    def open(self) -> None:
        self.packets = []

    def process(self, item: Packet[Any]) -> None:
        self.packets.append(item)
        if self.limit and len(self.packets) > self.limit:
            del self.packets[0]

    @property
    def payloads(self) -> list[Any]:
        """What the packets carry."""
        return [packet.payload for packet in self.packets]
