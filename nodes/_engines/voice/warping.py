"""Moving formants: the frequency axis of a spectrum stretched as a longer or shorter vocal tract would.

Piecewise linear vocal tract length normalisation: Lee and Rose 1998, "A frequency warping approach to speaker
normalization", section IV. The exponents by which a tract is guessed from a pitch were chosen by listening models on
eleven speakers; estimating it from the spectrum hit its bounds and was worse. Downwards, to six men from a woman's voice,
two models agreed on more than upwards.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodes._engines.voice.shape import WARP
from pipeline.media import Floats

HIGHER, LOWER = 0.28, 0.40  # exponents of a pitch ratio above and below 1
BREAK = 0.7  # of the axis: above it the stretched part runs on to the end of the axis


def warp_of(pitch_ratio: float) -> float:
    """The warp that goes with speaking at `pitch_ratio` times the pitch, within its clamp."""
    return float(np.clip(math.pow(pitch_ratio, HIGHER if pitch_ratio > 1 else LOWER), *WARP))


def warped(spectra: Floats, warp: float) -> Floats:
    """Log spectra (bins, …) float32 with all that is in them moved to `warp` times its frequency, as far as it fits."""
    if abs(warp - 1) < 1e-3:
        return spectra
    below, weight = _axis(len(spectra), warp)
    weight = weight.reshape(-1, *[1] * (spectra.ndim - 1))
    moved: Floats = spectra[below] * (1 - weight) + spectra[below + 1] * weight
    return moved


@lru_cache(maxsize=64)
def _axis(bins: int, warp: float) -> tuple[NDArray[Any], Floats]:
    """For each bin of the result: the bin of the source below it, and the weight of the one above. (bins,) each."""
    at = np.linspace(0, 1, bins)
    turn = BREAK * min(1.0, warp)
    source = np.interp(at, [0, turn, 1], [0, turn / warp, 1]) * (bins - 1)
    below = np.minimum(source.astype(np.int64), bins - 2)
    return below, (source - below).astype(np.float32)
