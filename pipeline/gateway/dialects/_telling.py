"""What a LiveTranslate client is told of turns: from happenings to events."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pipeline.gateway.dialects import Event
from pipeline.gateway.dialects._families import Family
from pipeline.gateway.dialects._responses import Ids, Make, Response, Source, text_tokens
from pipeline.gateway.dialects._settings import Settings
from pipeline.gateway.happenings import (
    Failed,
    Finished,
    Happening,
    Heard,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
    TurnStopped,
)
from pipeline.languages import canonical

ONE_SPEAKER = "speaker_0"  # graphs do not tell speakers apart


class Telling:
    """The turns of one session. `settings` are those in force; `make` and `name` give events and items their ids."""

    def __init__(self, family: Family, conversation: str, make: Make, name: Callable[[str], str]) -> None:
        self.settings = Settings()
        self.pixels = 0  # of pictures since the last response
        self._family = family
        self._conversation = conversation
        self._make = make
        self._name = name
        self._sources: dict[int, Source] = {}
        self._response: Response | None = None
        self._unsure: list[Rendered | Spoken] = []  # told once it is known whether they are to be skipped

    def tell(self, happening: Happening) -> list[Event]:
        """The events for what happened."""
        events: list[Event] = []
        match happening:
            case TurnStarted():
                events = self._started(happening)
            case TurnStopped():
                events = self._stopped(happening)
            case Heard():
                events = self._heard(happening)
            case Rendered() | Spoken():
                events = self._translated(happening)
            case TurnDone():
                events = self._turn_done(happening)
            case Failed():
                events = self._failed(happening)
            case Finished():
                events = [self._make("session.finished")]
        return events

    def _started(self, told: TurnStarted) -> list[Event]:
        source = Source(self._family, self._make, self._name("item"))
        self._sources[told.turn] = source
        if told.manual:
            item = {
                "id": source.item_id,
                "object": "realtime.item",
                "type": "message",
                "status": "completed",
                "role": "user",
                "content": [{"type": "input_audio"}],
            }
            return [
                self._make("input_audio_buffer.committed"),
                self._make("conversation.item.created", previous_item_id=None, item=item),
            ]
        at: dict[str, Any] = {"audio_start_ms": told.at // 1_000_000, "item_id": source.item_id}
        if self._family.nested:
            at["speaker_id"] = ONE_SPEAKER
        return [self._make("input_audio_buffer.speech_started", **at)]

    def _stopped(self, told: TurnStopped) -> list[Event]:
        if self.settings.detection is None:
            return []
        at: dict[str, Any] = {
            "audio_end_ms": told.at // 1_000_000,
            "item_id": self._source(told.turn).item_id,
        }
        return [self._make("input_audio_buffer.speech_stopped", **at)]

    def _heard(self, told: Heard) -> list[Event]:
        source = self._source(told.turn)
        source.lang = told.lang or source.lang
        events = source.heard(told.committed, told.tentative, canonical(source.lang))
        unsure, self._unsure = self._unsure, []
        events = events if self.settings.transcribes else []
        for waiting in unsure:
            events += self._translated(waiting)
        return events

    def _translated(self, told: Rendered | Spoken) -> list[Event]:
        settings, source = self.settings, self._source(told.turn)
        if settings.skips and not (source.lang or settings.source):
            self._unsure.append(told)
            return []
        return self._told(told, source, skip=self._same(source) and settings.skips)

    def _same(self, source: Source) -> bool:
        return canonical(source.lang or self.settings.source) == self.settings.target

    def _told(self, told: Rendered | Spoken, source: Source, *, skip: bool) -> list[Event]:
        if skip and (self.settings.skip_text if isinstance(told, Rendered) else self.settings.skip_audio):
            return []
        events: list[Event] = []
        if self._response is None:
            if isinstance(told, Rendered) and not (told.committed or told.tentative):
                return []
            events += self._open(source)
        assert self._response is not None
        if isinstance(told, Rendered):
            return events + self._response.rendered(told.committed, told.tentative)
        return [*events, *self._response.spoken(told.samples)]

    def _open(self, source: Source) -> list[Event]:
        ids = Ids(self._name("resp"), self._name("item"), self._conversation)
        settings = self.settings
        voice = settings.voice or self._family.voice
        self._response = Response(self._family, self._make, ids, speaks=settings.speaks, voice=voice)
        return self._response.opened(source.item_id)

    def _turn_done(self, told: TurnDone) -> list[Event]:
        source, settings = self._source(told.turn), self.settings
        events: list[Event] = []
        if settings.transcribes and source.text.words:
            events.append(source.completed(canonical(source.lang)))
        unsure, self._unsure = self._unsure, []
        for waiting in unsure:  # its language was never known
            events += self._told(waiting, source, skip=False)
        if self._response is None and settings.detection is None:
            events += self._open(source)  # each commit has a response, be it empty
        if self._response is not None:
            events += self._response.closed("completed", self._tokens(told.heard_ms))
            self._response = None
        del self._sources[told.turn]
        return events

    def _tokens(self, heard_ms: float) -> dict[str, int]:
        phrases = " ".join(f"{term} {rendering}" for term, rendering in self.settings.phrases)
        tokens = {"text_tokens": text_tokens(phrases)}
        tokens["audio_tokens"] = math.ceil(heard_ms / 1000 * self._family.tokens_s)
        if self.pixels:
            tokens["image_tokens"] = math.ceil(self.pixels / self._family.block**2 / 2)
            self.pixels = 0
        return tokens

    def _failed(self, told: Failed) -> list[Event]:
        events: list[Event] = []
        if self.settings.transcribes:
            events += [source.failed(told.message) for source in self._sources.values()]
        if self._response is not None:
            events += self._response.closed("failed", self._tokens(0))
        self._response, self._unsure = None, []
        self._sources.clear()
        return events

    def _source(self, turn: int) -> Source:
        """The source item of a turn; made where the turn began unseen."""
        if turn not in self._sources:
            self._sources[turn] = Source(self._family, self._make, self._name("item"))
        return self._sources[turn]
