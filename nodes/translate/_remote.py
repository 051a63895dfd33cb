"""A service that hears, translates and speaks, as a node uses it: sound in; text and speech out.

Each call of the node sends what came in and takes what has come back, without waiting; when the sound is over, the rest
is waited for. So results leave at the pace at which sound comes in, and it needs no task besides the node's own thread.

A connection that is lost is opened again while sound goes on: at once, then after 1, 2, 4, 8, 8, … seconds of sound, for
`patience_s`. Sound since something was told last is kept, `KEPT` at most, and sent again; what does not fit is lost,
and said in the log.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from nodes.translate._service import OPEN_S, Lost, Service, refused, unreachable
from nodes.translate._telling import Complained, Grew, Out, Spoke, Telling, Told
from pipeline.clock import Ns, seconds, to_seconds
from pipeline.media import AudioFrame, Speech, Text
from pipeline.packet import Packet
from pipeline.port import Emission

log = logging.getLogger(__name__)

KEPT = seconds(30)
QUIET_S = 60.0  # at the end: without any event for so long, the connection is given up
LAST_TRIES = 3  # at the end, when no more sound comes to count time by


class Wire(Protocol):
    """A protocol, as a pure state machine: one for each connection."""

    ready: str  # type of the event that says that the settings are in force
    over: str  # type of the event after which nothing comes

    def hello(self) -> dict[str, Any]:
        """The settings."""

    def sound(self, pcm: bytes) -> dict[str, Any]:
        """16-bit little-endian mono PCM at the node's rate."""

    def goodbye(self) -> dict[str, Any]:
        """No more sound comes."""

    def read(self, event: dict[str, Any]) -> list[Told]:
        """What an event says."""


def emission(out: Out) -> Emission[Text | Speech]:
    """What a node yields for it."""
    return Emission(out.port, out.payload, out.start, out.end)


class Remote:
    """See the head of this file. `place` is the node's name; `make` gives each connection its protocol."""

    def __init__(
        self, place: str, service: Service, make: Callable[[], Wire], to: str, patience_s: float
    ) -> None:
        self._place = place
        self._service = service
        self._make = make
        self._patience = seconds(patience_s)
        self._telling = Telling(to)
        self._wire: Wire | None = None  # None: not connected
        self._kept: deque[tuple[bytes, Ns]] = deque()
        self._kept_length: Ns = 0
        self._heard = False
        self._lost: Ns = 0  # sound that the service never got
        self._gone_at: Ns | None = None
        self._next_try: Ns = 0
        self._tries = 0

    @property
    def held_since(self) -> Ns:
        """Nothing that is still to come starts before this."""
        return self._telling.held_since

    @property
    def heard(self) -> bool:
        """Whether some sound was given."""
        return self._heard

    def open(self) -> None:
        """Connect. Raises `MediaError` where the service is out of reach, `InputError` where it refuses."""
        try:
            self._wire = self._connected()
        except Lost as why:
            raise unreachable(self._place, str(why)) from None

    def hear(self, packet: Packet[AudioFrame]) -> Iterator[Out]:
        """Send sound, and give what has come. Raises `MediaError` when a lost connection stays lost."""
        self._heard = True
        self._telling.given(packet.end, packet.left)
        pcm = np.rint(np.clip(packet.payload.samples, -1, 1) * 32767).astype("<i2").tobytes()
        self._keep(pcm, packet.end - packet.start)
        if self._wire is None or not self.send(self._wire.sound(pcm)):
            yield from self._telling.ended()
            self._come_back(packet.end)
        yield from self._waiting()
        yield from self._telling.settled()

    def finish(self) -> Iterator[Out]:
        """Say that no more comes, and wait for the rest. Raises `MediaError` where it does not come."""
        for _ in range(LAST_TRIES):
            if self._wire is None:
                self._try_again()
            if self._wire is not None and self.send(self._wire.goodbye()):
                yield from self._rest()
            if self._wire is not None:
                yield from self._telling.ended()
                return
        raise unreachable(self._place, "the connection was lost at the end of the sound")

    def close(self) -> None:
        """Let the connection go; say what was lost."""
        self._service.close()
        if self._lost:
            log.warning("%s: %.1f s of sound never got there", self._place, to_seconds(self._lost))

    def send(self, event: dict[str, Any]) -> bool:
        """Whether there is a connection to send something by."""
        if self._wire is None:
            return False
        try:
            self._service.send(event)
        except Lost as why:
            self._gone(why)
            return False
        return True

    # The connection

    def _connected(self) -> Wire:
        """A new connection, its settings in force. Raises `Lost`, `InputError`."""
        self._service.open()
        wire = self._make()
        self._service.send(wire.hello())
        while True:
            event = self._service.receive(OPEN_S)
            if event is None:
                raise Lost("it does not answer")
            if event.get("type") == wire.ready:
                return wire
            for told in wire.read(event):
                if isinstance(told, Complained):
                    self._service.close()
                    raise refused(self._place, told.message) if told.ours else Lost(told.message)

    def _come_back(self, at: Ns) -> None:
        """Connect again, if it is time to. Raises `MediaError` when that was tried long enough."""
        if self._gone_at is None:
            self._gone_at, self._next_try, self._tries = at, at, 0
        if at - self._gone_at > self._patience:
            raise unreachable(self._place, f"for {to_seconds(self._patience):g} s of sound")
        if at >= self._next_try:
            self._try_again()
            self._next_try = at + seconds(min(8, 2**self._tries))
            self._tries += 1

    def _try_again(self) -> None:
        try:
            wire = self._connected()
            for pcm, _ in self._kept:
                self._service.send(wire.sound(pcm))
        except Lost as why:
            log.warning("%s: still no connection (%s)", self._place, why)
        else:
            self._wire, self._gone_at = wire, None
            log.warning("%s: connected again; %.1f s sent again", self._place, to_seconds(self._kept_length))

    def _gone(self, why: Lost) -> None:
        log.warning("%s: the connection is lost (%s)", self._place, why)
        self._service.close()
        self._wire = None

    def _keep(self, pcm: bytes, length: Ns) -> None:
        self._kept.append((pcm, length))
        self._kept_length += length
        while self._kept_length > KEPT:
            dropped = self._kept.popleft()[1]
            self._kept_length -= dropped
            self._lost += dropped if self._wire is None else 0

    # What comes back

    def _waiting(self) -> Iterator[Out]:
        """What has come."""
        try:
            while self._wire is not None and (event := self._service.receive(0)) is not None:
                yield from self._read(self._wire, event)
        except Lost as why:
            self._gone(why)

    def _rest(self) -> Iterator[Out]:
        """What comes until the service says that it is over; where it does not, the connection is gone."""
        try:
            while self._wire is not None:
                event = self._service.receive(QUIET_S)
                if event is None:
                    raise Lost(f"silent for {QUIET_S:g} s")
                yield from self._read(self._wire, event)
                if event.get("type") == self._wire.over:
                    return
        except Lost as why:
            self._gone(why)

    def _read(self, wire: Wire, event: dict[str, Any]) -> Iterator[Out]:
        for told in wire.read(event):
            for out in self._outs(told):
                if out.final:
                    self._kept.clear()
                    self._kept_length = 0
                yield out

    def _outs(self, told: Told) -> Iterator[Out]:
        match told:
            case Grew():
                yield from self._telling.grown(told)
            case Spoke():
                yield self._telling.spoken(told.samples)
            case Complained():
                log.warning("%s: the service complains: %s", self._place, told.message)
