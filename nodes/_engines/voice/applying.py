"""A timbre laid over sound that is already there: equaliser and nearest frames, in one filter.

Engines that shape their voice inside use it for what is left; `voice.convert` for all of it. Pitch and formants are
moved elsewhere (in the engine, or pitch_shift.py), since a filter cannot.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.voice.engine import Stock
from nodes._engines.voice.filtering import level_kept, sound, spectra
from nodes._engines.voice.nearest_frames import corrections
from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.shape import shape_of
from nodes._engines.voice.spectrum import HOP, RATE_HZ
from pipeline.media import Floats, Samples, Timbre, VoiceProfile

_NO_STOCK = Stock(1.0, 1.0, np.zeros(0, np.float32))  # a filter asks nothing of it


def applied(samples: Samples, rate_hz: int, timbre: Timbre | None) -> Samples:
    """Sound with the equaliser and the nearest frames of a timbre, as long and as loud as before.

    samples: (n,) float32 at any `rate_hz`; comes back itself, bit for bit, where the timbre asks for nothing.
    """
    shape = shape_of(timbre, _NO_STOCK)
    if shape is None or timbre is None:
        return samples
    return shaped(samples, rate_hz, shape.equaliser, shape.nearest, timbre.profile)


def shaped(
    samples: Samples, rate_hz: int, gains: Floats | None, nearest: float, profile: VoiceProfile | None
) -> Samples:
    """Sound with natural log gains (601,) or (frames, 601), then a share of the correction by nearest frames.

    The gains of frames are those at 24 kHz, one every 300 samples. Raises nothing; empty sound stays empty.
    """
    near = nearest if profile is not None else 0.0
    if (gains is None and not near) or len(samples) < HOP * rate_hz // RATE_HZ:
        return samples
    at_24k = at_rate(samples, rate_hz, RATE_HZ)
    bins = spectra(at_24k)
    if gains is not None:
        bins *= np.exp(gains)
    if near and profile is not None:
        bins *= np.exp(corrections(np.abs(bins) ** 2, profile, near))
    made = at_rate(sound(bins, len(at_24k)), RATE_HZ, rate_hz)
    made = np.pad(made, (0, max(0, len(samples) - len(made))))[: len(samples)]
    return level_kept(made, samples)
