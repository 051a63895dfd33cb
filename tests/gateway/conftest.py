"""A gateway with the real models, listening on a port of this machine for as long as the tests of a process run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import anyio
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from pipeline.gateway.calls import Wish
from pipeline.gateway.door import Defaults
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Key, Keyring
from pipeline.gateway.limits import Limits
from pipeline.gateway.recipes import Operator, Recipes
from pipeline.gateway.server import application
from pipeline.scheduler import start
from tests.gateway.recording import need_models

TOKEN = "sk-test"
POOR = "sk-poor"  # its limits are narrow


class Served(NamedTuple):
    """Where a gateway listens, and the gateway itself."""

    gateway: Gateway
    portal: BlockingPortal
    port: int

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api-ws/v1/realtime"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """The models stay loaded from one test to the next."""
    need_models()
    recipe = Recipes(Operator()).of(Wish(from_="en", to="pt"))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(start(recipe.graph)):
        yield


@pytest.fixture(scope="session")
def served(warm: None) -> Iterator[Served]:
    """A gateway that wants a key: TOKEN, or POOR with one session and 6 s of sound a minute."""
    keys = [
        Key(sha256(TOKEN.encode()).hexdigest(), name="test"),
        Key(sha256(POOR.encode()).hexdigest(), sessions=1, audio_s_a_minute=6, name="poor"),
    ]
    limits = Limits(max_load=2.0, max_lag_s=1000, resume_s=3, quiet_s=2)
    with listening(Gateway(Recipes(Operator()), Keyring(keys), limits, cores=2)) as found:
        yield found


@contextmanager
def listening(gateway: Gateway) -> Iterator[Served]:
    """A gateway that listens on some port for as long as the block lasts."""
    import uvicorn

    app = application(gateway, Defaults(from_="en", to="pt"), origins=("https://friend.example",))
    config = uvicorn.Config(
        app, port=0, log_level="warning", lifespan="off", ws="websockets-sansio", ws_max_size=1_048_576
    )
    server = uvicorn.Server(config)
    ready = threading.Event()

    async def serve() -> None:
        async with gateway.running(), anyio.create_task_group() as group:
            group.start_soon(server.serve)
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await anyio.sleep(0.01)
            ready.set()

    with start_blocking_portal() as portal:
        running: Any = portal.start_task_soon(serve)
        assert ready.wait(20)
        yield Served(gateway, portal, server.servers[0].sockets[0].getsockname()[1])
        server.should_exit = True
        running.result(20)
