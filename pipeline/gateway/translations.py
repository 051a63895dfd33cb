"""OpenAI's translation sessions over HTTP: who gets a socket, and client secrets.

    WebSocket  /v1/realtime/translations?model=            a session (dialects/openai.py)
    POST       /v1/realtime/translations/client_secrets    a key that expires, bound to a model and settings
    POST       /v1/realtime/translations/calls             refused: this server has no WebRTC

A client shows a key, or a client secret: a text that begins with `ek_` is looked up among those, and nowhere else.
Refusals have the form of the closed service: `{"error": {"type", "code", "message", "param"}}`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from pipeline.clock import now, unix_s
from pipeline.gateway.calls import Refused
from pipeline.gateway.client_secrets import PREFIX, ClientSecrets
from pipeline.gateway.dialects._checks import Invalid
from pipeline.gateway.dialects._translation import (
    Settings,
    as_object,
    known,
    members,
    merged,
    number,
    one_of,
    required,
    session_object,
    string,
)
from pipeline.gateway.dialects.openai import REQUEST, SERVER, Translations
from pipeline.gateway.door import Defaults, Denied, Door, Make, check_origin, client_key
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Key, token_of

PATH = "/v1/realtime/translations"
MODEL = "gpt-realtime-translate"  # and its dated versions, MODEL-YYYY-MM-DD
LONGEST_BODY = 65_536  # bytes
LIFETIME_S = (10, 600, 7200)  # of a secret: least, usual, most
CODES = {  # of doors, and what this protocol calls them
    "InvalidApiKey": "invalid_api_key",
    "AccessDenied": "access_denied",
    "Model.NotExist": "model_not_found",
    "Session.NotExist": "session_not_found",
    "Session.Forgotten": "session_forgotten",
}


def routes(defaults: Defaults, origins: tuple[str, ...]) -> list[BaseRoute]:
    """The routes of this protocol; they share the secrets."""
    kept = ClientSecrets()
    door = TranslationsDoor(kept, defaults, origins)
    minting = Minting(kept, defaults, origins)
    return [
        WebSocketRoute(PATH, door.__call__),
        Route(f"{PATH}/client_secrets", minting.__call__, methods=["POST"]),
        Route(f"{PATH}/calls", _calls, methods=["POST"]),
    ]


class TranslationsDoor(Door):
    """Lets in who shows a key or a client secret."""

    def __init__(self, kept: ClientSecrets, defaults: Defaults, origins: tuple[str, ...]) -> None:
        super().__init__("openai", origins)
        self._kept = kept
        self._defaults = defaults

    def admit(self, gateway: Gateway, socket: WebSocket) -> tuple[Key, Make]:
        """A secret brings its settings; else they are the operator's. Raises `Denied`."""
        model = socket.query_params.get("model", "")
        if not model:
            raise Denied(400, "missing_required_parameter", "Missing required parameter: 'model'.")
        _check_model(model)
        token = _token(socket)
        settings = _settings(self._defaults)
        if token.startswith(PREFIX):
            secret = self._kept.find(token, now())
            if secret is None:
                raise Denied(401, "InvalidApiKey", "The client secret is not known, or has expired.")
            if secret.model != model:
                raise Denied(400, "invalid_value", f"The client secret is for the model '{secret.model}'.")
            return secret.key, self._make(gateway, model, secret.settings)
        return self.key(gateway, socket), self._make(gateway, model, settings)

    def key(self, gateway: Gateway, socket: WebSocket) -> Key:
        """The key that the client shows, or that its secret stands for. Raises `Denied`."""
        secret = self._kept.find(_token(socket), now())
        return secret.key if secret is not None else super().key(gateway, socket)

    def denial(self, denied: Denied) -> dict[str, Any]:
        return error(denied.message, CODES.get(denied.code, denied.code))

    def _make(self, gateway: Gateway, model: str, settings: Settings) -> Make:
        expires_at = unix_s() + round(gateway.limits.length_s)
        from_ = self._defaults.from_
        return lambda session_id: Translations(model, session_id, settings, expires_at, from_=from_)


class Minting:
    """Makes client secrets for who shows a key."""

    def __init__(self, kept: ClientSecrets, defaults: Defaults, origins: tuple[str, ...]) -> None:
        self._kept = kept
        self._defaults = defaults
        self._origins = origins

    async def __call__(self, request: Request) -> Response:
        """One request: `session` with its model, and `expires_after`."""
        gateway: Gateway = request.app.state.gateway
        try:
            check_origin(request.headers, self._origins)
            if token_of(request.headers, []).startswith(PREFIX):
                raise Denied(401, "InvalidApiKey", "A client secret makes no client secrets; show a key.")
            key = client_key(gateway, request.headers)
            return JSONResponse(self._made(gateway, key, await json_body(request)))
        except Denied as denied:
            return JSONResponse(error(denied.message, CODES.get(denied.code, denied.code)), denied.status)
        except Invalid as wrong:
            return JSONResponse(error(wrong.message, wrong.code, wrong.param), 400)
        except Refused as why:
            return JSONResponse(error(why.message, "rate_limit_exceeded"), 429)

    def _made(self, gateway: Gateway, key: Key, body: Mapping[str, Any]) -> dict[str, Any]:
        known(body, "", "session", "expires_after")
        session = as_object(required(body, "session"), "session")
        model = string(required(session, "model", "session"), "session.model")
        _check_model(model)
        settings = merged(_settings(self._defaults), session, "model")
        lifetime_s = _lifetime_s(body)
        token = self._kept.make(key, model, settings, lifetime_s, now())
        expires_at = unix_s() + lifetime_s
        session_id = f"sess_{secrets.token_urlsafe(18)}"
        return {
            "value": token,
            "expires_at": expires_at,
            "session": session_object(session_id, model, expires_at, settings),
        }


def error(message: str, code: str, param: str | None = None, kind: str = REQUEST) -> dict[str, Any]:
    """The body of a refusal."""
    return {"error": {"type": kind, "code": code, "message": message, "param": param or None}}


def _settings(defaults: Defaults) -> Settings:
    return Settings(language=defaults.to or "en")


def _check_model(model: str) -> None:
    if model != MODEL and not model.startswith(f"{MODEL}-"):
        raise Denied(404, "Model.NotExist", f"The model '{model[:80]}' does not exist; there is '{MODEL}'.")


def _token(socket: WebSocket) -> str:
    return token_of(socket.headers, socket.scope.get("subprotocols", []))


def _lifetime_s(body: Mapping[str, Any]) -> int:
    least, usual, most = LIFETIME_S
    given = members(body, "expires_after", "", "anchor", "seconds")
    one_of(given.get("anchor", "created_at"), "expires_after.anchor", "created_at")
    found = number(given.get("seconds", usual), least, most, "expires_after.seconds")
    if found != int(found):
        raise Invalid("'expires_after.seconds' is a whole number.", "expires_after.seconds", "invalid_type")
    return int(found)


async def json_body(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request, read no further than it may be long. Raises `Denied`, `Invalid`."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > LONGEST_BODY:
            raise Denied(413, "request_too_large", f"A request has at most {LONGEST_BODY} bytes.")
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise Invalid("The body is a JSON object.", "", "invalid_json") from wrong
    if not isinstance(found, dict):
        raise Invalid("The body is a JSON object.", "", "invalid_json")
    return found


async def _calls(request: Request) -> Response:
    """WebRTC, which is not spoken here."""
    said = f"This server has no WebRTC; open a WebSocket to {PATH}."
    return JSONResponse(error(said, "unsupported_transport", kind=SERVER), 501)
