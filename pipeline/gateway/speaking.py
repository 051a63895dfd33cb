"""Speech of a text over HTTP, as OpenAI's clients ask for it: `POST /v1/audio/speech`.

    model            a name of OpenAI's, or of a node that speaks here: tts.espeak
    input            1 to 4096 characters
    voice            a voice of that node by its name; any other name: the one that speaks where none is named
    response_format  wav (also where there is none) or pcm: 16 bit, mono, 24 kHz
    speed            0.25 to 4; voices here go from 0.5 to 2
    language         BCP 47, which that service does not have; else the language that the operator serves

The sound leaves piece by piece, as it is made. Refusals are those of the other doors of that protocol; what fails after the
first piece cuts the answer short. A voice runs in a thread of its own for as long as it speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from pipeline import routes as ways
from pipeline import voices
from pipeline.gateway.answer import FORMATS, Answer, Wanted
from pipeline.gateway.calls import Refused
from pipeline.gateway.dialects._checks import Invalid
from pipeline.gateway.dialects._translation import number, one_of, required, string
from pipeline.gateway.door import Defaults, Denied, check_origin, client_key
from pipeline.gateway.gateway import Gateway
from pipeline.gateway.keys import Key
from pipeline.gateway.translations import CODES, error, json_body

PATH = "/v1/audio/speech"
LONGEST = 4096  # characters of a text
MODELS = ("tts-1", "gpt-4o-mini-tts", "gpt-audio")  # and what begins so: the best voice at hand
LOCAL = ("tts.hibari", "tts.kokoro", "tts.piper", "tts.espeak")  # those that a client may ask for by name
A_SECOND = 15  # characters that take a second to say, about
MOST = 16  # answers that are made at the same time


def routes(defaults: Defaults, origins: tuple[str, ...]) -> list[BaseRoute]:
    """The route of this protocol."""
    return [Route(PATH, SpeechDoor(defaults, origins), methods=["POST"])]


class SpeechDoor:
    """Speaks for who shows a key."""

    def __init__(self, defaults: Defaults, origins: tuple[str, ...]) -> None:
        self._defaults = defaults
        self._origins = origins
        self._speaking: Counter[str] = Counter()  # answers that are being made, by the name of a key
        self._threads = anyio.CapacityLimiter(MOST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope, receive)
        gateway: Gateway = request.app.state.gateway
        try:
            check_origin(request.headers, self._origins)
            key = client_key(gateway, request.headers)
            body = await json_body(request)
            wanted = await anyio.to_thread.run_sync(self._wanted, gateway, body)  # reads lists of voices
            self._admit(gateway, key, wanted)
        except Denied as denied:
            gateway.metrics.refused.labels(denied.code).inc()
            await _refusal(denied.message, CODES.get(denied.code, denied.code), denied.status)(
                scope, receive, send
            )
            return
        except Invalid as wrong:
            body = error(wrong.message, wrong.code, wrong.param)
            await JSONResponse(body, 400)(scope, receive, send)
            return
        self._speaking[key.name] += 1
        try:
            await Answer(wanted, self._threads)(scope, receive, send)
        finally:
            self._speaking[key.name] -= 1

    def _admit(self, gateway: Gateway, key: Key, wanted: Wanted) -> None:
        """Raises `Denied` where there is no room for it."""
        if gateway.stopping:
            raise Denied(503, "service_unavailable", "The server is stopping; try another.")
        if self._speaking[key.name] >= key.sessions or self._speaking.total() >= MOST:
            raise Denied(429, "rate_limit_exceeded", "Too many answers at a time; wait for one to end.")
        crowded: Refused | None = gateway.crowded()
        if crowded is not None:
            raise Denied(429, "rate_limit_exceeded", crowded.message)
        if not gateway.takes(key, len(wanted.text) / A_SECOND):
            raise Denied(429, "rate_limit_exceeded", "This key has had its sound of this minute; try later.")

    def _wanted(self, gateway: Gateway, body: Mapping[str, Any]) -> Wanted:
        """Raises `Invalid`, `Denied`."""
        text = string(required(body, "input"), "input", LONGEST)
        model = string(required(body, "model"), "model")
        voice = body.get("voice", "")
        named = voice.get("id", "") if isinstance(voice, dict) else voice
        kind = one_of(body.get("response_format", "wav"), "response_format", *FORMATS)
        speed = number(body.get("speed", 1.0), 0.25, 4, "speed")
        lang = string(body.get("language") or self._defaults.to or "en", "language")
        one_of(body.get("stream_format", "audio"), "stream_format", "audio")
        node = _speaker(gateway, model, lang)
        chosen = voices.chosen(lang, node, string(named, "voice")) if named else ""
        return Wanted(text, lang, node, chosen, min(max(speed, 0.5), 2.0), kind)


def _speaker(gateway: Gateway, model: str, lang: str) -> str:
    """The node for a model and a language. Raises `Denied`, `Invalid`."""
    if model not in LOCAL and not model.startswith(MODELS):
        raise Denied(
            404, "Model.NotExist", f"The model '{model[:80]}' does not exist; there is '{MODELS[0]}'."
        )
    ready = [speaker.node for speaker in ways.speakers(lang) if not speaker.needs]
    best = ready[0] if ready else ""
    node = model if model in LOCAL else gateway.recipes.operator.voice or best
    if node in ("", "none") or (node in LOCAL and node not in ready):
        raise Invalid(f"Nothing speaks '{lang}' here.", "language")
    return node


def _refusal(message: str, code: str, status: int) -> JSONResponse:
    return JSONResponse(error(message, code), status)
