"""What a timbre asks of an engine, scaled by its strength and held within hard clamps: the one place that knows them.

Outside these bounds a voice stops being a voice, and a recogniser is no guard against it: Whisper still understands what
nobody would want to hear. So no search, guard or file can lead an engine beyond them.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from nodes._engines.voice.engine import Stock
from pipeline.media import Floats, Timbre

NEPER = 20 / math.log(10)  # decibels
WARP = (0.80, 1.20)
PITCH_HZ = (65.0, 400.0)
SPREAD_RATIO = 1.6  # of the spread of pitch, up or down
EQUALISER = 15 / NEPER  # natural log gain, up or down
NEAREST = 1.2  # share of the correction by nearest frames


class Shape(msgspec.Struct, frozen=True, eq=False):
    """How far a piece is to be led away from the stock voice; every figure is safe to obey."""

    pitch: tuple[float, float]  # median in Hz to speak at instead of the stock median
    spread: float  # factor on the logarithm of the pitch about its median
    warp: float  # of the frequency axis, above 1: formants higher
    equaliser: Floats | None  # (601,) float32 natural log gain; None: none
    nearest: float  # share of the correction by nearest frames of the profile

    @property
    def ratio(self) -> float:
        """Pitch wanted over pitch of the stock voice."""
        return self.pitch[1] / self.pitch[0]


def shape_of(timbre: Timbre | None, stock: Stock) -> Shape | None:
    """What `timbre` asks of an engine with these stock figures; None where that is the stock voice as it is."""
    if timbre is None or not (strength := _within(timbre.strength, 0.0, 0.0, 1.0)):
        return None
    wanted, spread = stock.pitch_hz, 1.0
    if timbre.profile is not None and timbre.profile.pitch_hz > 0:
        target = _within(timbre.profile.pitch_hz, stock.pitch_hz, *PITCH_HZ)
        wanted = stock.pitch_hz * (target / stock.pitch_hz) ** strength
        lively = timbre.profile.pitch_spread / max(stock.pitch_spread, 0.03)
        spread = _within(lively, 1.0, 1 / SPREAD_RATIO, SPREAD_RATIO) ** strength
    return Shape(
        pitch=(stock.pitch_hz, wanted),
        spread=spread,
        warp=_within(timbre.warp, 1.0, *WARP) ** strength,
        equaliser=_equaliser(timbre.equaliser, strength),
        nearest=_within(timbre.nearest, 0.0, 0.0, NEAREST) * strength if timbre.profile else 0.0,
    )


def _within(value: float, otherwise: float, low: float, high: float) -> float:
    """`value` within its bounds; `otherwise` where it is no number."""
    return otherwise if math.isnan(value) else min(max(float(value), low), high)


def _equaliser(gains: Floats | None, strength: float) -> Floats | None:
    if gains is None or not np.any(gains):
        return None
    finite = np.nan_to_num(gains, nan=0.0, posinf=EQUALISER, neginf=-EQUALISER)
    return (strength * np.clip(finite, -EQUALISER, EQUALISER)).astype(np.float32)
