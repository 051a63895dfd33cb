"""The settings of a LiveTranslate session: what they ask of a session, and how they are echoed."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.gateway.calls import Wish
from pipeline.gateway.dialects._families import Family

TRANSCRIBER = "qwen3-asr-flash-realtime"
SKIP_TARGETS = ("zh", "en")
SPEAKERS = "speaker_detection"


SEXES = {  # of the service's voices: which of ours stands in for each
    **dict.fromkeys(
        ("Tina", "Cindy", "Liora Mira", "Sunnybobi", "Cherry", "Jada", "Sunny", "Kiki"), "female"
    ),
    **dict.fromkeys(("Raymond", "Ethan", "Theo Calm", "Nofish", "Dylan", "Eric", "Peter"), "male"),
}


class Detection(msgspec.Struct, frozen=True):
    """Voice activity that ends turns."""

    kind: str = "server_vad"
    threshold: float = 0.2  # -1 to 1; lower hears more
    prefix_padding_ms: int = 300  # accepted and echoed: turns begin where the voice does
    silence_duration_ms: int = 1000

    @property
    def probability(self) -> float:
        """The detector's probability from which somebody speaks; the default of the protocol is one half."""
        if self.kind == SPEAKERS:
            return 0.5  # fixed
        return min(0.95, max(0.05, 0.5 + 0.5 * (self.threshold - 0.2)))


DEFAULTS = {"server_vad": Detection(), SPEAKERS: Detection(SPEAKERS, 0.5, silence_duration_ms=2500)}


def detection_of(family: Family) -> Detection:
    """What a family detects turns by where the client says nothing."""
    return DEFAULTS[SPEAKERS if family.nested else "server_vad"]


class Settings(msgspec.Struct, frozen=True):
    """The settings in force."""

    modalities: tuple[str, ...] = ("text", "audio")
    voice: str = ""  # empty: the family's default
    sample_rate: int = 16_000
    input_format: str = "pcm"
    transcribes: bool = True
    source: str = ""
    detection: Detection | None = Detection()
    target: str = "en"
    phrases: tuple[tuple[str, str], ...] = ()
    skip_text: bool = False
    skip_audio: bool = False
    clone: bool = False
    frequency: str = "once"

    @property
    def speaks(self) -> bool:
        return "audio" in self.modalities

    @property
    def skips(self) -> bool:
        """Whether speech that is in the target language already may be left out."""
        return (self.skip_text or self.skip_audio) and self.target in SKIP_TARGETS

    def wish(self) -> Wish:
        """What they ask of a session."""
        detection = self.detection or Detection()
        return Wish(
            from_=self.source or "auto",
            to=self.target,
            transcribe=self.transcribes or self.skips,
            speak=self.speaks,
            phrases=self.phrases,
            turns="voice" if self.detection else "manual",
            threshold=detection.probability,
            silence_ms=detection.silence_duration_ms,
            voice=SEXES.get(self.voice, ""),
            clone=self.clone and self.frequency != "never",
            frequency="always" if self.frequency == "always" else "once",
        )


def echoed(settings: Settings, family: Family, model: str, session_id: str) -> dict[str, Any]:
    """The object `session` of session.created and session.updated."""
    detection = _echoed_detection(settings.detection)
    voice = settings.voice or ("default" if settings.clone else family.voice)
    translation: dict[str, Any] = {"language": settings.target}
    if settings.phrases:
        translation["corpus"] = {"phrases": dict(settings.phrases)}
    if settings.skip_text or settings.skip_audio:
        translation["same_language_skip_options"] = {
            "skip_text": settings.skip_text,
            "skip_audio": settings.skip_audio,
        }
    body: dict[str, Any] = {"id": session_id, "object": "realtime.session", "model": model}
    modalities = list(settings.modalities)
    input_format = settings.input_format if settings.input_format == "opus" else family.input_format
    if family.nested:
        heard: dict[str, Any] = {"format": {"type": input_format, "sample_rate": settings.sample_rate}}
        told = {"format": {"type": family.output_format, "sample_rate": 24_000}, "voice": voice}
        heard |= {"turn_detection": detection} if detection else {}
        body |= {"input_modalities": ["audio", "image"], "output_modalities": modalities}
        body |= {"audio": {"input": heard, "output": told}}
    else:
        body |= {"modalities": modalities, "voice": voice, "sample_rate": settings.sample_rate}
        body |= {"input_audio_format": input_format, "output_audio_format": family.output_format}
        body |= {"turn_detection": detection} if detection else {}
    if settings.transcribes:
        source = {"language": settings.source} if settings.source else {}
        body["input_audio_transcription"] = {"model": TRANSCRIBER, **source}
    body |= {"translation": translation, "enable_voice_clone": settings.clone}
    if settings.clone:
        body["voice_clone_options"] = {"frequency": settings.frequency}
    return body


def _echoed_detection(detection: Detection | None) -> dict[str, Any] | None:
    if detection is None:
        return None
    return {
        "type": detection.kind,
        "threshold": detection.threshold,
        "prefix_padding_ms": detection.prefix_padding_ms,
        "silence_duration_ms": detection.silence_duration_ms,
        "create_response": True,
        "interrupt_response": True,
    }
