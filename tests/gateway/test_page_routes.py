"""What a browser gets over HTTP: pages that keep to themselves, captions for other screens, graphs for those who may."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.sync.client import ClientConnection, connect

from pipeline.gateway.pages import STATIC
from tests.gateway.conftest import POOR, TOKEN, Served
from tests.gateway.recording import pause, pieces, speech


def get(served: Served, path: str, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return urllib.request.urlopen(urllib.request.Request(f"{served.http}{path}", headers=headers), timeout=40)


def asked(served: Served, path: str, token: str = "") -> Any:
    with get(served, path, token) as answer:
        return json.load(answer)


def refusal(served: Served, path: str, token: str = "") -> tuple[int, str]:
    with pytest.raises(HTTPError) as caught:
        get(served, path, token)
    with caught.value as answer:
        return answer.code, json.load(answer)["code"]


@contextmanager
def page(served: Served, token: str = TOKEN, query: str = "") -> Iterator[ClientConnection]:
    url = f"ws://127.0.0.1:{served.port}/v1/interpret{query}"
    words: Any = ["dragoman", f"dragoman-key.{token}"]
    with connect(url, subprotocols=words) as found:
        yield found


def until(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    """Events up to the first of a kind; the sound of speech is left out."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["type"] != kind:
        frame = socket.recv(timeout=40)
        found.append(json.loads(frame if isinstance(frame, str) else frame.partition(b"\n")[0]))
    return found


def say(socket: ClientConnection, pcm: bytes) -> None:
    for piece in pieces(pcm):
        socket.send(b"\1" + piece)


@pytest.mark.parametrize("path", ["/", "/graph", "/captions/anything", "/static/page.js"])
def test_a_page_may_load_nothing_from_elsewhere_and_be_framed_by_nobody(served: Served, path: str) -> None:
    with get(served, path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("file", sorted(STATIC.iterdir()), ids=lambda file: file.name)
def test_files_name_one_another_relatively_so_that_a_proxy_may_put_them_anywhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href|action)=["']/|url\(/|import .* from ["']/|fetch\(["'`]/""", text) == []
    assert re.findall(r"<script(?! type=\"module\" src=)|<style|\son\w+=|javascript:", text) == []


@pytest.mark.parametrize("path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/nothing.js"])
def test_nothing_but_the_files_of_the_page_is_served(served: Served, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        get(served, path)
    with caught.value as answer:
        assert answer.code == 404


def test_only_languages_and_voices_that_work_are_offered(served: Served) -> None:
    offered = asked(served, "/v1/languages", TOKEN)
    wanted = {one["tag"]: one for one in offered["wanted"]}
    assert {"auto", "en", "fr"} <= set(wanted["pt"]["from"])
    assert {"id": "f2", "name": "Spoken, high"} in wanted["pt"]["voices"]
    assert offered["spoken"][0]["tag"] == "auto"
    assert offered["default"] == {"from": "en", "to": "pt"}
    assert offered["sees"] is False


@pytest.mark.parametrize("path", ["/v1/languages", "/v1/sessions", "/v1/sessions/x/graph"])
def test_what_is_behind_the_key_needs_it(served: Served, path: str) -> None:
    assert refusal(served, path) == (401, "InvalidApiKey")
    assert refusal(served, path, "sk-wrong") == (401, "InvalidApiKey")


def test_a_talk_is_told_spoken_shown_on_another_screen_and_watched(served: Served) -> None:
    with page(served) as it:
        [opened] = until(it, "opened")
        it.send(json.dumps({"type": "start", "from": "en", "to": "pt", "voice": "f2"}))
        until(it, "started")
        say(it, speech())
        events = until(it, "source")
        [seen] = asked(served, "/v1/sessions", TOKEN)
        assert asked(served, "/v1/sessions", POOR) == []
        assert refusal(served, f"/v1/sessions/{seen['name']}/graph", POOR) == (404, "Session.NotExist")
        graph = asked(served, f"/v1/sessions/{seen['name']}/graph", TOKEN)
        say(it, pause(1))
        events += until(it, "speech")
        with get(served, f"/captions/{opened['board']}/lines") as stream:
            line = stream.readline().decode()
        it.send(json.dumps({"type": "finish"}))
        events += until(it, "finished")
    source = "".join(event["text"] for event in events if event["type"] == "source")
    steps = [event for event in events if event["type"] == "target" and event["text"]]
    assert "afraid" in source
    assert "medo" in "".join(step["text"] for step in steps)
    assert all(0 <= step["words"][0][1] < step["words"][-1][2] < 6000 for step in steps)
    assert all(0 < step["lag_ms"] < 40_000 for step in steps)
    [turn] = json.loads(line.removeprefix("data: "))["turns"]
    assert turn["target"]["text"]
    assert opened["session"] not in json.dumps([seen, graph, turn])
    boxes = {box["name"]: box for box in graph["boxes"]}
    assert boxes["words"]["calls"] > 0
    assert boxes["talk"]["column"] < boxes["words"]["column"] < boxes["target"]["column"]
    assert {("talk", "audio", "words"), ("units", "unit", "target")} <= {
        (arrow["source"], arrow["output"], arrow["target"]) for arrow in graph["arrows"]
    }


def test_who_comes_back_is_told_what_arrived_and_gets_each_event_once(served: Served) -> None:
    with page(served) as it:
        [opened] = until(it, "opened")
        it.send(json.dumps({"type": "start", "from": "en", "to": "pt", "speak": False}))
        say(it, speech()[:64_000])
        first = until(it, "source")
        it.socket.close()  # no goodbye
    query = f"?resume={opened['session']}&after={first[-1]['event_id']}"
    with page(served, query=query) as it:
        it.send(json.dumps({"type": "where"}))
        events = until(it, "where")
        assert events[-1]["samples"] <= 32_000
        say(it, speech()[2 * events[-1]["samples"] :])
        it.send(json.dumps({"type": "finish"}))
        events += until(it, "finished")
    ids = [int(event["event_id"]) for event in [opened, *first, *events]]
    assert len(ids) == len(set(ids))
    source = "".join(event["text"] for event in [*first, *events] if event["type"] == "source")
    assert (
        len(source.split()) >= 3
    )  # which words a sound gives that was cut in two is the recogniser's affair


def test_the_screen_of_a_session_that_is_over_says_so(served: Served) -> None:
    assert refusal(served, "/captions/0123456789abcdef0123456789abcdef/lines") == (404, "Session.NotExist")
    with page(served) as it:
        board = until(it, "opened")[0]["board"]
        with get(served, f"/captions/{board}/lines") as stream:
            assert b'"turns":[]' in stream.readline()
            it.send(json.dumps({"type": "finish"}))
            assert b"event: over" in stream.read()


def test_a_language_that_there_is_not_is_refused_and_the_session_goes_on(served: Served) -> None:
    with page(served) as it:
        until(it, "opened")
        it.send(json.dumps({"type": "start", "to": "tlh"}))
        said = until(it, "error")[-1]["error"]
        assert (said["code"], said["field"]) == ("invalid", "to")
        assert "'tlh'" in said["message"]
        it.send(json.dumps({"type": "start", "to": "pt"}))
        assert until(it, "started")[-1]["to"] == "pt"
