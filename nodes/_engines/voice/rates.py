"""A whole recording from one sample rate to another. Streams are `nodes/_engines/resampler.py`'s, which this uses."""

from __future__ import annotations

import numpy as np

from nodes._engines.resampler import Resampler
from pipeline.media import Samples


def at_rate(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The same sound at another rate; (n,) float32 in, (round(n * to_hz / from_hz),) float32 out."""
    if from_hz == to_hz or not len(samples):
        return np.ascontiguousarray(samples, np.float32)
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.feed(np.ascontiguousarray(samples, np.float32)), resampler.flush()])
