"""What is done to synthesised sound before it leaves: silence at its ends is cut, clicks are faded. Pure.

A voice adds some 0.3 s of silence before and after what it says (hibari: 0.25 to 0.33 s before, 0.3 to 0.45 s
after). Before a piece it is plain delay, so it is cut to `LEAD_MS`; behind it, `TAIL_MS` stay as a breath.
"""

from __future__ import annotations

import numpy as np

from pipeline.media import Samples

LEAD_MS = 20  # silence kept before a piece, at most
TAIL_MS = 120  # silence kept behind it, at most
FADE_MS = 4  # raised cosine at both ends
FLOOR_DB = -40.0  # below the peak: what is quieter counts as silence


def trimmed(samples: Samples, rate_hz: int) -> Samples:
    """Samples with at most `LEAD_MS` and `TAIL_MS` of silence at their ends, faded; empty when all is silent.

    `samples`: (n,) float32, full scale ±1.0; is not changed.
    """
    loudness = np.abs(samples)
    peak = float(loudness.max(initial=0.0))
    if peak < 1e-4:
        return np.zeros(0, np.float32)
    heard = np.nonzero(loudness > peak * 10 ** (FLOOR_DB / 20))[0]
    first = max(0, int(heard[0]) - rate_hz * LEAD_MS // 1000)
    last = min(len(samples), int(heard[-1]) + 1 + rate_hz * TAIL_MS // 1000)
    cut = np.clip(samples[first:last], -1.0, 1.0).astype(np.float32)
    fade = min(rate_hz * FADE_MS // 1000, len(cut) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / max(fade, 1))).astype(np.float32)  # (fade,) 0 to 1
    cut[:fade] *= ramp
    cut[len(cut) - fade :] *= ramp[::-1]
    return cut
