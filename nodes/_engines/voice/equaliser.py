"""One gain for each frequency, from what a voice sounds like on average to what a speaker does.

It carries timbre and microphone alike, and is the largest single step towards a voice. Both spectra are smoothed on the
scale of hearing (ERB: Glasberg and Moore 1990), so that it follows formant regions and not harmonics.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.voice.shape import EQUALISER
from nodes._engines.voice.spectrum import smooth
from nodes._engines.voice.warping import warped
from pipeline.media import Floats

SMOOTHING = 1.5  # ERB
BIN_HZ = 20
LEVEL_HZ = (150, 5000)  # what the level is taken over, so that the equaliser makes nothing louder
RUMBLE_HZ = 60  # below it half the gain: a recording's rumble is not somebody's voice


def equaliser(
    stock: Floats, wanted: Floats, warp: float = 1.0, strength: float = 1.0, bandwidth_hz: float = 12_000
) -> Floats:
    """(601,) float32 natural log gain that leads a voice with spectrum `stock`, once warped, to `wanted`.

    stock, wanted: (601,) float32 natural log amplitude in bins of 20 Hz. Above `bandwidth_hz`, where the recording of
    `wanted` says nothing, the gain is held as it is there. Within ±15 dB.
    """
    at = np.arange(len(stock)) * BIN_HZ
    gains = smooth(wanted, SMOOTHING) - smooth(warped(stock, warp), SMOOTHING)
    edge = max(int(min(bandwidth_hz, at[-1]) // BIN_HZ), LEVEL_HZ[0] // BIN_HZ + 1)
    level = (at > LEVEL_HZ[0]) & (at < min(LEVEL_HZ[1], at[edge] + 1))
    gains = np.clip(gains - gains[level].mean(), -EQUALISER, EQUALISER) * strength
    gains[edge + 1 :] = gains[edge]
    gains[at < RUMBLE_HZ] *= 0.5
    held: Floats = np.clip(gains, -EQUALISER, EQUALISER).astype(np.float32)
    return held
