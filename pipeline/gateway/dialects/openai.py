"""`/v1/realtime/translations`: OpenAI's translation sessions. No turns: sound in; text and speech out as they come.

What it decides: what the three events of a client mean, and which of the seven events of the server tell what happens.

    session.created, then for each session.update session.updated or error
    session.input_transcript.delta    words said, where transcription is on     \
    session.output_transcript.delta   words of the translation                   in the order in which they come
    session.output_audio.delta        speech, 200 ms at most                    /
    session.close: what was heard is told, then session.closed, and the server closes the socket

Deltas are append-only: they are made of committed words alone, and the tail that may still change is never told. A
delta brings the space that parts it from what came before. `elapsed_ms` is the sound taken when the delta was made, in
steps of 200 ms. See docs/gateway.md for the table of errors.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from pipeline.gateway.calls import Call, Configure, Finish, Hear, Refused, Wish
from pipeline.gateway.dialects import Event, Reaction
from pipeline.gateway.dialects._checks import Invalid
from pipeline.gateway.dialects._translation import (
    Settings,
    as_object,
    known,
    merged,
    required,
    session_object,
    string,
)
from pipeline.gateway.happenings import SPOKEN_HZ, Failed, Finished, Happening, Heard, Rendered, Spoken
from pipeline.gateway.sound import pcm
from pipeline.media import Samples, Word, join_words

HEARS_HZ = 24_000  # the only rate of the protocol
STEP_MS = 200  # of elapsed_ms, and of the longest audio delta
LONGEST_ID = 512  # characters of an event_id
REQUEST = "invalid_request_error"
SERVER = "server_error"
CODES = {  # why a session or the gateway refuses, and the type and code that say so
    "invalid": (REQUEST, "invalid_value"),
    "limit": (REQUEST, "rate_limit_exceeded"),
    "busy": (SERVER, "server_overloaded"),
    "broken": (SERVER, "internal_error"),
    "expired": (REQUEST, "session_expired"),
    "stopping": (SERVER, "service_unavailable"),
}
PARAMS = {  # fields of a wish, and where a client set them
    "to": "session.audio.output.language",
    "speak": "session.audio.output.language",
    "audio": "audio",
}


class Growing:
    """A text told in deltas; remembers the last word only, to know how the next one follows."""

    def __init__(self) -> None:
        self._last: tuple[Word, ...] = ()

    def delta(self, words: tuple[Word, ...]) -> str:
        """What these words add."""
        if not words:
            return ""
        added = join_words([*self._last, *words])[len(join_words(self._last)) :]
        self._last = words[-1:]
        return added


class Translations:
    """One session's side of the protocol; see `Dialect` for its methods and the head of this file for its order.

    settings: those it begins with. from_: the language spoken, which this protocol cannot name; empty: detected.
    expires_at: when the session ends, seconds since 1970.
    """

    hangs_up = True

    def __init__(
        self, model: str, session_id: str, settings: Settings, expires_at: int, *, from_: str = ""
    ) -> None:
        self._model = model
        self._id = session_id
        self._settings = settings
        self._expires_at = expires_at
        self._from = from_ or "auto"
        self._asked: Settings | None = None  # settings that the session is asked for
        self._event_id: str | None = None  # of the event that is being answered
        self._count = 0
        self._heard_samples = 0
        self._closing = False
        self._source, self._target = Growing(), Growing()

    @property
    def wish(self) -> Wish:
        """What the settings in force ask for."""
        return self._wish(self._settings)

    def _wish(self, settings: Settings) -> Wish:
        return Wish(from_=self._from, to=settings.language, transcribe=bool(settings.transcriber), speak=True)

    def opened(self) -> list[Event]:
        """session.created."""
        return [self._session("session.created")]

    # From the client

    def receive(self, text: str) -> list[Reaction]:
        """One frame: an event in JSON."""
        self._event_id = None
        try:
            event = msgspec.json.decode(text.encode())
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return [self._error(REQUEST, "invalid_json", "A frame is an event in JSON.")]
        try:
            return self._answer(event)
        except Invalid as wrong:
            return [self._error(REQUEST, wrong.code, wrong.message, wrong.param)]

    def _answer(self, event: object) -> list[Reaction]:
        if not isinstance(event, dict):
            raise Invalid("An event is an object.", "", "invalid_json")
        if (given := event.get("event_id")) is not None:
            self._event_id = string(given, "event_id", LONGEST_ID)
        kind = string(required(event, "type"), "type")
        answer = self._answers().get(kind)
        if answer is None:
            raise Invalid(f"No event of this protocol: '{kind[:80]}'.", "type", "unknown_event")
        if self._closing:
            raise Invalid("The session is being closed.", "type", "session_closed")
        return answer(event)

    def _answers(self) -> dict[str, Callable[[Mapping[str, Any]], list[Reaction]]]:
        return {
            "session.update": self._update,
            "session.input_audio_buffer.append": self._append,
            "session.close": self._close,
        }

    def _update(self, event: Mapping[str, Any]) -> list[Reaction]:
        known(event, "", "type", "event_id", "session")
        self._asked = merged(self._settings, as_object(required(event, "session"), "session"))
        return [Configure(self._wish(self._asked))]

    def _append(self, event: Mapping[str, Any]) -> list[Reaction]:
        known(event, "", "type", "event_id", "audio")
        return [Hear(_pcm(required(event, "audio")), HEARS_HZ)]

    def _close(self, event: Mapping[str, Any]) -> list[Reaction]:
        known(event, "", "type", "event_id")
        self._closing = True
        return [Finish()]

    def done(self, call: Call, result: object) -> list[Event]:
        """What the client is told of an event that was done: only that its settings are in force."""
        match call:
            case Configure() if self._asked is not None:
                self._settings, self._asked = self._asked, None
                return [self._session("session.updated")]
            case Hear():
                self._heard_samples += len(call.data) // 2
        return []

    def refused(self, call: Call | None, why: Refused) -> list[Event]:
        """`error`; the settings stay as they were."""
        if isinstance(call, Configure):
            self._asked = None
        if call is None:
            self._event_id = None
        kind, code = CODES.get(why.reason, CODES["broken"])
        told = [self._error(kind, code, why.message, PARAMS.get(why.what))]
        if isinstance(call, Finish):  # every path ends with it
            told.append(self._make("session.closed"))
        return told

    # From the session

    def tell(self, happening: Happening) -> list[Event]:
        """The events for what happened; turns are none of this protocol's."""
        match happening:
            case Heard() if self._settings.transcriber:
                return self._grown("session.input_transcript.delta", self._source, happening.committed)
            case Rendered():
                return self._grown("session.output_transcript.delta", self._target, happening.committed)
            case Spoken():
                return list(self._spoken(happening.samples))
            case Failed():
                self._event_id = None  # it answers no event
                return [self._error(*CODES["broken"], happening.message)]
            case Finished():
                return [self._make("session.closed")]
        return []

    def _grown(self, kind: str, growing: Growing, words: tuple[Word, ...]) -> list[Event]:
        delta = growing.delta(words)
        return [self._make(kind, delta=delta, elapsed_ms=self._elapsed_ms)] if delta else []

    def _spoken(self, samples: Samples) -> Iterator[Event]:
        step = SPOKEN_HZ * STEP_MS // 1000
        form = {"sample_rate": SPOKEN_HZ, "channels": 1, "format": "pcm16"}
        for at in range(0, len(samples), step):
            delta = base64.b64encode(pcm(samples[at : at + step])).decode()
            yield self._make(
                "session.output_audio.delta",
                weight="audio",
                delta=delta,
                **form,
                elapsed_ms=self._elapsed_ms,
            )

    # Events

    @property
    def _elapsed_ms(self) -> int:
        return self._heard_samples * 1000 // HEARS_HZ // STEP_MS * STEP_MS

    def _make(self, kind: str, *, weight: Any = "kept", **fields: Any) -> Event:
        self._count += 1
        return Event({"event_id": f"event_{self._id[-8:]}_{self._count}", "type": kind, **fields}, weight)

    def _session(self, kind: str) -> Event:
        return self._make(
            kind, session=session_object(self._id, self._model, self._expires_at, self._settings)
        )

    def _error(self, kind: str, code: str, message: str, param: str | None = None) -> Event:
        told = {"type": kind, "code": code, "message": message, "param": param or None}
        return self._make("error", error={**told, "event_id": self._event_id})


def _pcm(value: object) -> bytes:
    """Base64 of 16-bit samples. Raises `Invalid`."""
    if not isinstance(value, str):
        raise Invalid("'audio' is base64 of 16-bit PCM.", "audio", "invalid_type")
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(f"'audio' is no base64 ({error}).", "audio") from None
    if not found or len(found) % 2:
        raise Invalid("'audio' has whole 16-bit samples, one at least.", "audio")
    return found
