"""Pages: what a browser gets: the page of the house, the captions of a session on another screen, the graph of a session.

    /                            the page; speaks /v1/interpret (dialects/interpret.py)
    /captions/<board>            the last lines of a session, big; whoever has the address may read, and nothing else
    /captions/<board>/lines      the same as a stream of server-sent events
    /graph                       the graphs that run, live; asks for a key where there are keys
    /v1/languages                what may be chosen                                  (key)
    /v1/sessions                 the sessions of a key; of an operator's key all     (key)
    /v1/sessions/<name>/graph    what the graph of one does now                      (key)

Files are static, in static/; they name one another relatively, so a proxy may put them under any path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from hmac import compare_digest
from pathlib import Path

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.gateway.board import Board, board_id
from pipeline.gateway.choices import choices
from pipeline.gateway.dialects.interpret import Interpret
from pipeline.gateway.door import Denied, client_key
from pipeline.gateway.gateway import Gateway, Seat
from pipeline.gateway.watching import session_line, session_name, watched

STATIC = Path(__file__).with_name("static")
MOST_WATCHERS = 200  # of one board
PING_S = 5.0  # between signs of life, by which a watcher that has gone is found out
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


def routes() -> list[BaseRoute]:
    """All of them."""
    return [
        Route("/", Safe(_Page("index.html"))),
        Route("/captions/{board}", Safe(_Page("captions.html"))),
        Route("/captions/{board}/lines", lines),
        Route("/graph", Safe(_Page("graph.html"))),
        Route("/v1/languages", languages),
        Route("/v1/sessions", sessions),
        Route("/v1/sessions/{name}/graph", graph),
        Mount("/static", Safe(StaticFiles(directory=STATIC))),
    ]


class Safe:
    """Adds the headers that keep a page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the application inside, with `HEADERS`."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self._app(scope, receive, sent)


class _Page:
    def __init__(self, name: str) -> None:
        self._file = STATIC / name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(self._file)(scope, receive, send)


async def languages(request: Request) -> Response:
    """`Choices` as JSON, and the languages that stand where nothing was chosen yet."""
    gateway: Gateway = request.app.state.gateway
    try:
        client_key(gateway, request.headers)
    except Denied as denied:
        return _denied(denied)
    found = await anyio.to_thread.run_sync(choices, gateway.recipes)
    defaults = request.app.state.defaults
    sees = gateway.recipes.sees
    body = msgspec.to_builtins(found) | {"sees": sees, "default": {"from": defaults.from_, "to": defaults.to}}
    return JSONResponse(body, headers={"cache-control": "no-store"})


async def lines(request: Request) -> Response:
    """The board of a session as server-sent events; each one has all that is to be seen."""
    gateway: Gateway = request.app.state.gateway
    found = _board(gateway, request.path_params["board"])
    if found is None:
        return _denied(
            Denied(404, "Session.NotExist", "no such session; it is over, or the address is wrong")
        )
    seat, board = found
    if board.watched >= MOST_WATCHERS:
        return _denied(Denied(503, "Throttling", f"{MOST_WATCHERS} screens watch this session already"))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}  # proxies keep nothing back
    return StreamingResponse(_stream(gateway, seat, board), media_type="text/event-stream", headers=headers)


async def _stream(gateway: Gateway, seat: Seat, board: Board) -> AsyncIterator[str]:
    seen = -1
    board.watched += 1
    try:
        while not board.over and gateway.seats.get(seat.id) is seat:
            if await board.news(seen, PING_S):
                seen = board.version
                yield f"data: {msgspec.json.encode(board.shown()).decode()}\n\n"
            else:
                yield ": still here\n\n"
        yield "event: over\ndata: {}\n\n"
    finally:
        board.watched -= 1


def _board(gateway: Gateway, name: str) -> tuple[Seat, Board] | None:
    """The board of that name, compared in constant time."""
    found = None
    for seat in gateway.seats.values():
        same = compare_digest(board_id(seat.id).encode(), name.encode())
        if same and isinstance(seat.dialect, Interpret):
            found = seat, seat.dialect.board
    return found


async def sessions(request: Request) -> Response:
    """The sessions that the key of a request may look at, the newest first."""
    try:
        found = _visible(request)
    except Denied as denied:
        return _denied(denied)
    return JSONResponse([session_line(seat) for seat in found], headers={"cache-control": "no-store"})


async def graph(request: Request) -> Response:
    """What the graph of a session does now."""
    try:
        found = [seat for seat in _visible(request) if session_name(seat) == request.path_params["name"]]
    except Denied as denied:
        return _denied(denied)
    if not found:
        return _denied(
            Denied(404, "Session.NotExist", "no such session; it is over, or belongs to another key")
        )
    body = watched(found[0])
    return JSONResponse(msgspec.to_builtins(body), headers={"cache-control": "no-store"})


def _visible(request: Request) -> list[Seat]:
    gateway: Gateway = request.app.state.gateway
    key = client_key(gateway, request.headers)
    seats = [seat for seat in gateway.seats.values() if key.operator or seat.key == key]
    return sorted(seats, key=lambda seat: -seat.opened_at)


def _denied(denied: Denied) -> Response:
    return JSONResponse({"code": denied.code, "message": denied.message}, denied.status)
