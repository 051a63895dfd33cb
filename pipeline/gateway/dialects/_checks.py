"""Checks of one value in a client's event: `Invalid`, for all dialects, and the checks in the words of LiveTranslate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Invalid(Exception):
    """A field is wrong. `param` is its path; `code` is what the protocol calls the fault."""

    def __init__(self, message: str, param: str, code: str = "invalid_value") -> None:
        super().__init__(message)
        self.message, self.param, self.code = message, param, code


def as_object(value: object, param: str) -> Mapping[str, Any]:
    """An object, empty for null. Raises `Invalid`."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid("an object is expected", param)
    return value


def number(value: object, low: float, high: float, param: str) -> float:
    """A number within these bounds. Raises `Invalid`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Invalid(f"a number from {low:g} to {high:g} is expected", param)
    return value


def whole(value: object, low: int, high: int, param: str) -> int:
    """A whole number within these bounds; 5.0 is one. Raises `Invalid`."""
    found = number(value, low, high, param)
    if found != int(found):
        raise Invalid(f"a whole number from {low} to {high} is expected", param)
    return int(found)


def flag(value: object, param: str) -> bool:
    """True or false. Raises `Invalid`."""
    if not isinstance(value, bool):
        raise Invalid("true or false is expected", param)
    return value


def one_of(value: object, known: tuple[str, ...], param: str) -> str:
    """One of these. Raises `Invalid`."""
    if not isinstance(value, str) or value not in known:
        raise Invalid(f"one of {', '.join(known)} is expected", param)
    return value
