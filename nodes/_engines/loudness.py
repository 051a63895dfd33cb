"""How loud sound is to people, and sound brought to a loudness. Whole recordings only, no state.

Measured by FFmpeg's `ebur128` (it comes with PyAV), 3 ms for a second of sound. Pauses do not count: blocks more than
10 below the mean are left out. Source: ITU-R BS.1770-4, "Algorithms to measure audio programme loudness", annex 1.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.audio_filter import frames_through
from pipeline.media import Samples

SILENT_LUFS = -69.0  # at -70 lies the absolute gate: what is quieter has no loudness
PEAK = 10 ** (-1 / 20)  # what is made louder stays below this
LIMITED_DB = 6.0  # how far peaks are held down, at most
_BLOCK_S = 0.4  # the standard's block; a shorter sound is repeated to fill one


def loudness(samples: Samples, rate_hz: int) -> float | None:
    """Integrated loudness of sound in LUFS; None where there is nothing but silence.

    `samples`: (n,) float32, full scale ±1.0, one channel, so a full-scale sine of 1 kHz has -3.0.
    """
    if not len(samples) or float(np.abs(samples).max()) == 0:
        return None
    block = int(_BLOCK_S * rate_hz) + 1
    whole = np.resize(samples, block) if len(samples) < block else samples
    found = SILENT_LUFS
    for frame in frames_through(whole, rate_hz, "ebur128", "metadata=1:framelog=quiet"):
        found = float(dict(frame.metadata).get("lavfi.r128.I", found))
    return found if found > SILENT_LUFS else None


def brought_to(samples: Samples, rate_hz: int, wanted_lufs: float) -> Samples:
    """The same sound at a loudness, (n,) float32, with no peak above PEAK; silence stays as it is.

    Peaks are held down by a limiter that looks 5 ms ahead, by LIMITED_DB at most; what would need more stays quieter.
    """
    now = loudness(samples, rate_hz)
    if now is None:
        return samples
    peak = float(np.abs(samples).max())
    gain = min(10 ** ((wanted_lufs - now) / 20), 10 ** (LIMITED_DB / 20) * PEAK / peak)
    made = samples * np.float32(gain)
    if peak * gain > PEAK:
        settings = f"limit={PEAK:.4f}:attack=5:release=50:level=disabled:latency=1"
        limited = [frame.to_ndarray()[0] for frame in frames_through(made, rate_hz, "alimiter", settings)]
        made = np.resize(np.concatenate([*limited, np.zeros(len(samples), np.float32)]), len(samples))
    return np.asarray(np.clip(made, -PEAK, PEAK), np.float32)
