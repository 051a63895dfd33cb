"""`dragoman serve`: a graph for everybody who connects, behind the protocols that clients know. See docs/gateway.md."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from pipeline.commands.running import overruled
from pipeline.errors import InputError, OutputError, need
from pipeline.gateway import memory
from pipeline.gateway.calls import Refused, Wish
from pipeline.gateway.keys import Keyring, keyring, new_key
from pipeline.gateway.limits import Limits
from pipeline.gateway.recipes import Operator, Recipes
from pipeline.graph import Graph

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from pipeline.gateway.gateway import Gateway

log = logging.getLogger(__name__)

LARGEST_FRAME = 1_048_576  # bytes: a picture of 500 KB in base64, or 24 s of sound
PING_S = 20.0
PONG_S = 60.0  # a client that uploads faster than life answers late


def serve(given: Namespace) -> int:
    """Serve until Ctrl-C; then what was heard is finished first. Once more ends it at once."""
    if given.new_key:
        token, lines = new_key(given.new_key)
        sys.stdout.write(f"# the key, to be given to the client and kept nowhere else: {token}\n{lines}")
        return 0
    memory.one_heap()
    keys = keyring(given.keys, os.environ)
    _check_host(given.host, keys, anyway=given.no_keys)
    _check_tls(given)
    recipes = Recipes(_operator(given))
    warm = _warm(recipes, given)
    limits = Limits(
        given.max_sessions, given.max_load, given.max_lag_s, given.idle_s, given.length_s, given.resume_s
    )
    return int(anyio.run(_serve, given, recipes, keys, limits, warm))


async def _serve(given: Namespace, recipes: Recipes, keys: Keyring, limits: Limits, warm: Wish) -> int:
    try:
        from pipeline.gateway.door import Defaults
        from pipeline.gateway.gateway import Gateway
        from pipeline.gateway.server import LOCAL_HOSTS, application
    except ImportError as error:
        raise need(error.name or "starlette", "serve", "dragoman serve") from None
    gateway = Gateway(recipes, keys, limits, _cores())
    hosts = LOCAL_HOSTS if keys.open and _is_local(given.host) else ("*",)
    defaults = Defaults("" if given.from_ == "auto" else given.from_, given.to or "")
    app = application(gateway, defaults, origins=tuple(given.allow_origin), hosts=hosts)
    with _door(given.host, given.port) as door:
        async with gateway.running(warm):
            memory.settle()
            return await _listen(app, gateway, given, door)


async def _listen(app: Starlette, gateway: Gateway, given: Namespace, door: socket.socket) -> int:
    import uvicorn

    class Server(uvicorn.Server):
        """Uvicorn, which closes sockets when it is asked to stop; ours tell what they heard before that."""

        asked = anyio.Event()

        def handle_exit(self, sig: int, frame: Any) -> None:
            if self.asked.is_set():
                self.should_exit = self.force_exit = True
            soon(self.asked.set)

    soon = _soon()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PONG_S,
        ws_per_message_deflate=False,
        ssl_certfile=given.tls_cert,
        ssl_keyfile=given.tls_key,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)

    async def drain() -> None:
        await server.asked.wait()
        await gateway.stop(given.drain_s)
        server.should_exit = True

    async with anyio.create_task_group() as group:
        group.start_soon(drain)
        protocol, page = _url("ws", given, door, "/api-ws/v1/realtime"), _url("http", given, door, "/")
        sys.stdout.write(f"serving {protocol}; the page is {page} ; Ctrl-C stops\n")
        sys.stdout.flush()
        await server.serve([door])
        group.cancel_scope.cancel()
    return 0


def _door(host: str, port: int) -> socket.socket:
    """The socket to listen on. Raises `OutputError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = os.strerror(number) if number else error
        raise OutputError(
            f"{host}:{port}: cannot be listened to ({why}); choose another --host or --port"
        ) from error


def _url(scheme: str, given: Namespace, door: socket.socket, path: str) -> str:
    host = f"[{given.host}]" if ":" in given.host else given.host
    return f"{scheme}{'s' if given.tls_cert else ''}://{host}:{door.getsockname()[1]}{path}"


def _soon() -> Callable[[Callable[[], None]], Any]:
    """Calls something on this loop from a signal handler."""
    native: Any = anyio.lowlevel.current_token().native_token
    found: Callable[[Callable[[], None]], Any] = native.call_soon_threadsafe
    return found


def _operator(given: Namespace) -> Operator:
    if not given.graph:
        wrong = [flag for flag in ("transcript", "translation", "speech") if getattr(given, flag)]
        if wrong or given.set:
            flag = wrong[0] if wrong else "set"
            raise InputError(f"--{flag}: is for a graph of your own; name a graph file, or leave it out")
        return Operator(voice=given.voice or "")
    graph = overruled(Graph.load(given.graph), given.set)
    return Operator(
        graph=graph,
        to=given.to or "",
        transcript=given.transcript or "",
        translation=given.translation or "",
        speech=given.speech or "",
    )


def _warm(recipes: Recipes, given: Namespace) -> Wish:
    """What is kept loaded: the languages that were named. Raises `InputError` where nothing serves them."""
    wish = Wish(from_=given.from_, to=given.to or "en")
    try:
        recipes.of(wish)
    except Refused as why:
        if why.what != "speak":
            raise InputError(
                f"dragoman serve: {why.message}; `dragoman languages` lists what there is"
            ) from None
        wish = Wish(from_=given.from_, to=given.to or "en", speak=False)
        try:
            recipes.of(wish)
        except Refused as again:
            raise InputError(
                f"dragoman serve: {again.message}; `dragoman languages` lists what there is"
            ) from None
    return wish


def _check_host(host: str, keys: Keyring, *, anyway: bool) -> None:
    if keys.open and not anyway and not _is_local(host):
        raise InputError(
            f"--host {host}: everybody who reaches this machine could connect; give --keys FILE "
            "(`dragoman serve --new-key NAME` prints a key), or say --no-keys"
        )


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_tls(given: Namespace) -> None:
    if bool(given.tls_cert) != bool(given.tls_key):
        raise InputError("--tls-cert, --tls-key: one without the other; give both files, or neither")
    for flag, file in (("--tls-cert", given.tls_cert), ("--tls-key", given.tls_key)):
        if file and not os.path.isfile(file):
            raise InputError(f"{flag} {file}: no such file; give one in PEM")


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
