"""Handing things over from any thread to one reader on an event loop: bounded, in order, nothing lost unsaid.

`offer` never waits: it is for the callback of a device. `put` waits for room on whatever loop it is called;
`get` is for the one reader. Waiting is done by events that are set through the loop's own thread-safe door, so a
device's thread is never held up by a busy loop.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import anyio
from anyio.lowlevel import current_token

from pipeline.clock import Ns

T = TypeVar("T")


class Handover(Generic[T]):
    """A queue bounded by the length of media in it; something longer than that fits when it is empty."""

    def __init__(self, capacity: Ns) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._items: deque[tuple[T, Ns]] = deque()
        self.length: Ns = 0  # of what waits
        self._sleepers: list[Callable[[], None]] = []  # woken whenever something changes
        self.ended = False

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy starts empty: what waits here is for one reader only."""
        return Handover, (self._capacity,)

    def offer(self, item: T, length: Ns) -> bool:
        """Hand over `length` of media if there is room. Any thread; after the end nothing is taken."""
        with self._lock:
            if self.ended or (self._items and self.length + length > self._capacity):
                return False
            self._items.append((item, length))
            self.length += length
            self._wake()
            return True

    async def put(self, item: T, length: Ns) -> bool:
        """Hand over, and wait for room; False when it has ended. Any event loop."""
        while True:
            woken = self._sleep()
            if self.offer(item, length):
                return True
            if self.ended:
                return False
            await woken.wait()

    def end(self) -> None:
        """Nothing more will come; what is there is still read. Any thread, any number of times."""
        with self._lock:
            self.ended = True
            self._wake()

    async def get(self) -> T | None:
        """The next thing; None after the end."""
        while True:
            woken = self._sleep()
            with self._lock:
                if self._items:
                    item, length = self._items.popleft()
                    self.length -= length
                    self._wake()
                    return item
                if self.ended:
                    return None
            await woken.wait()

    def _sleep(self) -> anyio.Event:
        """An event of this loop, set at the next change."""
        event = anyio.Event()
        native: Any = current_token().native_token
        soon = getattr(native, "call_soon_threadsafe", None) or native.run_sync_soon

        def wake() -> None:
            with suppress(RuntimeError):  # that loop is over, and nobody sleeps there
                soon(event.set)

        with self._lock:
            self._sleepers.append(wake)
        return event

    def _wake(self) -> None:
        sleepers, self._sleepers = self._sleepers, []
        for wake in sleepers:
            wake()
