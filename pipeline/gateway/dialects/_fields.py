"""The fields of `session.update` in LiveTranslate: read, checked, and merged into the settings in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pipeline.gateway.dialects._checks import (
    Invalid,
    as_object,
    flag,
    number,
    one_of,
    whole,
)
from pipeline.gateway.dialects._families import Family
from pipeline.gateway.dialects._settings import DEFAULTS, SPEAKERS, TRANSCRIBER, Settings, detection_of

MOST_PHRASES = 1000
LONGEST_PHRASE = 200  # characters
CLONED = "qwen-translate-vc-"  # how the name of a voice made beforehand begins


def merged(now: Settings, family: Family, session: object) -> Settings:
    """The settings with those of a `session.update` over them. Raises `Invalid` for the first field that is wrong."""
    given = as_object(session, "session")
    changes: dict[str, Any] = {}
    flat = {**_nested(given), **given}  # what is flat overrules what is nested
    for key, read in _READERS.items():
        if key in flat:
            changes.update(read(flat[key], now, family))
    found = msgspec.structs.replace(now, **changes)
    _check_clone(found)
    return found


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    """`session.audio.…` as the flat fields that mean the same."""
    audio = as_object(given.get("audio"), "session.audio")
    heard, told = (
        as_object(audio.get("input"), "session.audio.input"),
        as_object(audio.get("output"), "session.audio.output"),
    )
    flat: dict[str, Any] = {}
    if form := as_object(heard.get("format"), "session.audio.input.format"):
        flat |= {"input_audio_format": form["type"]} if "type" in form else {}
        flat |= {"sample_rate": form["sample_rate"]} if "sample_rate" in form else {}
    if form := as_object(told.get("format"), "session.audio.output.format"):
        flat |= {"output_audio_format": form["type"]} if "type" in form else {}
        if form.get("sample_rate", 24_000) != 24_000:
            raise Invalid("the output has 24000 Hz", "session.audio.output.format.sample_rate")
    flat |= {"turn_detection": heard["turn_detection"]} if "turn_detection" in heard else {}
    flat |= {"voice": told["voice"]} if "voice" in told else {}
    return flat


def _language(value: object, family: Family, param: str) -> str:
    if not isinstance(value, str) or value not in family.languages:
        raise Invalid(f"a language of {family.name} is expected, such as en", param)
    return value


def _modalities(value: object, now: Settings, family: Family) -> dict[str, Any]:
    if not isinstance(value, list) or sorted(map(str, value)) not in (["text"], ["audio", "text"]):
        raise Invalid(
            f'Invalid modalities: {str(value)[:80]}. Give ["text"] or ["text", "audio"]', "session.modalities"
        )
    return {"modalities": ("text", "audio") if len(value) == 2 else ("text",)}


def _voice(value: object, now: Settings, family: Family) -> dict[str, Any]:
    if value is None:
        return {"voice": ""}
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_PHRASE:
        raise Invalid("the name of a voice is expected", "session.voice")
    if value in family.foreign:
        raise Invalid(
            f"<400> InternalError.Algo.InvalidParameter: Voice '{value}' is not supported.",
            "session.voice",
            "COMMON_ERROR",
        )
    if value.startswith(CLONED):
        raise Invalid("no such voice: this server keeps no voices of clients", "session.voice")
    return {"voice": value}


def _sample_rate(value: object, now: Settings, family: Family) -> dict[str, Any]:
    if isinstance(value, bool) or not isinstance(value, int) or value not in (8000, 16_000):
        raise Invalid("8000 or 16000 is expected", "session.sample_rate")
    return {"sample_rate": value}


def _input_format(value: object, now: Settings, family: Family) -> dict[str, Any]:
    known = ("pcm", "pcm16") if family.input_format == "pcm16" else ("pcm", "pcm16", "opus")
    return {"input_format": "opus" if one_of(value, known, "session.input_audio_format") == "opus" else "pcm"}


def _output_format(value: object, now: Settings, family: Family) -> dict[str, Any]:
    one_of(value, ("pcm", "pcm16", "pcm24"), "session.output_audio_format")
    return {}


def _transcription(value: object, now: Settings, family: Family) -> dict[str, Any]:
    param = "session.input_audio_transcription"
    given = as_object(value, param)
    found: dict[str, Any] = {}
    if value is None or "model" in given:
        model = given.get("model")
        if model is not None:
            one_of(model, (TRANSCRIBER,), f"{param}.model")
        found["transcribes"] = model is not None or family.always_transcribes
    if "language" in given:
        source = given["language"]
        found["source"] = "" if source in (None, "auto") else _language(source, family, f"{param}.language")
    return found


def _detection(value: object, now: Settings, family: Family) -> dict[str, Any]:
    param = "session.turn_detection"
    if value is None:
        return {"detection": None}
    given = as_object(value, param)
    found: dict[str, Any] = {}
    if "type" in given:
        kinds = ("server_vad", SPEAKERS) if family.nested else ("server_vad",)
        found["kind"] = one_of(given["type"], kinds, f"{param}.type")
    if "threshold" in given:
        found["threshold"] = float(number(given["threshold"], -1, 1, f"{param}.threshold"))
    if "silence_duration_ms" in given:
        found["silence_duration_ms"] = whole(
            given["silence_duration_ms"], 200, 6000, f"{param}.silence_duration_ms"
        )
    if "prefix_padding_ms" in given:
        found["prefix_padding_ms"] = whole(
            given["prefix_padding_ms"], 0, 60_000, f"{param}.prefix_padding_ms"
        )
    for key in ("create_response", "interrupt_response"):
        flag(given.get(key, True), f"{param}.{key}")
    before = now.detection or detection_of(family)
    kind = found.get("kind", before.kind)
    return {"detection": msgspec.structs.replace(before if before.kind == kind else DEFAULTS[kind], **found)}


def _translation(value: object, now: Settings, family: Family) -> dict[str, Any]:
    param = "session.translation"
    given = as_object(value, param)
    found: dict[str, Any] = {}
    if "language" in given:
        found["target"] = _language(given["language"], family, f"{param}.language")
    if "corpus" in given:
        found["phrases"] = _phrases(
            as_object(given["corpus"], f"{param}.corpus").get("phrases"), f"{param}.corpus.phrases"
        )
    if "same_language_skip_options" in given:
        options = f"{param}.same_language_skip_options"
        skip = as_object(given["same_language_skip_options"], options)
        if skip and not family.skips:
            raise Invalid(f"{family.name} skips nothing", options)
        found |= {
            key: flag(skip[key], f"{options}.{key}") for key in ("skip_text", "skip_audio") if key in skip
        }
    return found


def _phrases(value: object, param: str) -> tuple[tuple[str, str], ...]:
    given = as_object(value, param)
    if len(given) > MOST_PHRASES:
        raise Invalid(f"at most {MOST_PHRASES} phrases are taken", param)
    for source, target in given.items():
        if (
            not isinstance(target, str)
            or not source.strip()
            or max(len(source), len(target)) > LONGEST_PHRASE
        ):
            raise Invalid(
                f"a phrase is a term and its rendering, of at most {LONGEST_PHRASE} characters each", param
            )
    return tuple(given.items())


def _clone(value: object, now: Settings, family: Family) -> dict[str, Any]:
    return {"clone": flag(value, "session.enable_voice_clone")}


def _clone_options(value: object, now: Settings, family: Family) -> dict[str, Any]:
    given = as_object(value, "session.voice_clone_options")
    if "frequency" not in given:
        return {}
    param = "session.voice_clone_options.frequency"
    return {"frequency": one_of(given["frequency"], ("never", "once", "always"), param)}


_READERS: dict[str, Callable[[object, Settings, Family], dict[str, Any]]] = {
    "modalities": _modalities,
    "output_modalities": _modalities,
    "voice": _voice,
    "sample_rate": _sample_rate,
    "input_audio_format": _input_format,
    "output_audio_format": _output_format,
    "input_audio_transcription": _transcription,
    "turn_detection": _detection,
    "translation": _translation,
    "enable_voice_clone": _clone,
    "voice_clone_options": _clone_options,
}


def _check_clone(found: Settings) -> None:
    cloning = found.clone and found.frequency != "never"
    if cloning and found.voice not in ("", "default"):
        raise Invalid('with voice cloning the voice is "default"', "session.voice")
    if found.voice == "default" and not cloning:
        raise Invalid('the voice "default" is for voice cloning, once or always', "session.voice")
    if found.clone and not cloning:
        raise Invalid(
            "frequency never needs a voice made beforehand; this server keeps none", "session.voice"
        )
