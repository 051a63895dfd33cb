"""LiveTranslate sessions, as their client sees them, in both ways in which models tell text. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from nodes.translate._telling import Grew, Side, Spoke, Told
from nodes.translate._wire import complaint, samples

TRANSCRIBER = "qwen3-asr-flash-realtime"
TRANSCRIPT = "conversation.item.input_audio_transcription"
TRANSLATION = ("response.audio_transcript", "response.text")


def settings(
    *, from_: str, to: str, speak: bool, voice: str, phrases: Mapping[str, str], silence_ms: int
) -> dict[str, Any]:
    """The object `session`, in the spelling that all models take."""
    modalities = ["text", "audio"] if speak else ["text"]
    spoken = {} if from_ == "auto" else {"language": from_}
    corpus = {"corpus": {"phrases": dict(phrases)}} if phrases else {}
    return {
        "modalities": modalities,
        "output_modalities": modalities,
        "voice": voice or None,
        "input_audio_transcription": {"model": TRANSCRIBER, **spoken},
        "turn_detection": {"type": "server_vad", "silence_duration_ms": silence_ms},
        "translation": {"language": to, **corpus},
    }


def seen(jpeg: bytes) -> dict[str, Any]:
    """The event for the bytes of a JPEG file."""
    return {"type": "input_image_buffer.append", "image": base64.b64encode(jpeg).decode()}


class LiveTranslateWire:
    """One session. `session` has the settings; text is told as all there is (`.text`) or as what is new (`.delta`)."""

    ready = "session.updated"
    over = "session.finished"

    def __init__(self, session: dict[str, Any]) -> None:
        self._session = session
        self._told: dict[str, str] = {}  # of each item, what of it was passed on

    def hello(self) -> dict[str, Any]:
        """The settings."""
        return {"type": "session.update", "session": self._session}

    def sound(self, pcm: bytes) -> dict[str, Any]:
        """At 16 kHz."""
        return {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}

    def goodbye(self) -> dict[str, Any]:
        """No more sound comes."""
        return {"type": "session.finish"}

    def read(self, event: dict[str, Any]) -> list[Told]:
        """What an event says."""
        kind = str(event.get("type"))
        stem, _, end = kind.rpartition(".")
        if kind == "error":
            return [complaint(event)]
        if kind == "response.audio.delta":
            return [Spoke(samples(str(event.get("delta", ""))))]
        if stem == TRANSCRIPT:
            return self._grew("transcript", end, event)
        if stem in TRANSLATION:
            return self._grew("translation", end, event)
        return []

    def _grew(self, side: Side, end: str, event: dict[str, Any]) -> list[Told]:
        item, lang = str(event.get("item_id", "")), str(event.get("language", ""))
        match end:
            case "text":
                fragment = self._new(item, str(event.get("text", "")))
                return [Grew(side, fragment, item, str(event.get("stash", "")), lang=lang)]
            case "delta":
                fragment = str(event.get("delta", ""))
                self._told[item] = self._told.get(item, "") + fragment
                return [Grew(side, fragment, item, lang=lang)]
            case "done" | "completed":
                whole = str(event.get("transcript", event.get("text", "")))
                fragment = self._new(item, whole)
                self._told.pop(item, None)
                return [Grew(side, fragment, item, over=True, lang=lang)]
            case "failed":
                self._told.pop(item, None)
                return [Grew(side, "", item, over=True, lang=lang)]
        return []

    def _new(self, item: str, whole: str) -> str:
        """What a text has beyond what was passed on of it; what the service takes back stays said."""
        before = self._told.get(item, "")
        if not whole.startswith(before):
            return ""
        self._told[item] = whole
        return whole[len(before) :]
