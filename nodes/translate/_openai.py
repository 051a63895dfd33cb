"""OpenAI's translation sessions, as their client sees them. Pure."""

from __future__ import annotations

import base64
from typing import Any

from nodes.translate._telling import Grew, Spoke, Told
from nodes.translate._wire import complaint, samples


class TranslationsWire:
    """One session: `to` is the target language; `transcriber` the model that writes down what is said, or empty."""

    ready = "session.updated"
    over = "session.closed"

    def __init__(self, to: str, transcriber: str) -> None:
        self._to = to
        self._transcriber = transcriber

    def hello(self) -> dict[str, Any]:
        """The settings."""
        transcription = {"model": self._transcriber} if self._transcriber else None
        audio = {"input": {"transcription": transcription}, "output": {"language": self._to}}
        return {"type": "session.update", "session": {"audio": audio}}

    def sound(self, pcm: bytes) -> dict[str, Any]:
        """At 24 kHz."""
        return {"type": "session.input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()}

    def goodbye(self) -> dict[str, Any]:
        """No more sound comes."""
        return {"type": "session.close"}

    def read(self, event: dict[str, Any]) -> list[Told]:
        """What an event says."""
        delta = event.get("delta")
        match event.get("type"):
            case "session.input_transcript.delta" if isinstance(delta, str):
                return [Grew("transcript", delta)]
            case "session.output_transcript.delta" if isinstance(delta, str):
                return [Grew("translation", delta)]
            case "session.output_audio.delta" if isinstance(delta, str):
                return [Spoke(samples(delta))]
            case "error":
                return [complaint(event)]
        return []
