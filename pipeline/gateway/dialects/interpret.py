"""The protocol of our own page, `/v1/interpret`: all that a session knows, in few words. docs/page.md has the table.

    opened, then for each start: started or error
    turn started, (source | target | speech | turn stopped)*, turn done; terms, screen and gesture when they are seen
    finish: what was heard is told, then finished

Frames of the client are JSON objects with a `type`, or bytes: a byte that says what follows (SOUND, PICTURE), then 16-bit
little-endian mono PCM, or a JPEG file. Speech comes as bytes: a line of JSON, then such PCM.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from pipeline.gateway.board import Board, board_id
from pipeline.gateway.calls import Call, Configure, Finish, Hear, Refused, See, Wish
from pipeline.gateway.dialects import Event, Reaction, Weight
from pipeline.gateway.happenings import (
    SPOKEN_HZ,
    Failed,
    Finished,
    Happening,
    Heard,
    Noticed,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
    TurnStopped,
)
from pipeline.gateway.lines import Line
from pipeline.gateway.sound import pcm
from pipeline.media import Gesture, ScreenText, Terms

SOUND, PICTURE = 1, 2  # first byte of a binary frame
BYTES = 2  # of a sample
FIELDS = {
    "from_": "from",
    "audio": "sound",
    "image": "picture",
}  # what a refusal names, as the client knows it

Fields: TypeAlias = dict[str, Any]
Tag = Annotated[str, Meta(min_length=1, max_length=35)]


class Start(msgspec.Struct, tag_field="type", tag="start", forbid_unknown_fields=True, omit_defaults=True):
    """Interpret like this from now on. What is left out stays as it was."""

    from_: Tag | None = msgspec.field(name="from", default=None)
    to: Tag | None = None
    speak: bool | None = None
    voice: Annotated[str, Meta(max_length=64)] | None = None
    terms: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=200)] | None = None
    rate_hz: Annotated[int, Meta(ge=8000, le=96_000)] | None = None  # of the sound to come


class Where(msgspec.Struct, tag_field="type", tag="where", forbid_unknown_fields=True):
    """(after coming back) How much sound has arrived?"""


class Done(msgspec.Struct, tag_field="type", tag="finish", forbid_unknown_fields=True):
    """Nothing more comes."""


class Interpret:
    """One session's side of the protocol; see `Dialect` for its methods and the head of this file for its order."""

    hangs_up = True

    def __init__(self, session_id: str, *, to: str = "", from_: str = "") -> None:
        self.board = Board()
        self._id = session_id
        self._count = 0
        self._wish = Wish(from_=from_ or "auto", to=to or "en")
        self._rate_hz = 16_000
        self._asked: tuple[Wish, int] | None = None
        self._samples = 0  # that arrived, at the rate of the client
        self._lines: dict[tuple[str, int], Line] = {}

    @property
    def wish(self) -> Wish:
        """What the last start asked for."""
        return self._wish

    def opened(self) -> list[Event]:
        """The session's names: its own, for coming back, and its board's, for others to watch."""
        return [self._make("opened", {"session": self._id, "board": board_id(self._id)})]

    # From the client

    def receive(self, text: str) -> list[Reaction]:
        """An event in JSON."""
        try:
            event = msgspec.json.decode(text, type=Start | Where | Done)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            return [self._error("invalid", f"no event of this protocol: {error}")]
        match event:
            case Start():
                return self._start(event)
            case Where():
                return [self._make("where", {"samples": self._samples})]
            case _:
                return [Finish()]

    def receive_bytes(self, data: bytes) -> list[Reaction]:
        """Sound or a picture."""
        match data[:1]:
            case b"\x01":
                return [Hear(data[1:], self._rate_hz)]
            case b"\x02":
                return [See(data[1:])]
        return [self._error("invalid", "a binary frame begins with 1 for sound or 2 for a picture")]

    def _start(self, event: Start) -> list[Reaction]:
        before = self._wish
        given: dict[str, Any] = {
            name: value
            for name in ("from_", "to", "speak", "voice")
            if (value := getattr(event, name)) is not None
        }
        if event.terms is not None:
            given["phrases"] = tuple((term, "") for term in event.terms if term.strip())
        wish = msgspec.structs.replace(before, **given)
        self._asked = (wish, event.rate_hz or self._rate_hz)
        return [Configure(wish)]

    def done(self, call: Call, result: object) -> list[Event]:
        """Only a start is answered."""
        match call:
            case Configure() if self._asked is not None:
                (self._wish, self._rate_hz), self._asked = self._asked, None
                wish = self._wish
                return [self._make("started", {"from": wish.from_, "to": wish.to, "speak": wish.speak})]
            case Hear():
                self._samples += len(call.data) // BYTES
        return []

    def refused(self, call: Call | None, why: Refused) -> list[Event]:
        """`error`; what was asked for before stays."""
        if isinstance(call, Configure):
            self._asked = None
        told = [self._error(why.reason, why.message, FIELDS.get(why.what, why.what))]
        if isinstance(call, Finish):  # every path ends with it
            told.append(self._make("finished"))
        return told

    # From the session

    def tell(self, happening: Happening) -> list[Event]:
        """The events for what happened."""
        self.board.tell(happening)
        match happening:
            case Heard() | Rendered():
                return [self._step(happening)]
            case Spoken():
                return [self._speech(happening)]
            case Noticed():
                return [self._noticed(happening)]
            case Failed():
                return [self._error("broken", happening.message)]
            case Finished():
                return [self._make("finished")]
            case _:
                return [self._turn(happening)]

    def _turn(self, told: TurnStarted | TurnStopped | TurnDone) -> Event:
        match told:
            case TurnStarted():
                fields = {"state": "started", "at_ms": _ms(told.at)}
            case TurnStopped():
                fields = {"state": "stopped", "at_ms": _ms(told.at)}
            case TurnDone():
                fields = {"state": "done"}
                for kind in ("source", "target"):
                    self._lines.pop((kind, told.turn), None)
        return self._make("turn", {"turn": told.turn, **fields})

    def _step(self, step: Heard | Rendered) -> Event:
        kind = "source" if isinstance(step, Heard) else "target"
        line = self._lines.setdefault((kind, step.turn), Line())
        added = line.grow(step.committed, step.tentative, step.lang)
        fields: Fields = {"turn": step.turn, "text": added, "tail": line.tail, "lang": line.lang}
        if not step.committed:
            return self._make(kind, fields, "newest", f"{kind} {step.turn}")
        fields["words"] = [(word.text, _ms(word.start), _ms(word.end)) for word in step.committed]
        fields["lag_ms"] = None if step.lag_ms is None else round(step.lag_ms)
        return self._make(kind, fields)

    def _speech(self, piece: Spoken) -> Event:
        event = self._make("speech", {"turn": piece.turn, "text": piece.text, "rate_hz": SPOKEN_HZ}, "audio")
        return msgspec.structs.replace(event, sound=pcm(piece.samples))

    def _noticed(self, seen: Noticed) -> Event:
        at: Fields = {"at_ms": _ms(seen.at)}
        match seen.what:
            case Terms(terms=terms):
                return self._make("terms", at | {"terms": [(term.text, term.rendering) for term in terms]})
            case ScreenText() as line:
                fields: Fields = {"id": line.id, "text": line.text, "lang": line.lang, "over": line.over}
                return self._make("screen", at | fields)
            case Gesture() as what:
                fields = {"name": what.name, "by": what.by, "over": what.over, "count": what.count}
                return self._make("gesture", at | {"score": round(what.score, 2)} | fields)

    def _make(self, kind: str, fields: Fields | None = None, weight: Weight = "kept", key: str = "") -> Event:
        self._count += 1
        return Event({"type": kind, "event_id": f"{self._count}", **(fields or {})}, weight, key)

    def _error(self, code: str, message: str, field: str = "") -> Event:
        return self._make("error", {"error": {"code": code, "message": message, "field": field}})


def _ms(time: int) -> int:
    return time // 1_000_000
