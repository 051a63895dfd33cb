"""Log-mel features: what Whisper hears of a sound.

Decides: how loud each band of hearing is, a hundred times a second. Knows nothing of the network that takes them.

Only NumPy, and of it nothing that goes to BLAS: its threads would spin on every core for a tenth of a second after each
product, which is more than the product itself costs, and would take the time of whoever else works on this machine.

Source: Radford et al. 2022, section 2.2; mel scale and area-normalised triangles of Slaney's Auditory Toolbox (1998).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

RATE_HZ = 16_000
HOP = 160  # samples from one frame to the next
REACH = 200  # samples before and after its centre that a frame hears
RANGE = 8.0  # powers of ten below the loudest band in which differences count
_SILENCE = np.float32(1e-10)
_HANN = np.hanning(2 * REACH + 1)[:-1].astype(np.float32)
_LINEAR_HZ = 1000.0  # mel is a straight line up to here, a logarithm above
_HZ_A_MEL = 200.0 / 3
_LOG_STEP = np.log(6.4) / 27


class LogMel:
    """Features of sound in so many bands."""

    def __init__(self, bands: int) -> None:
        self._bands = _triangles(bands)

    def of(self, sound: Floats, known: Floats | None = None) -> Floats:
        """Log10 of the power in each band, (bands, frames), of sound, (n,) float32 mono 16 kHz; n // 160 frames.

        `known` are the first of these frames, if they were made before (`whole` says which of them stand).
        """
        around = np.pad(sound, REACH, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(around, 2 * REACH)[::HOP][: len(sound) // HOP]
        begin = 0 if known is None else known.shape[1]
        power = np.square(np.abs(np.fft.rfft(frames[begin:] * _HANN))).astype(np.float32)
        heard = np.log10(np.maximum(np.einsum("fb,mb->mf", power, self._bands), _SILENCE))
        return heard if known is None else np.concatenate([known, heard], axis=1)


def whole(samples: int) -> int:
    """How many frames of so many samples hear nothing of what comes after them."""
    return max(0, (samples - REACH) // HOP + 1)


def levelled(heard: Floats) -> Floats:
    """Features as Whisper takes them: all levels from the loudest one down to `RANGE` below it, about -1 to 1."""
    level: Floats = (np.maximum(heard, heard.max() - np.float32(RANGE)) + np.float32(4)) / np.float32(4)
    return level


def _triangles(bands: int) -> Floats:
    """Weights of the bins of a spectrum in each band, (bands, REACH + 1)."""
    bins_hz = np.linspace(0, RATE_HZ / 2, REACH + 1)
    top = _LINEAR_HZ / _HZ_A_MEL + np.log(RATE_HZ / 2 / _LINEAR_HZ) / _LOG_STEP
    mels = np.linspace(0, top, bands + 2)
    above = np.maximum(0, mels - _LINEAR_HZ / _HZ_A_MEL)
    corners = np.minimum(mels * _HZ_A_MEL, _LINEAR_HZ) * np.exp(_LOG_STEP * above)
    low, middle, high = (corners[k : k + bands, None] for k in range(3))
    rises, falls = (bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle)
    weights = np.maximum(0, np.minimum(rises, falls)) * 2 / (high - low)
    return np.asarray(weights, np.float32)
