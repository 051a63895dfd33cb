"""The events of one turn in LiveTranslate: its source text, and the response that translates it."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from pipeline.gateway.dialects import Event
from pipeline.gateway.dialects._families import OUTPUT_TOKENS_S, Family
from pipeline.gateway.happenings import SPOKEN_HZ
from pipeline.gateway.sound import pcm
from pipeline.media import Samples, Word, join_words

DELTA = SPOKEN_HZ // 5  # samples in one audio delta: 200 ms
BYTES_A_TOKEN = 4  # of text, for the counts of use; no tokenizer of the model is published
CLINGING = (" ", ",", ".", ";", ":", "!", "?", "…", "、", "。")  # what follows a word without a space

Make = Callable[..., Event]  # type, then the fields; gives the event its id


class Growing:
    """A text that grows: all of it, its tail, and what the client has seen of it."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._shown: tuple[str, str] = ("", "")

    @property
    def text(self) -> str:
        """All that is committed."""
        return join_words(self.words)

    def grow(self, committed: tuple[Word, ...], tentative: str) -> tuple[str, str, str] | None:
        """What is new, all there is, and the tail; None when nothing changed."""
        before = self.text
        self.words += committed
        whole = self.text
        apart = whole and tentative and not tentative.startswith(CLINGING)
        stash = f" {tentative}" if apart else tentative
        if (whole, stash) == self._shown:
            return None
        self._shown = (whole, stash)
        return whole[len(before) :], whole, stash


class Source:
    """The source item of a turn."""

    def __init__(self, family: Family, make: Make, item_id: str) -> None:
        self.item_id = item_id
        self.text = Growing()
        self.lang = ""
        self._family = family
        self._make = make

    def heard(self, committed: tuple[Word, ...], tentative: str, lang: str) -> list[Event]:
        """A step of the transcript."""
        grown = self.text.grow(committed, tentative)
        if grown is None:
            return []
        new, whole, stash = grown
        kind = "conversation.item.input_audio_transcription"
        base = {"item_id": self.item_id, "content_index": 0}
        if self._family.deltas:
            return [self._make(f"{kind}.delta", **base, delta=new)] if new else []
        told = {"text": whole, "stash": stash, "language": lang, "emotion": ""}
        return [self._make(f"{kind}.text", weight="newest", key=self.item_id, **base, **told)]

    def completed(self, lang: str) -> Event:
        """All of it."""
        return self._make(
            "conversation.item.input_audio_transcription.completed",
            item_id=self.item_id,
            content_index=0,
            transcript=self.text.text,
            language=lang,
            emotion="",
        )

    def failed(self, message: str) -> Event:
        """Nothing more comes of it."""
        return self._make(
            "conversation.item.input_audio_transcription.failed",
            item_id=self.item_id,
            content_index=0,
            error={"code": "InternalError", "message": message, "param": None},
        )


class Ids(msgspec.Struct, frozen=True):
    """The names of a response."""

    response: str
    item: str
    conversation: str


class Response:
    """One response, from response.created to response.done."""

    def __init__(self, family: Family, make: Make, ids: Ids, *, speaks: bool, voice: str) -> None:
        self._family = family
        self._make = make
        self._ids = ids
        self._speaks = speaks
        self._voice = voice
        self._text = Growing()
        self._audio_samples = 0
        self._stem = "response.audio_transcript" if speaks else "response.text"

    def opened(self, previous_item_id: str) -> list[Event]:
        """The four events that come first."""
        item = self._item("in_progress", [])
        return [
            self._make("response.created", response=self._response("in_progress", [])),
            self._make(
                "response.output_item.added", response_id=self._ids.response, output_index=0, item=item
            ),
            self._make("conversation.item.created", previous_item_id=previous_item_id, item=item),
            self._make("response.content_part.added", **self._place(), part=self._part("")),
        ]

    def rendered(self, committed: tuple[Word, ...], tentative: str) -> list[Event]:
        """A step of the translation."""
        grown = self._text.grow(committed, tentative)
        if grown is None:
            return []
        new, whole, stash = grown
        if self._family.deltas:
            return [self._make(f"{self._stem}.delta", **self._place(), delta=new)] if new else []
        told = {"text": whole, "stash": stash}
        return [
            self._make(f"{self._stem}.text", weight="newest", key=self._ids.item, **self._place(), **told)
        ]

    def spoken(self, samples: Samples) -> Iterator[Event]:
        """A piece of speech, in deltas of 200 ms."""
        if not self._speaks:
            return
        self._audio_samples += len(samples)
        for at in range(0, len(samples), DELTA):
            delta = base64.b64encode(pcm(samples[at : at + DELTA])).decode()
            yield self._make("response.audio.delta", weight="audio", **self._place(), delta=delta)

    def closed(self, status: str, heard: dict[str, int]) -> list[Event]:
        """The events that end it. `heard` counts the tokens that it came from."""
        text, place = self._text.text, self._place()
        part, done = self._part(text), self._item(status, [self._part(text)])
        said = {"transcript": text} if self._speaks else {"text": text}
        output = [self._item(status, [{"type": part["type"], **said}])]
        response = {**self._response(status, output), "usage": self._usage(text, heard)}
        audio = [self._make("response.audio.done", **place)] if self._speaks else []
        return [
            self._make(f"{self._stem}.done", **place, **said),
            *audio,
            self._make("response.content_part.done", **place, part=part),
            self._make(
                "response.output_item.done", response_id=self._ids.response, output_index=0, item=done
            ),
            self._make("response.done", response=response),
        ]

    def _place(self) -> dict[str, Any]:
        return {
            "response_id": self._ids.response,
            "item_id": self._ids.item,
            "output_index": 0,
            "content_index": 0,
        }

    def _part(self, text: str) -> dict[str, str]:
        return (
            {"type": "audio", "text": text, "transcript": text}
            if self._speaks
            else {"type": "text", "text": text}
        )

    def _item(self, status: str, content: list[dict[str, str]]) -> dict[str, Any]:
        item = {"id": self._ids.item, "object": "realtime.item", "type": "message", "status": status}
        return {**item, "role": "assistant", "content": content}

    def _response(self, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._ids.response,
            "object": "realtime.response",
            "conversation_id": self._ids.conversation,
            "status": status,
            "modalities": ["text", "audio"] if self._speaks else ["text"],
            "voice": self._voice,
            "output_audio_format": self._family.output_format,
            "output": output,
        }

    def _usage(self, text: str, heard: dict[str, int]) -> dict[str, Any]:
        told = {
            "text_tokens": text_tokens(text),
            "audio_tokens": math.ceil(self._audio_samples / SPOKEN_HZ * OUTPUT_TOKENS_S),
        }
        given, given_out = sum(heard.values()), sum(told.values())
        return {
            "total_tokens": given + given_out,
            "input_tokens": given,
            "output_tokens": given_out,
            "input_tokens_details": heard,
            "output_tokens_details": told,
        }


def text_tokens(text: str) -> int:
    """About how many tokens a text has."""
    return math.ceil(len(text.encode()) / BYTES_A_TOKEN)
