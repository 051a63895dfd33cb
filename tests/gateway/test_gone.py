"""Of a session that is over nothing is left, however its client went."""

from __future__ import annotations

import json
import socket
import weakref
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.gateway.conftest import TOKEN, Served
from tests.gateway.recording import pause
from tests.gateway.test_openai import append
from tests.gateway.test_server import until


def says_goodbye(it: ClientConnection) -> None:
    it.send(json.dumps({"type": "session.close"}))
    until(it, "session.closed")


def hangs_up(it: ClientConnection) -> None:
    it.close()


def vanishes(it: ClientConnection) -> None:
    it.socket.shutdown(socket.SHUT_RDWR)


async def kept(left: list[weakref.ref[Any]]) -> list[type]:
    """What is still there when no more goes: one that vanished may come back for three seconds, threads take a while."""
    with anyio.move_on_after(20):
        while any(ref() is not None for ref in left):  # noqa: ASYNC110 - nobody tells when memory is freed
            await anyio.sleep(0.1)
    return [type(ref()) for ref in left if ref() is not None]


@pytest.mark.parametrize("goes", [says_goodbye, hangs_up, vanishes])
def test_nothing_is_left(served: Served, goes: Callable[[ClientConnection], None]) -> None:
    url = f"ws://127.0.0.1:{served.port}/v1/realtime/translations?model=gpt-realtime-translate"
    with connect(url, additional_headers={"Authorization": f"Bearer {TOKEN}"}) as it:
        session_id = until(it, "session.created")[0]["session"]["id"]
        it.send(json.dumps(append(pause(0.5))))
        it.send(json.dumps({"type": "session.update", "session": {}}))
        until(it, "session.updated")  # by then a graph runs
        session: Any = served.gateway.seats[session_id].session
        left = [weakref.ref(thing) for thing in (served.gateway.seats[session_id], session, session.run)]
        assert all(ref() is not None for ref in left)
        del session
        goes(it)
    assert served.portal.call(kept, left) == []
