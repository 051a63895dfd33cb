"""Client secrets: keys for browsers, which expire. The store alone, then over a socket of this machine."""

from __future__ import annotations

import json
import urllib.request
from hashlib import sha256
from typing import Any
from urllib.error import HTTPError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pipeline.clock import seconds
from pipeline.gateway.calls import Refused
from pipeline.gateway.client_secrets import MOST, ClientSecrets
from pipeline.gateway.dialects._translation import Settings
from pipeline.gateway.keys import Key
from tests.gateway.conftest import POOR, TOKEN, Served
from tests.gateway.test_openai import MODEL
from tests.gateway.test_openai_sequences import mutated
from tests.gateway.test_server import until

KEY = Key(sha256(b"sk").hexdigest(), name="one")


def test_a_secret_stands_for_its_key_and_settings_until_it_expires() -> None:
    kept = ClientSecrets()
    token = kept.make(KEY, MODEL, Settings(language="pt"), 10, seconds(5))
    for _ in range(3):  # it may be used again
        found = kept.find(token, seconds(14.9))
        assert found is not None
        assert (found.key, found.settings.language) == (KEY, "pt")
    assert kept.find(token, seconds(15)) is None
    assert len(kept) == 0


@pytest.mark.parametrize("token", ["", "ek_", "ek_wrong", "\udcff", "x" * 10_000])
def test_what_is_no_secret_stands_for_nothing(token: str) -> None:
    kept = ClientSecrets()
    kept.make(KEY, MODEL, Settings(), 10, 0)
    assert kept.find(token, 0) is None


def test_secrets_are_kept_as_digests_only() -> None:
    kept = ClientSecrets()
    token = kept.make(KEY, MODEL, Settings(), 10, 0)
    assert token not in repr(vars(kept))


def test_a_key_has_so_many_secrets_and_more_when_some_expired() -> None:
    kept = ClientSecrets()
    for _ in range(MOST):
        kept.make(KEY, MODEL, Settings(), 10, 0)
    with pytest.raises(Refused, match="wait until some expire"):
        kept.make(KEY, MODEL, Settings(), 10, 0)
    assert kept.make(Key("", name="another"), MODEL, Settings(), 10, 0)
    assert kept.make(KEY, MODEL, Settings(), 10, seconds(10))


def asked(served: Served, body: Any, token: str = TOKEN, path: str = "client_secrets") -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{served.http}/v1/realtime/translations/{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def session(**more: Any) -> dict[str, Any]:
    return {"session": {"model": MODEL, "audio": {"output": {"language": "pt"}}}, **more}


def socket(served: Served, token: str, model: str = MODEL) -> Any:
    url = f"ws://127.0.0.1:{served.port}/v1/realtime/translations" + (f"?model={model}" if model else "")
    return connect(url, additional_headers={"Authorization": f"Bearer {token}"})


def test_a_secret_opens_sessions_with_the_settings_that_it_was_made_with(served: Served) -> None:
    status, made = asked(served, session(expires_after={"anchor": "created_at", "seconds": 60}))
    assert status == 200
    assert made["value"].startswith("ek_")
    assert made["session"]["audio"]["output"] == {"language": "pt"}
    for _ in range(2):
        with socket(served, made["value"]) as client:
            [created] = until(client, "session.created")
        assert created["session"]["audio"]["output"] == {"language": "pt"}
        assert created["session"]["expires_at"] > made["expires_at"] - 60


def test_sessions_of_a_secret_count_as_those_of_its_key(served: Served) -> None:
    made = asked(served, session(), POOR)[1]
    with socket(served, POOR) as client:
        until(client, "session.created")
        with socket(served, made["value"]) as second:
            assert until(second, "error")[0]["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("token", "model", "status", "code"),
    [
        ("ek_wrong", MODEL, 401, "invalid_api_key"),
        ("sk-wrong", MODEL, 401, "invalid_api_key"),
        (TOKEN, "", 400, "missing_required_parameter"),
        (TOKEN, "gpt-realtime", 404, "model_not_found"),
    ],
)
def test_who_may_not_connect_is_told_why(
    served: Served, token: str, model: str, status: int, code: str
) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(served, token, model):
        pass
    error = json.loads(caught.value.response.body)["error"]
    assert (caught.value.response.status_code, error["code"]) == (status, code)


def test_a_secret_is_for_one_model(served: Served) -> None:
    made = asked(served, session())[1]
    with pytest.raises(InvalidStatus) as caught, socket(served, made["value"], f"{MODEL}-2026-05-07"):
        pass
    assert caught.value.response.status_code == 400


@pytest.mark.parametrize(
    ("body", "token", "refusal"),
    [
        (session(), "sk-wrong", (401, "invalid_api_key", None)),
        (session(), "ek_wrong", (401, "invalid_api_key", None)),
        (b"{", TOKEN, (400, "invalid_json", None)),
        ([], TOKEN, (400, "invalid_json", None)),
        (b" " * 70_000, TOKEN, (413, "request_too_large", None)),
        ({}, TOKEN, (400, "missing_required_parameter", "session")),
        ({"session": {}}, TOKEN, (400, "missing_required_parameter", "session.model")),
        ({"session": {"model": "gpt-9"}}, TOKEN, (404, "model_not_found", None)),
        (
            {"session": {"model": MODEL, "type": "translation"}},
            TOKEN,
            (400, "unknown_parameter", "session.type"),
        ),
        (session(expires_after={"seconds": 9}), TOKEN, (400, "invalid_value", "expires_after.seconds")),
        (session(expires_after={"seconds": "60"}), TOKEN, (400, "invalid_type", "expires_after.seconds")),
        (session(expires_after={"anchor": "now"}), TOKEN, (400, "invalid_value", "expires_after.anchor")),
        (session(more=1), TOKEN, (400, "unknown_parameter", "more")),
    ],
)
def test_a_wrong_request_makes_no_secret(
    served: Served, body: Any, token: str, refusal: tuple[int, str, str | None]
) -> None:
    status, answer = asked(served, body, token)
    assert (status, answer["error"]["code"], answer["error"]["param"]) == refusal


WHOLE = session(expires_after={"anchor": "created_at", "seconds": 60})


@settings(max_examples=60)
@given(body=mutated(WHOLE), path=st.sampled_from(["client_secrets", "calls"]))
def test_any_body_is_answered_in_the_form_of_the_protocol(served: Served, body: Any, path: str) -> None:
    status, answer = asked(served, body, path=path)
    if status == 200:
        assert answer["value"].startswith("ek_")
    else:
        assert status in (400, 404, 429, 501)
        assert set(answer["error"]) == {"type", "code", "message", "param"}


def test_webrtc_is_refused_with_what_to_do(served: Served) -> None:
    status, answer = asked(served, b"v=0", path="calls")
    assert status == 501
    assert "open a WebSocket to /v1/realtime/translations" in answer["error"]["message"]
