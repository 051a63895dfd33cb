"""Mel bands: how a spectrum falls into bands of hearing, for the networks that were trained on them.

Source: Slaney 1998, "Auditory Toolbox", `mfcc`: mel is linear below 1 kHz and logarithmic above, triangles of equal area.
"""

from __future__ import annotations

import numpy as np

from pipeline.media import Floats


def triangles(bands: int, bins: int, rate_hz: int) -> Floats:
    """Weight of each of `bins` bins, from 0 Hz to half of `rate_hz`, in each band; (bins, bands) float32."""
    top = 15 + np.log(rate_hz / 2 / 1000) / (np.log(6.4) / 27)
    mels = np.linspace(0, top, bands + 2)
    corners = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))  # Hz
    hz = np.linspace(0, rate_hz / 2, bins)[:, None]
    rising = (hz - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - hz) / (corners[2:] - corners[1:-1])
    weights = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(weights * 2 / (corners[2:] - corners[:-2]), np.float32)
