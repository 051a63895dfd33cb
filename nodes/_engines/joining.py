"""Where sound is cut and joined so that nobody hears it: fades at its ends, stretches taken out of its middle. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.media import Samples

FADE_MS = 4  # raised cosine at both ends, and across a join


def faded(samples: Samples, rate_hz: int) -> Samples:
    """A copy of sound, (n,) float32, that begins and ends at zero."""
    made = samples.astype(np.float32, copy=True)
    length = min(rate_hz * FADE_MS // 1000, len(made) // 2)
    ramp = _ramp(length)
    made[:length] *= ramp
    made[len(made) - length :] *= ramp[::-1]
    return made


def without(samples: Samples, rate_hz: int, spans: Sequence[tuple[int, int]]) -> Samples:
    """Sound, (n,) float32, without the spans (first sample, last sample + 1), which are in order and do not touch.

    Across a join one side is faded into the other over FADE_MS inside the span, so a span shorter than that stays.
    """
    length = rate_hz * FADE_MS // 1000
    down, up = _ramp(length)[::-1], _ramp(length)
    parts: list[Samples] = []
    at = 0
    for first, last in spans:
        if last - first < length:
            continue
        before, after = samples[first : first + length], samples[last - length : last]
        parts += [samples[at:first], before * down + after * up]
        at = last
    return np.concatenate([*parts, samples[at:]])


def _ramp(length: int) -> Samples:
    """From 0 to 1, (length,) float32."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))).astype(np.float32)
