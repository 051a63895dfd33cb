"""Connection: one WebSocket and the seat that it serves. Two loops, one for each direction; knows no protocol.

Only what is the same in every protocol is decided here: what frames are, a client is read no faster than its graph takes
sound, floods are cut off, and how a socket closes:

    1000  the session is over                           1008  a flood of events that are refused
    1012  the server is stopping                        1013  it reads too slowly, or there is no room
    4000  the client came back by another connection
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from pipeline.clock import now
from pipeline.gateway.calls import Call, Commit, Configure, Hear, Refused, See
from pipeline.gateway.dialects import Binary, Event, Reaction
from pipeline.gateway.gateway import Gateway, Seat

log = logging.getLogger(__name__)

CLOSE_S = 2.0  # for the closing frame to be taken
LINGER_S = 10.0  # after the end of a session, until its client closes
GOODBYES = (1000, 1005)  # codes by which a client says that it will not come back
PCM_BYTES = 2  # of a sample
OPUS_S = 0.02  # of sound in the usual packet

Loop = Callable[[], Awaitable[None]]


class Closing(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Connection:
    """One client that reads a seat; `serve` until either goes."""

    def __init__(self, gateway: Gateway, seat: Seat, socket: WebSocket) -> None:
        self._gateway = gateway
        self._seat = seat
        self._socket = socket
        self._closing: Closing | None = None
        self._vanished = False

    async def serve(self) -> None:
        """Read and write until the client goes or the session is over; then say which it was to the gateway."""
        seat = self._seat
        if seat.client is not None:
            seat.client.cancel()  # the connection before this one is dead, or soon will be
        seat.detached_at, seat.frame_at = None, now()
        with anyio.CancelScope() as scope:
            seat.client = scope
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_closing, self._write, group.cancel_scope)
                group.start_soon(self._until_closing, self._read, group.cancel_scope)
                group.start_soon(self._until_closing, self._watch, group.cancel_scope)
        if seat.client is not scope:
            await self._close(Closing(4000, "this session is served by another connection"))
            return
        seat.client = None
        if self._vanished and not seat.over:
            seat.detached_at = now()
            log.info("session=%s event=detached", seat.id)
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(CLOSE_S):
            await self._close(self._closing or Closing(1000, ""))
        self._gateway.close(seat)

    async def _until_closing(self, loop: Loop, scope: anyio.CancelScope) -> None:
        try:
            await loop()
        except Closing as closing:
            self._closing = closing
        except WebSocketDisconnect as gone:
            self._vanished = gone.code not in GOODBYES
        scope.cancel()

    async def _close(self, closing: Closing) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            try:
                await self._socket.close(closing.code, closing.reason)
            except (RuntimeError, WebSocketDisconnect):
                log.debug("session=%s: the client closed first", self._seat.id)

    async def _write(self) -> None:
        """What the seat has to say."""
        seat = self._seat
        while not (seat.over and not len(seat.outbox)):
            frame = await seat.outbox.get(lambda: seat.over)
            if isinstance(frame, bytes):
                await self._socket.send_bytes(frame)
            elif frame:
                await self._socket.send_text(frame)
        if self._gateway.stopping:
            raise Closing(1012, "the server is stopping")
        await anyio.sleep(0 if seat.dialect.hangs_up else LINGER_S)  # the client closes first
        raise Closing(1000, "")

    async def _watch(self) -> None:
        """Whether the client still reads: `_write` itself waits for it."""
        await self._seat.outbox.overflow.wait()
        raise Closing(1013, "too slow a reader")

    async def _read(self) -> None:
        """What the client has to say."""
        seat = self._seat
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                # Without a reason there was no closing frame: the network broke.
                raise WebSocketDisconnect(message["code"] if "reason" in message else 1006)
            seat.frame_at = now()
            self._gateway.metrics.events_in.inc()
            for reaction in self._received(message):
                if isinstance(reaction, Event):
                    seat.send([reaction])
                    self._count_error()
                else:
                    await self._ask(reaction)

    def _received(self, message: MutableMapping[str, Any]) -> list[Reaction]:
        """What a frame asks for; frames are text, but for protocols that say otherwise."""
        dialect, text = self._seat.dialect, message.get("text")
        if text is not None:
            return dialect.receive(text)
        if isinstance(dialect, Binary):
            return dialect.receive_bytes(message["bytes"])
        self._refuse(None, Refused("frames are text; send audio as base64 in an event"))
        return []

    async def _ask(self, call: Call) -> None:
        why = self._held_back(call)
        if why is None:
            await self._seat.ask(call)
        else:
            self._refuse(call, why)

    def _refuse(self, call: Call | None, why: Refused) -> None:
        self._seat.send(self._seat.dialect.refused(call, why))
        self._count_error()

    def _count_error(self) -> None:
        if not self._seat.guard.errors.take(1, now()):
            raise Closing(1008, "too many events that are refused")

    def _held_back(self, call: Call) -> Refused | None:
        """Why the gateway does not let a call through to the session; None where it does."""
        guard, at = self._seat.guard, now()
        match call:
            case Hear():
                return self._sound_held_back(call)
            case Configure() | Commit() if not guard.settings.take(1, at):
                return Refused("at most 2 of these a second", reason="limit")
            case See() if not guard.pictures.take(1, at):
                return Refused("at most 2 pictures a second", "image", "limit")
        return None

    def _sound_held_back(self, call: Hear) -> Refused | None:
        seconds = len(call.data) / PCM_BYTES / call.rate_hz if call.codec == "pcm" else OPUS_S
        if not self._gateway.takes(self._seat.key, seconds):
            a_minute = self._seat.key.audio_s_a_minute
            return Refused(f"this key may send {a_minute:g} s of sound a minute", "audio", "limit")
        session = self._seat.session
        return self._gateway.crowded() if session is not None and not session.active else None
