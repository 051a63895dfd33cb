"""Dialects: one wire protocol each, as a pure state machine. No sockets, no clocks, no graphs.

A dialect is made for one session. The connection (connection.py) gives it what the client sends and what the session tells;
it answers with events for the client and calls for the session:

    opened()            the first events
    receive(text)       a frame of the client: what to send and what to ask of the session, in order
    done(call, result)  the session did it          refused(call, why)   it did not, and goes on as before
    tell(happening)     the session has something to say

A new protocol is a module here with such a class, and a line in `DIALECTS` of server.py.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from pipeline.gateway.calls import Call, Refused, Wish
from pipeline.gateway.happenings import Happening

Weight: TypeAlias = Literal["kept", "newest", "audio"]


class Event(msgspec.Struct, frozen=True):
    """A JSON object for the client, and what may be done with it while the client does not read.

    kept: never dropped. newest: may be left out when a later one with the same `key` waits. audio: may be dropped.
    """

    body: dict[str, Any]
    weight: Weight = "kept"
    key: str = ""
    sound: bytes = b""  # for protocols with binary frames

    def frame(self) -> str | bytes:
        """What goes over the wire: the object as JSON; with sound, a binary frame whose first line that is."""
        head = msgspec.json.encode(self.body)
        return head + b"\n" + self.sound if self.sound else head.decode()


Reaction: TypeAlias = Event | Call


class Dialect(Protocol):
    """See the head of this file."""

    @property
    def hangs_up(self) -> bool:
        """Whether the server closes the socket when the session is over; else it leaves that to the client a while."""

    @property
    def wish(self) -> Wish:
        """What to interpret until the client asks for something else."""

    def opened(self) -> list[Event]:
        """What to say first."""

    def receive(self, text: str) -> list[Reaction]:
        """A frame of the client. Never raises for what a client can send."""

    def done(self, call: Call, result: object) -> list[Event]:
        """The session did what `receive` asked."""

    def refused(self, call: Call | None, why: Refused) -> list[Event]:
        """The session did not; or, without a call, the gateway has to refuse something."""

    def tell(self, happening: Happening) -> list[Event]:
        """What the session tells."""


@runtime_checkable
class Binary(Protocol):
    """What a dialect has besides that takes binary frames, too."""

    def receive_bytes(self, data: bytes) -> list[Reaction]:
        """A binary frame of the client. Never raises for what a client can send."""
