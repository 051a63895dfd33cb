"""Silences inside a piece of synthesised speech: where they are, and shorter ones. Pure."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nodes._engines.joining import without
from pipeline.media import Samples

SHORTEST_S = 0.15  # of what counts as a pause, not the closure of a consonant
_FLOOR_DB = 35.0  # below loud speech: what is quieter is silence
_LOUD = 97.0  # percentile of the blocks that counts as loud speech


def pauses(samples: Samples, rate_hz: int) -> list[tuple[int, int]]:
    """Silences between speech, (first sample, last sample + 1); those at the ends do not count."""
    size = rate_hz // 100
    count = len(samples) // size
    if not count:
        return []
    power = np.square(samples[: count * size].reshape(count, size)).mean(axis=1)  # (count,) of 10 ms
    heard = np.nonzero(power > np.percentile(power, _LOUD) * 10 ** (-_FLOOR_DB / 10))[0]
    gaps = [(a + 1, b) for a, b in pairwise(heard) if (b - a - 1) >= 100 * SHORTEST_S]
    return [(int(a) * size, int(b) * size) for a, b in gaps]


def shortened(samples: Samples, rate_hz: int, longest_s: float) -> Samples:
    """The piece with pauses of at most `longest_s`; what is taken out of one is its middle."""
    half = round(longest_s * rate_hz / 2)
    spans = [(a + half, b - half) for a, b in pauses(samples, rate_hz) if b - a > 2 * half]
    return without(samples, rate_hz, spans) if spans else samples


def talk_s(samples: Samples, rate_hz: int) -> float:
    """Seconds of a piece without its pauses."""
    return (len(samples) - sum(b - a for a, b in pauses(samples, rate_hz))) / rate_hz
