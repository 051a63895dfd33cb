"""What the protocols of both services have in common."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from nodes.translate._telling import Complained
from pipeline.media import Samples


def samples(delta: str) -> Samples:
    """(n,) float32 of base64 of 16-bit PCM; none where that is broken."""
    try:
        data = base64.b64decode(delta)
    except (binascii.Error, ValueError):
        return np.zeros(0, np.float32)
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


def complaint(event: dict[str, Any]) -> Complained:
    """An event `error`."""
    error = event.get("error")
    told: dict[str, Any] = error if isinstance(error, dict) else {}
    message = f"{told.get('message', 'an error')} ({told.get('code')})"
    ours = told.get("type") == "invalid_request_error" and told.get("code") not in PASSING
    return Complained(message, ours)


PASSING = ("rate_limit_exceeded", "session_expired")
