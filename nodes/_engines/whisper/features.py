"""Log-mel features: what Whisper hears of a sound.

Decides: how loud each band of hearing is, a hundred times a second. Knows nothing of the network that takes them.

Only NumPy, and of it nothing that goes to BLAS: its threads would spin on every core for a tenth of a second after each
product, which is more than the product itself costs, and would take the time of whoever else works on this machine.

Source: Radford et al. 2022, section 2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from nodes._engines.mel import triangles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

RATE_HZ = 16_000
HOP = 160  # samples from one frame to the next
REACH = 200  # samples before and after its centre that a frame hears
RANGE = 8.0  # powers of ten below the loudest band in which differences count
_SILENCE = np.float32(1e-10)
_HANN = np.hanning(2 * REACH + 1)[:-1].astype(np.float32)


class LogMel:
    """Features of sound in so many bands."""

    def __init__(self, bands: int) -> None:
        self._bands = triangles(bands, REACH + 1, RATE_HZ)

    def of(self, sound: Floats, known: Floats | None = None) -> Floats:
        """Log10 of the power in each band, (bands, frames), of sound, (n,) float32 mono 16 kHz; n // 160 frames.

        `known` are the first of these frames, if they were made before (`whole` says which of them stand).
        """
        around = np.pad(sound, REACH, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(around, 2 * REACH)[::HOP][: len(sound) // HOP]
        begin = 0 if known is None else known.shape[1]
        power = np.square(np.abs(np.fft.rfft(frames[begin:] * _HANN))).astype(np.float32)
        heard = np.log10(np.maximum(np.einsum("fb,bm->mf", power, self._bands), _SILENCE))
        return heard if known is None else np.concatenate([known, heard], axis=1)


def whole(samples: int) -> int:
    """How many frames of so many samples hear nothing of what comes after them."""
    return max(0, (samples - REACH) // HOP + 1)


def levelled(heard: Floats) -> Floats:
    """Features as Whisper takes them: all levels from the loudest one down to `RANGE` below it, about -1 to 1."""
    level: Floats = (np.maximum(heard, heard.max() - np.float32(RANGE)) + np.float32(4)) / np.float32(4)
    return level
