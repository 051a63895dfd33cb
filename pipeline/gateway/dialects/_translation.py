"""The settings of an OpenAI translation session: read, checked, merged, echoed. For the socket and for client secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.gateway.dialects._checks import Invalid

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
NAME = 200  # characters that the name of a model may have


class NoiseReduction(msgspec.Struct, frozen=True):
    """Where the microphone stands. Echoed: the recognisers here take sound as it is."""

    type: str  # near_field or far_field
    strength: float = 1.0  # 0 to 1


class Settings(msgspec.Struct, frozen=True):
    """The settings in force."""

    language: str = "en"  # of the translation, BCP 47
    transcriber: str = ""  # model that writes down what was said; empty: nobody does
    noise_reduction: NoiseReduction | None = None

    def echoed(self) -> dict[str, Any]:
        """The object `audio` of a session."""
        noise = self.noise_reduction
        return {
            "input": {
                "transcription": {"model": self.transcriber} if self.transcriber else None,
                "noise_reduction": msgspec.structs.asdict(noise) if noise else None,
            },
            "output": {"language": self.language},
        }


def session_object(session_id: str, model: str, expires_at: int, settings: Settings) -> dict[str, Any]:
    """A translation session as the protocol shows it."""
    return {
        "id": session_id,
        "type": "translation",
        "model": model,
        "expires_at": expires_at,
        "audio": settings.echoed(),
    }


def merged(now: Settings, session: Mapping[str, Any], *fixed: str) -> Settings:
    """The settings with those of `session` over them; `fixed` keys of it are somebody else's. Raises `Invalid`."""
    known(session, "session", "audio", *fixed)
    audio = members(session, "audio", "session", "input", "output")
    heard = members(audio, "input", "session.audio", "transcription", "noise_reduction")
    told = members(audio, "output", "session.audio", "language")
    changes: dict[str, Any] = {}
    if "language" in told:
        changes["language"] = _language(told["language"], "session.audio.output.language")
    if "transcription" in heard:
        changes["transcriber"] = _transcriber(heard["transcription"], "session.audio.input.transcription")
    if "noise_reduction" in heard:
        param = "session.audio.input.noise_reduction"
        changes["noise_reduction"] = _noise_reduction(heard["noise_reduction"], now.noise_reduction, param)
    return msgspec.structs.replace(now, **changes)


def known(given: Mapping[str, Any], param: str, *keys: str) -> None:
    """Raises `Invalid` for the first key that is none of these."""
    for key in given:
        if key not in keys:
            path = f"{param}.{key[:80]}" if param else key[:80]
            raise Invalid(f"Unknown parameter: '{path}'.", path, "unknown_parameter")


def required(given: Mapping[str, Any], key: str, param: str = "") -> Any:
    """Raises `Invalid` where it is not there."""
    if key not in given:
        path = f"{param}.{key}" if param else key
        raise Invalid(f"Missing required parameter: '{path}'.", path, "missing_required_parameter")
    return given[key]


def members(given: Mapping[str, Any], key: str, param: str, *keys: str) -> Mapping[str, Any]:
    """The object under a key, empty where there is none. Raises `Invalid`."""
    path = f"{param}.{key}" if param else key
    found = as_object(given.get(key, {}), path)
    known(found, path, *keys)
    return found


def as_object(value: object, param: str) -> Mapping[str, Any]:
    """Raises `Invalid` for what is no object."""
    if not isinstance(value, dict):
        raise Invalid(f"'{param}' is an object.", param, "invalid_type")
    return value


def string(value: object, param: str, longest: int = NAME) -> str:
    """Raises `Invalid` for what is no string, empty or too long."""
    if not isinstance(value, str):
        raise Invalid(f"'{param}' is a string.", param, "invalid_type")
    if not 0 < len(value) <= longest:
        raise Invalid(f"'{param}' has 1 to {longest} characters.", param)
    return value


def number(value: object, low: float, high: float, param: str) -> float:
    """Raises `Invalid` for what is no number within these bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(f"'{param}' is a number.", param, "invalid_type")
    if not low <= value <= high:
        raise Invalid(f"'{param}' is from {low:g} to {high:g}.", param)
    return value


def one_of(value: object, param: str, *choices: str) -> str:
    """Raises `Invalid` for what is none of these."""
    found = string(value, param)
    if found not in choices:
        raise Invalid(f"'{param}' is one of: {', '.join(choices)}.", param)
    return found


def _language(value: object, param: str) -> str:
    found = string(value, param)
    if not LANGUAGE.fullmatch(found):
        raise Invalid(f"'{param}' is the code of a language, such as 'fr'.", param)
    return found


def _transcriber(value: object, param: str) -> str:
    if value is None:
        return ""
    given = as_object(value, param)
    known(given, param, "model")
    return string(required(given, "model", param), f"{param}.model")


def _noise_reduction(value: object, now: NoiseReduction | None, param: str) -> NoiseReduction | None:
    if value is None:
        return None
    given = as_object(value, param)
    known(given, param, "type", "strength")
    kind = one_of(required(given, "type", param), f"{param}.type", "near_field", "far_field")
    before = now.strength if now else 1.0
    return NoiseReduction(kind, number(given.get("strength", before), 0, 1, f"{param}.strength"))
