"""Outbox: what waits for a client to read it, bounded; and what was read last, for a client that comes back.

Text is never dropped. When the client reads slower than it is told things:

    1. a state that a later one replaces (`newest`) is left out while both wait
    2. above SOFT bytes the audio that waits longest is dropped, and counted
    3. above HARD bytes, which then is all text, the client is given up: `overflow` is set

`rewind` puts back what was handed to a socket after a given event, so that a client that reconnects gets each event once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import anyio
import msgspec

from pipeline.gateway.dialects import Event

SOFT = 4_000_000  # bytes; a minute of speech in base64
HARD = 8_000_000
REMEMBERED = 2_000_000  # bytes of what was sent


class _Letter(msgspec.Struct):
    event_id: str
    frame: str | bytes
    event: Event


class Outbox:
    """See the head of this file. One reader at a time; belongs to the event loop."""

    def __init__(self) -> None:
        self.dropped_audio = 0
        self.overflow = anyio.Event()
        self._waiting: deque[_Letter] = deque()
        self._waiting_bytes = 0
        self._sent: deque[_Letter] = deque()
        self._sent_bytes = 0
        self._news = anyio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: Event) -> None:
        """Add an event for the client; makes room by the rules above."""
        if event.weight == "newest":
            self._leave_out(lambda letter: letter.event.key == event.key)
        frame = event.frame()
        self._waiting.append(_Letter(str(event.body.get("event_id", "")), frame, event))
        self._waiting_bytes += len(frame)
        while self._waiting_bytes > SOFT and self._leave_out(lambda letter: letter.event.weight == "audio"):
            self.dropped_audio += 1
        if self._waiting_bytes > HARD:
            self.overflow.set()
        self.wake()

    def wake(self) -> None:
        """Let whoever waits in `get` look again."""
        self._news.set()
        self._news = anyio.Event()

    async def get(self, over: Callable[[], bool]) -> str | bytes:
        """The next event as a frame; waits for one, or until it is over and none waits, which gives nothing."""
        while not self._waiting:
            if over():
                return ""
            await self._news.wait()
        letter = self._waiting.popleft()
        self._waiting_bytes -= len(letter.frame)
        self._remember(letter)
        return letter.frame

    def rewind(self, after: str) -> bool:
        """Put back what was sent after the event of that id, to be sent once more. False where that is forgotten."""
        ids = [letter.event_id for letter in self._sent]
        if after not in ids:
            return False
        for _ in range(len(ids) - ids.index(after) - 1):
            letter = self._sent.pop()
            self._sent_bytes -= len(letter.frame)
            self._waiting.appendleft(letter)
            self._waiting_bytes += len(letter.frame)
        self.wake()
        return True

    def _remember(self, letter: _Letter) -> None:
        self._sent.append(letter)
        self._sent_bytes += len(letter.frame)
        while self._sent_bytes > REMEMBERED:
            self._sent_bytes -= len(self._sent.popleft().frame)

    def _leave_out(self, which: Callable[[_Letter], bool]) -> bool:
        """Drop the first letter that waits and is like that; whether there was one."""
        for index, letter in enumerate(self._waiting):
            if which(letter):
                self._waiting_bytes -= len(letter.frame)
                del self._waiting[index]
                return True
        return False
