"""Packets handed to the program around the graph."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import anyio.to_thread
from msgspec import Meta

from pipeline.errors import OutputError
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Input


@dataclass
class External(Node):
    """Hand what comes to your own program: `for packet in node`, `async for packet in node`, or `node.get()`.

    Any thread may read, also before the run starts; each packet goes to one reader, in order. Up to `capacity`
    packets wait for it; then the graph waits too, up to its source, and nothing is dropped. If nobody takes a
    packet for `patience_s`, the run fails instead of hanging. The loop of a reader ends when the run has ended and
    all that waited was taken. Works in the process of the run only, not with `runs_on: process`.

    Example:
        out: {uses: sink.external, inputs: {item: target.translation}, with: {capacity: 16}}
    """

    capacity: Annotated[int, Meta(ge=1)] = 64  # packets that may wait for the program
    patience_s: Annotated[float, Meta(gt=0)] = 30  # how long a full queue is waited for, seconds

    item = Input(object)

    runs_on: ClassVar[Place] = "thread"

    def __post_init__(self) -> None:
        self._waiting: deque[Packet[Any]] = deque()
        self._ended = False
        self._changed = threading.Condition()

    def __reduce__(self) -> tuple[type[External], tuple[int, float]]:
        return type(self), (self.capacity, self.patience_s)  # its settings: a condition cannot be copied

    def open(self) -> None:
        with self._changed:
            self._waiting.clear()
            self._ended = False

    def process(self, item: Packet[Any]) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._waiting) < self.capacity, self.patience_s):
                raise OutputError(
                    f"sink.external: nobody took one of {self.capacity} waiting packets for {self.patience_s:g} s; "
                    "read faster, or give a higher capacity or patience_s"
                )
            self._waiting.append(item)
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def get(self, timeout_s: float | None = None) -> Packet[Any] | None:
        """The next packet, waiting for it; None when the run has ended. Raises `TimeoutError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting or self._ended, timeout_s):
                raise TimeoutError(f"sink.external: no packet came within {timeout_s:g} s")
            if not self._waiting:
                return None
            packet = self._waiting.popleft()
            self._changed.notify_all()
            return packet

    def __iter__(self) -> Iterator[Packet[Any]]:
        while (packet := self.get()) is not None:
            yield packet

    async def __aiter__(self) -> AsyncIterator[Packet[Any]]:
        while (packet := await anyio.to_thread.run_sync(self.get, abandon_on_cancel=True)) is not None:
            yield packet
