"""The gateway as its clients meet it: over a socket of this machine, with the real models."""

from __future__ import annotations

import base64
import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from pipeline.gateway.dialects import Event
from tests.gateway.conftest import POOR, TOKEN, Served
from tests.gateway.recording import pause, pieces, speech
from tests.gateway.test_media import jpeg
from tests.gateway.wire import MODEL, append, types


@contextmanager
def client(
    served: Served, query: str = f"model={MODEL}", token: str = TOKEN, **more: Any
) -> Iterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with connect(f"{served.ws}?{query}", additional_headers=headers, **more) as found:
        yield found


def send(socket: ClientConnection, kind: str, **fields: Any) -> None:
    socket.send(json.dumps({"type": kind, **fields}))


def say(socket: ClientConnection, pcm: bytes) -> None:
    for piece in pieces(pcm):
        socket.send(json.dumps(append(piece)))


def until(socket: ClientConnection, *kinds: str) -> list[dict[str, Any]]:
    """Events up to the first of these kinds."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["type"] not in kinds:
        found.append(json.loads(socket.recv(timeout=40)))
    return found


def closed_by(socket: ClientConnection, frames: list[str]) -> int:
    """The code by which the server closes the socket, after these frames at the latest."""
    with suppress(ConnectionClosed):
        for frame in frames:
            socket.send(frame)
        while True:
            socket.recv(timeout=20)
    assert socket.close_code is not None
    return socket.close_code


def status(error: InvalidStatus) -> tuple[int, str]:
    return error.response.status_code, json.loads(error.response.body)["code"]


def test_a_recording_is_told_and_spoken_in_another_language(served: Served) -> None:
    with client(served) as it:
        assert types(until(it, "session.created")) == ["session.created"]
        send(it, "session.update", session={"translation": {"language": "pt"}})
        assert until(it, "session.updated")[-1]["session"]["translation"]["language"] == "pt"
        say(it, speech())
        send(it, "input_image_buffer.append", image=base64.b64encode(jpeg(640, 480)).decode())
        send(it, "session.finish")
        events = until(it, "session.finished")
    done = [event["response"] for event in events if event["type"] == "response.done"]
    assert done[0]["status"] == "completed"
    assert "medo" in " ".join(response["output"][0]["content"][0]["transcript"] for response in done)
    assert done[-1]["usage"]["output_tokens_details"]["audio_tokens"] > 10
    sound = b"".join(base64.b64decode(e["delta"]) for e in events if e["type"] == "response.audio.delta")
    assert 2 < len(sound) / 48_000 < 8
    [heard] = [e["transcript"] for e in events if e["type"].endswith("transcription.completed")]
    assert "afraid" in heard


def test_a_client_that_vanished_comes_back_and_gets_each_event_once(served: Served) -> None:
    with client(served) as it:
        session_id = until(it, "session.created")[0]["session"]["id"]
        send(it, "session.update", session={"modalities": ["text"]})
        until(it, "session.updated")
        say(it, speech() + pause(0.5))
        first = until(it, "conversation.item.input_audio_transcription.text")
        it.socket.shutdown(socket.SHUT_RDWR)  # no goodbye
    resume = f"model={MODEL}&resume={session_id}&after={first[-1]['event_id']}"
    with pytest.raises(InvalidStatus) as caught, client(served, resume, token=POOR):
        pass
    assert status(caught.value) == (404, "Session.NotExist")
    with client(served, resume) as it:
        send(it, "session.finish")
        rest = until(it, "session.finished")
    events = [*first, *rest]
    ids = [event["event_id"] for event in events]
    assert len(set(ids)) == len(ids)
    [transcript] = [e["transcript"] for e in events if e["type"].endswith("transcription.completed")]
    assert "afraid" in transcript
    assert events[-2]["type"] == "response.done"


@pytest.mark.parametrize(
    ("query", "token", "headers", "answer"),
    [
        (f"model={MODEL}", "", {}, (401, "InvalidApiKey")),
        (f"model={MODEL}", "sk-wrong", {}, (401, "InvalidApiKey")),
        ("model=gpt-9", TOKEN, {}, (404, "Model.NotExist")),
        ("resume=sess_nobody", TOKEN, {}, (404, "Session.NotExist")),
        (f"model={MODEL}", TOKEN, {"Origin": "https://evil.example"}, (403, "AccessDenied")),
    ],
)
def test_who_may_not_connect_is_told_why(
    served: Served, query: str, token: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    more = {"origin": headers["Origin"]} if headers else {}
    with pytest.raises(InvalidStatus) as caught, client(served, query, token, **more):
        pass
    assert status(caught.value) == answer


@pytest.mark.parametrize("origin", ["https://friend.example", "http://127.0.0.1:{port}"])
def test_pages_of_friends_and_our_own_may_connect(served: Served, origin: str) -> None:
    with client(served, origin=origin.format(port=served.port)) as it:
        assert until(it, "session.created")


def test_a_browser_shows_its_key_as_a_subprotocol(served: Served) -> None:
    with client(served, token="", subprotocols=["realtime", f"dragoman-key.{TOKEN}"]) as it:
        assert it.subprotocol == "realtime"
        assert until(it, "session.created")


def test_a_key_has_so_many_sessions_and_so_much_sound_a_minute(served: Served) -> None:
    with client(served, token=POOR) as it:
        until(it, "session.created")
        with client(served, token=POOR) as second:
            [error] = until(second, "error")
            assert (error["error"]["code"], error["error"]["type"]) == (
                "Throttling.AllocationQuota",
                "rate_limit_error",
            )
            assert closed_by(second, []) == 1013
        for _ in range(4):
            it.send(json.dumps(append(pause(2))))
        error = until(it, "error")[-1]["error"]
        assert error["code"] == "Throttling.AllocationQuota"
        assert "6 s of sound a minute" in error["message"]


def test_a_binary_frame_is_refused_and_the_session_goes_on(served: Served) -> None:
    with client(served) as it:
        it.send(b"\0\1")
        assert "frames are text" in until(it, "error")[-1]["error"]["message"]
        send(it, "session.finish")
        assert until(it, "session.finished")


def test_a_flood_of_nonsense_is_cut_off(served: Served) -> None:
    with client(served) as it:
        assert closed_by(it, ["nonsense"] * 52) == 1008


def test_a_client_that_does_not_read_is_given_up_and_its_session_let_go(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as lazy:
        lazy.sendall(
            f"GET /api-ws/v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        begun = b""
        while (found := re.search(rb'"id":"(sess_[^"]+)"', begun)) is None:
            begun += lazy.recv(1000)
        session_id = found[1].decode()
        large = Event({"type": "error", "error": {"code": "x", "pad": "x" * 500_000}})
        for _ in range(80):
            if (seat := served.gateway.seats.get(session_id)) is not None:
                served.portal.call(seat.send, [large])
        lazy.settimeout(0.1)
        got = 0
        while session_id in served.gateway.seats:
            with suppress(TimeoutError):
                got += len(lazy.recv(1 << 20))
    assert got < 80 * 500_000


def test_a_frame_that_is_too_large_closes_the_socket(served: Served) -> None:
    with client(served) as it:
        assert closed_by(it, ["x" * 2_000_000]) == 1009


def test_updates_come_at_a_bounded_rate(served: Served) -> None:
    with client(served) as it:
        for _ in range(25):
            send(it, "session.update", session={})
        answers = [until(it, "session.updated", "error")[-1] for _ in range(25)]
    refused = [answer["error"]["code"] for answer in answers if answer["type"] == "error"]
    assert refused
    assert set(refused) == {"Throttling.AllocationQuota"}


def test_an_origin_of_sound_that_stopped_is_told_to_its_end_and_its_graph_let_go(served: Served) -> None:
    with client(served) as it:
        session_id = until(it, "session.created")[0]["session"]["id"]
        send(it, "session.update", session={"modalities": ["text"]})
        say(it, speech())  # and nothing more: no silence, no finish
        assert until(it, "response.done")[-1]["response"]["status"] == "completed"
        session = served.gateway.seats[session_id].session
        assert session is not None
        assert not session.active


def get(served: Served, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(served.http + path, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_metrics_say_how_it_does(served: Served) -> None:
    code, body = get(served, "/health")
    assert code == 200
    assert {"status", "sessions", "active", "busy", "lag_p95_s"} == set(json.loads(body))
    code, body = get(served, "/metrics")
    assert code == 200
    assert 'dragoman_sessions_opened_total{dialect="livetranslate"}' in body
    assert TOKEN not in body
    assert get(served, "/../../etc/passwd")[0] == 404


def test_sessions_end_when_they_are_idle_or_old(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    limits = served.gateway.limits
    for change, said in (
        ({"idle_s": 0.0}, "nothing came for 0 s"),
        ({"length_s": 0.0}, "a session lasts 0 s"),
    ):
        with client(served) as it:
            until(it, "session.created")
            monkeypatch.setattr(served.gateway, "limits", msgspec.structs.replace(limits, **change))
            told = until(it, "session.finished")
            assert [
                (e["error"]["code"], said in e["error"]["message"]) for e in told if e["type"] == "error"
            ] == [("session_expired", True)]
            monkeypatch.setattr(served.gateway, "limits", limits)


def test_a_busy_machine_admits_nobody_else(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    with client(served) as it:  # who was there before is told when it wants a graph
        until(it, "session.created")
        limits = served.gateway.limits
        monkeypatch.setattr(served.gateway, "limits", msgspec.structs.replace(limits, max_load=-1.0))
        with client(served) as late:
            assert until(late, "error")[-1]["error"]["code"] == "Throttling.RateQuota"
        it.send(json.dumps(append(pause(0.1))))
        assert until(it, "error")[-1]["error"]["code"] == "Throttling.RateQuota"
        monkeypatch.setattr(served.gateway, "limits", limits)
        it.send(json.dumps(append(pause(0.1))))
        send(it, "session.finish")
        assert types(until(it, "session.finished")) == ["session.finished"]
