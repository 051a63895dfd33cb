"""Door: what is asked of a client before it gets a socket: an origin, a key, a model. One for each protocol.

`ModelDoor` is for protocols whose clients show a key and name a model. One whose clients show something else, or read
refusals in another form, has a door of its own (translations.py).
"""

from __future__ import annotations

import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import msgspec
from anyio.lowlevel import checkpoint
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from pipeline.gateway.calls import Refused
from pipeline.gateway.connection import Connection
from pipeline.gateway.dialects import Dialect
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import SUBPROTOCOLS, Key, token_of

log = logging.getLogger(__name__)


class Defaults(msgspec.Struct, frozen=True):
    """What a client gets that asks for nothing."""

    from_: str = ""  # BCP 47; empty: the protocol's default
    to: str = ""


Make: TypeAlias = Callable[[str], Dialect]  # from the session's id
Find: TypeAlias = Callable[
    [str, Defaults], Make | None
]  # from the model's name; None for one that is not known


class Denied(Exception):
    """No socket for this client: an HTTP status, and what the body says."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Door(ABC):
    """Lets clients of one protocol in: those that `admit` does not refuse."""

    def __init__(self, name: str, origins: tuple[str, ...]) -> None:
        self._name = name
        self._origins = origins

    async def __call__(self, socket: WebSocket) -> None:
        """One client, from its handshake to its end."""
        gateway: Gateway = socket.app.state.gateway
        try:
            check_origin(socket.headers, self._origins)
            if "resume" in socket.query_params:
                seat_id = socket.query_params["resume"]
                await self._resume(gateway, socket, seat_id, socket.query_params.get("after", ""))
                return
            key, make = self.admit(gateway, socket)
        except Denied as denied:
            gateway.metrics.refused.labels(denied.code).inc()
            await self._deny(socket, denied)
            return
        await self._open(gateway, socket, key, make)

    @abstractmethod
    def admit(self, gateway: Gateway, socket: WebSocket) -> tuple[Key, Make]:
        """Whose session it is to be, and what makes its dialect. Raises `Denied`."""

    def key(self, gateway: Gateway, socket: WebSocket) -> Key:
        """The key that the client shows. Raises `Denied`."""
        return client_key(gateway, socket.headers, socket.scope.get("subprotocols", []))

    def denial(self, denied: Denied) -> dict[str, Any]:
        """The body of a handshake that failed, as clients of this protocol read it."""
        return {"code": denied.code, "message": denied.message, "request_id": secrets.token_hex(16)}

    async def _open(self, gateway: Gateway, socket: WebSocket, key: Key, make: Make) -> None:
        await socket.accept(_subprotocol(socket))
        try:
            seat = gateway.open(key, make, self._name)
        except Refused as why:
            # Told inside the socket: clients see an event, but not the body of a handshake.
            for event in make(f"sess_{secrets.token_urlsafe(18)}").refused(None, why):
                await socket.send_text(msgspec.json.encode(event.body).decode())
            await socket.close(1013, why.message[:120])
            return
        await Connection(gateway, seat, socket).serve()

    async def _resume(self, gateway: Gateway, socket: WebSocket, seat_id: str, after: str) -> None:
        seat = gateway.find(seat_id, self.key(gateway, socket))
        if seat is None:
            raise Denied(404, "Session.NotExist", "no such session; it is over, or was given up")
        if after and not seat.outbox.rewind(after):
            raise Denied(409, "Session.Forgotten", "what came after that event is not kept any more")
        await socket.accept(_subprotocol(socket))
        gateway.metrics.resumed.inc()
        log.info("session=%s event=resumed", seat.id)
        await Connection(gateway, seat, socket).serve()

    async def _deny(self, socket: WebSocket, denied: Denied) -> None:
        await socket.send_denial_response(JSONResponse(self.denial(denied), denied.status))
        # Uvicorn takes whoever returns before the socket is gone for one that forgot to answer.
        await checkpoint()


class ModelDoor(Door):
    """Lets in who shows a key and names a model that is known."""

    def __init__(self, name: str, find: Find, defaults: Defaults, origins: tuple[str, ...]) -> None:
        super().__init__(name, origins)
        self._find = find
        self._defaults = defaults

    def admit(self, gateway: Gateway, socket: WebSocket) -> tuple[Key, Make]:
        key, model = self.key(gateway, socket), socket.query_params.get("model", "")
        make = self._find(model, self._defaults)
        if make is None:
            raise Denied(404, "Model.NotExist", f"no such model: {model[:80]!r}")
        return key, make


def check_origin(headers: Mapping[str, str], allowed: tuple[str, ...]) -> None:
    """A browser says which page connects: ours, or one that is allowed. Other clients need not say. Raises `Denied`."""
    origin = headers.get("origin", "")
    if origin and origin not in allowed and urlsplit(origin).netloc != headers.get("host", ""):
        raise Denied(403, "AccessDenied", "pages of this origin may not connect")


def client_key(gateway: Gateway, headers: Mapping[str, str], subprotocols: Sequence[str] = ()) -> Key:
    """The key that a client shows. Raises `Denied`."""
    key = gateway.keyring.find(token_of(headers, list(subprotocols)))
    if key is None:
        raise Denied(401, "InvalidApiKey", "Invalid API-key provided.")
    return key


def _subprotocol(socket: WebSocket) -> str | None:
    """Of those offered the first that is no key; browsers insist on one."""
    offered: list[str] = socket.scope.get("subprotocols", [])
    return next((word for word in offered if not word.startswith(SUBPROTOCOLS)), None)
