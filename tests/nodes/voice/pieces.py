"""Pieces of speech as voices make them: they begin and end at zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from nodes._engines.joining import faded
from pipeline.clock import seconds
from pipeline.media import Samples, Speech
from pipeline.packet import Packet
from pipeline.testing import activity, audio, silence, tone

RATE_HZ = 24_000


def piece(
    start_s: float, end_s: float, sound: Samples, plays_s: float | None = None, speed: float = 1.0
) -> Packet[Speech]:
    """A piece that renders a span of the source; it plays when that is over, or at `plays_s`."""
    plays_at = seconds(end_s if plays_s is None else plays_s)
    made = Speech(faded(sound, RATE_HZ), RATE_HZ, "said", "en", plays_at, speed)
    return Packet(made, seconds(start_s), seconds(end_s))


def ended_pieces() -> dict[str, Any]:
    """Two pieces with silence behind them, and the sound and the talk that they render."""
    sound = np.concatenate([tone(0.4, 200, -20, RATE_HZ), silence(0.1, RATE_HZ)])
    source = np.concatenate([silence(0.2), tone(1.8, 150, -26), silence(1.0)])
    return {
        "speech": [piece(at, at + 0.9, sound) for at in (0.2, 1.1)],
        "audio": audio(source),
        "activity": activity([(0.2, 0.9), (1.1, 2.0)], until_s=3),
    }
