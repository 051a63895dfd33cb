"""`/api-ws/v1/realtime`: the LiveTranslate protocol of Model Studio, in the dialects of its three families of models.

What it decides: what each event of a client means, which events tell what happens, their fields and their order. The family
(`_families.py`) follows from the model's name. `_settings.py` and `_fields.py` have the settings, `_telling.py` and
`_responses.py` the events of turns.

    session.created, then for each session.update session.updated or error
    a turn      speech_started, transcription.text*, response.created, output_item.added, conversation.item.created,
                content_part.added, (text | audio.delta)*, speech_stopped, transcription.completed, text.done,
                audio.done, content_part.done, output_item.done, response.done
    session.finish: what was heard is told, then session.finished

Translations of turns never interleave: `turns.py` sees to that. An event that is refused is answered by `error` and
changes nothing. See docs/gateway.md for the table of errors.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

import msgspec

from pipeline.gateway.calls import Call, Clear, Commit, Configure, Finish, Hear, Refused, See, Wish
from pipeline.gateway.dialects import Event, Reaction
from pipeline.gateway.dialects._checks import Invalid
from pipeline.gateway.dialects._families import QWEN3_5, Family
from pipeline.gateway.dialects._fields import merged
from pipeline.gateway.dialects._settings import Settings, detection_of, echoed
from pipeline.gateway.dialects._telling import Telling
from pipeline.gateway.happenings import Failed, Happening
from pipeline.languages import canonical

REQUEST = "invalid_request_error"
CODES = {  # why a session or the gateway refuses, and the type and code that say so
    "invalid": (REQUEST, "invalid_value"),
    "limit": ("rate_limit_error", "Throttling.AllocationQuota"),
    "busy": ("rate_limit_error", "Throttling.RateQuota"),
    "broken": ("server_error", "InternalError"),
    "expired": ("server_error", "session_expired"),
    "stopping": ("server_error", "ServiceUnavailable"),
}
PARAMS = {  # fields of a wish, and where a client set them
    "to": "session.translation.language",
    "from_": "session.input_audio_transcription.language",
    "speak": "session.modalities",
    "voice": "session.voice",
    "clone": "session.enable_voice_clone",
    "audio": "audio",
    "image": "image",
}


class LiveTranslate:
    """One session's side of the protocol; see `Dialect` for its methods and the head of this file for its order."""

    hangs_up = False

    def __init__(
        self, model: str, session_id: str, family: Family = QWEN3_5, *, to: str = "", from_: str = ""
    ) -> None:
        self._model = model
        self._family = family
        self._id = session_id
        self._count = 0
        self._settings = Settings(
            detection=detection_of(family),
            transcribes=family.transcribes,
            source=canonical(from_) or family.source,
            target=canonical(to) or "en",
        )
        self._asked: Settings | None = None  # what the session is asked for
        self._event_id = ""  # of the event that is being answered
        self._finishing = False
        self._heard_sound = False
        self._telling = Telling(family, f"conv_{session_id}", self._make, self._name)
        self._telling.settings = self._settings

    @property
    def wish(self) -> Wish:
        """What the settings in force ask for."""
        return self._settings.wish()

    def opened(self) -> list[Event]:
        """session.created."""
        return [self._session("session.created")]

    # From the client

    def receive(self, text: str) -> list[Reaction]:
        """One frame: an event in JSON."""
        self._event_id = ""
        try:
            event = msgspec.json.decode(text.encode())
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return [self._error(REQUEST, "invalid_json", "a frame is an event in JSON")]
        if not isinstance(event, dict):
            return [self._error(REQUEST, "invalid_json", "an event is an object")]
        given = event.get("event_id")
        self._event_id = given[:200] if isinstance(given, str) else ""
        kind = event.get("type")
        answer = self._answers().get(kind) if isinstance(kind, str) else None
        if answer is None:
            return [
                self._error(
                    REQUEST, "invalid_event", f"no event of this protocol: {str(kind)[:80]!r}", "type"
                )
            ]
        try:
            return answer(event)
        except Invalid as wrong:
            return [self._error(REQUEST, wrong.code, wrong.message, wrong.param)]

    def _answers(self) -> dict[str, Callable[[dict[str, Any]], list[Reaction]]]:
        return {
            "session.update": self._update,
            "input_audio_buffer.append": self._append,
            "input_image_buffer.append": self._look,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": lambda _: [Clear()],
            "session.finish": self._finish,
        }

    def _update(self, event: dict[str, Any]) -> list[Reaction]:
        self._asked = merged(self._settings, self._family, event.get("session"))
        return [Configure(self._asked.wish())]

    def _append(self, event: dict[str, Any]) -> list[Reaction]:
        data = _decoded(event.get("audio"), "audio")
        opus = self._settings.input_format == "opus"
        return [Hear(data, self._settings.sample_rate, "opus" if opus else "pcm")]

    def _look(self, event: dict[str, Any]) -> list[Reaction]:
        data = _decoded(event.get("image"), "image")
        if not self._heard_sound:
            raise Invalid("append audio before the first image", "image")
        return [See(data)]

    def _commit(self, event: dict[str, Any]) -> list[Reaction]:
        if self._settings.detection is not None:
            raise Invalid("the server commits while turn_detection is on", "type")
        return [Commit()]

    def _finish(self, event: dict[str, Any]) -> list[Reaction]:
        if self._finishing:
            return []
        self._finishing = True
        return [Finish()]

    def done(self, call: Call, result: object) -> list[Event]:
        """What the client is told of a call that was done; most are silent."""
        match call:
            case Configure() if self._asked is not None:
                self._settings, self._asked = self._asked, None
                self._telling.settings = self._settings
                return [self._session("session.updated")]
            case Hear():
                self._heard_sound = True
            case See() if isinstance(result, int):
                self._telling.pixels += result
            case Clear():
                return [self._make("input_audio_buffer.cleared")]
        return []

    def refused(self, call: Call | None, why: Refused) -> list[Event]:
        """`error`; the settings stay as they were."""
        if isinstance(call, Configure):
            self._asked = None
        kind, code = CODES.get(why.reason, CODES["broken"])
        if isinstance(call, Commit) and why.reason == "invalid":
            code = "input_audio_buffer_commit_empty"
        told = [self._error(kind, code, why.message, PARAMS.get(why.what))]
        if isinstance(call, Finish):  # every path ends with it
            told.append(self._make("session.finished"))
        return told

    # From the session

    def tell(self, happening: Happening) -> list[Event]:
        """The events for what happened."""
        events = self._telling.tell(happening)
        if isinstance(happening, Failed):
            self._event_id = ""  # it answers no event
            events.append(self._error(*CODES["broken"], happening.message))
        return events

    # Events

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._id[-8:]}_{self._count}"

    def _make(self, kind: str, *, weight: Any = "kept", key: str = "", **fields: Any) -> Event:
        return Event(
            {"event_id": self._name("event"), "type": kind, **fields}, weight, key and f"{kind} {key}"
        )

    def _session(self, kind: str) -> Event:
        return self._make(kind, session=echoed(self._settings, self._family, self._model, self._id))

    def _error(self, kind: str, code: str, message: str, param: str | None = None) -> Event:
        error = {"type": kind, "code": code, "message": message, "param": param}
        if self._event_id:
            error["event_id"] = self._event_id
        return self._make("error", error=error)


def _decoded(value: object, param: str) -> bytes:
    """Base64 without line breaks. Raises `Invalid`."""
    if not isinstance(value, str) or not value:
        raise Invalid("base64 is expected", param)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(f"Illegal base64: {error}", param) from None
