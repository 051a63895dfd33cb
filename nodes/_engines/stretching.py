"""Speech made faster or slower without changing how high it is. Whole recordings only, no state.

By FFmpeg's `atempo` (it comes with PyAV): WSOLA over windows of 1/24 s. Chosen by measurement (bench_delivery): at 1.35
and 1.6 times its pace one word of a hundred of hibari's is lost to Whisper base, at 0.001 s of work for a second of
speech. Signalsmith Stretch loses no fewer for five times the work, and has no wheel for Linux on ARM. An engine that is
itself asked to be quick is worse: hibari then loses 4 to 5 of a hundred, because it swallows how sentences begin, and
asked for 1.35 it reaches 1.52, asked for 1.2 it reaches 1.07.
Source: Verhelst and Roelands 1993, "An overlap-add technique based on waveform similarity (WSOLA)".
"""

from __future__ import annotations

import numpy as np

from nodes._engines.audio_filter import frames_through
from nodes._engines.joining import faded
from pipeline.media import Samples

SLOWEST, FASTEST = 0.5, 2.0  # times the pace; beyond them syllables are lost
_ALIKE = 0.005  # nearer to 1 than this nothing is changed


def stretched(samples: Samples, rate_hz: int, tempo: float) -> Samples:
    """The same speech at `tempo` times its pace, (int(n / tempo),) float32, faded at both ends.

    `samples`: (n,) float32, full scale ±1.0; the result does not exceed their peak. `tempo` is from SLOWEST to FASTEST;
    so near to 1 that nobody hears it, the samples come back as they are. Raises `ValueError` for another one.
    """
    if not SLOWEST <= tempo <= FASTEST:
        raise ValueError(f"tempo {tempo:g} is out of range; give {SLOWEST:g} to {FASTEST:g}")
    if abs(tempo - 1) < _ALIKE or not len(samples):
        return samples
    wanted = int(len(samples) / tempo)
    frames = frames_through(samples, rate_hz, "atempo", repr(float(tempo)))
    made = np.concatenate([np.zeros(0, np.float32), *(frame.to_ndarray()[0] for frame in frames)])[:wanted]
    peak = float(np.abs(samples).max())
    whole = np.pad(np.clip(made, -peak, peak), (0, wanted - len(made)))
    return faded(whole, rate_hz)
