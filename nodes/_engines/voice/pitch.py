"""Pitch: how high a voice is, moment by moment and in all.

The judgement of each moment is SwiftF0's, a network of 135 kB that comes inside its package; 15 ms for a second of sound.
Here is only what a speaker's figures are made of. Whole recordings only, no state.
Source: Nieradzik 2025, "SwiftF0: Fast and accurate monophonic pitch detection".
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from nodes._engines.voice.rates import at_rate
from pipeline.errors import need
from pipeline.media import Floats, Samples

RATE_HZ = 16_000
HOP = 256  # samples at RATE_HZ: a value every 16 ms
LOWEST_HZ = 60.0
HIGHEST_HZ = 500.0
VOICED = 0.5  # confidence of the network from which a moment is voiced
OCTAVE = 0.6  # natural log; farther from the median is taken for a wrong octave
TRIMMED = 0.79  # standard deviation of a normal distribution without its outer tenth, of the whole
FEWEST = 12  # voiced moments, 0.2 s, from which anything can be said


def curve(samples: Samples, rate_hz: int) -> Floats:
    """Pitch every 16 ms, (n,) float32 Hz, 0 where nothing voiced is heard; value k stands at k * 16 ms.

    `samples`: (m,) float32, full scale ±1.0. Raises `PackageError` where SwiftF0 is not installed.
    """
    sound = at_rate(samples, rate_hz, RATE_HZ)
    if len(sound) < HOP:
        return np.zeros(0, np.float32)
    found = detector().detect(sound, RATE_HZ, LOWEST_HZ, HIGHEST_HZ)
    return np.where(found.confidence >= VOICED, found.pitch_hz, 0).astype(np.float32)


def pitch_of(samples: Samples, rate_hz: int) -> tuple[float, float] | None:
    """Median in Hz, and spread: the standard deviation of the natural log; None where too little is voiced.

    The spread rests on the inner nine tenths of what lies within OCTAVE of the median, as if it were normal. Raises
    what `curve` raises.
    """
    return summary(curve(samples, rate_hz))


def summary(hz: Floats) -> tuple[float, float] | None:
    """What `pitch_of` says, from a curve that is there already."""
    voiced = np.log(hz[hz > 0])
    if len(voiced) < FEWEST:
        return None
    near = voiced[np.abs(voiced - np.median(voiced)) < OCTAVE]
    low, high = np.percentile(near, [5, 95])
    inner = near[(near >= low) & (near <= high)]
    return float(np.exp(np.median(near))), float(inner.std() / TRIMMED)


@cache
def detector() -> Any:
    """The network, loaded once a process; several threads may ask it at once. Raises `PackageError`."""
    try:
        from swift_f0 import SwiftF0
    except ImportError:
        raise need("swift_f0", "tts", "the pitch of a voice") from None
    return SwiftF0(threads=1, spin=False)
