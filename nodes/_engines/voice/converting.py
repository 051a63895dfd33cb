"""Sound of any voice made like somebody's: pitch, formants, equaliser, nearest frames, by signal processing alone.

For voices of which nothing is known but how they sound: pitch and spectrum are learnt from their first pieces. Pitch is
moved by a change of pace and of rate, which undo one another in time. That moves formants as far, and a gain for each
frame, from its own smoothed envelope, moves them back to where a voice of that pitch has them.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from nodes._engines.stretching import stretched
from nodes._engines.voice import pitch
from nodes._engines.voice.applying import shaped
from nodes._engines.voice.engine import Stock
from nodes._engines.voice.filtering import filtered, level_kept, spectra
from nodes._engines.voice.matching import timbre_for
from nodes._engines.voice.nearest_frames import bands, over_bins
from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.shape import EQUALISER, shape_of
from nodes._engines.voice.spectrum import RATE_HZ, long_term, without_silences
from nodes._engines.voice.warping import warped
from pipeline.media import Floats, Samples, Timbre

LEAST_S = 1.0  # speech from which a voice can be told
RATIO = (0.62, 1.6)  # of pitch: beyond it syllables suffer
SAME = 0.02  # natural log of a ratio that nobody hears
FORMANT = 5  # bands over which an envelope is smoothed, so that it follows formants and not harmonics


class Acquaintance:
    """What is known of a voice from what it said so far, up to `enough_s` seconds of speech."""

    def __init__(self, enough_s: float) -> None:
        self._enough_s = enough_s
        self._heard: list[Samples] = []
        self._heard_s = 0.0
        self.stock: Stock | None = None

    def hear(self, samples: Samples, rate_hz: int) -> None:
        """Learn from a piece, (n,) float32, until enough is known."""
        if self._heard_s >= self._enough_s:
            return
        speech = without_silences(at_rate(samples, rate_hz, RATE_HZ), RATE_HZ)
        self._heard.append(speech)
        self._heard_s += len(speech) / RATE_HZ
        if self._heard_s < LEAST_S:
            return
        sound = np.concatenate(self._heard)
        if found := pitch.pitch_of(sound, RATE_HZ):
            self.stock = Stock(*found, long_term(sound, RATE_HZ))
        if self._heard_s >= self._enough_s:
            self._heard.clear()


def converted(samples: Samples, rate_hz: int, timbre: Timbre, stock: Stock) -> Samples:
    """A piece of a voice with these stock figures, as like to the profile of a timbre as can be.

    samples: (n,) float32 at any `rate_hz`; as many come back, as loud. Of the timbre only strength, profile and the share
    of nearest frames are used, as the rest is made from `stock` here. Unchanged for a strength of 0.
    """
    if timbre.profile is None:
        return samples
    wanted = timbre_for(timbre.profile, stock, timbre.engine, warps=True, nearest=timbre.nearest)
    shape = shape_of(msgspec.structs.replace(wanted, strength=timbre.strength), stock)
    if shape is None:
        return samples
    ratio = float(np.clip(shape.ratio, *RATIO))
    other = with_formants(pitched(samples, rate_hz, ratio), rate_hz, shape.warp / ratio)
    return level_kept(shaped(other, rate_hz, shape.equaliser, shape.nearest, timbre.profile), samples)


def pitched(samples: Samples, rate_hz: int, ratio: float) -> Samples:
    """Sound at `ratio` times its pitch, formants along with it, in the same time; (n,) float32."""
    if abs(math.log(ratio)) < SAME:
        return samples
    slow = stretched(samples, rate_hz, 1 / ratio)
    moved = at_rate(slow, round(rate_hz * ratio), rate_hz)
    return np.pad(moved, (0, max(0, len(samples) - len(moved))))[: len(samples)]


def with_formants(samples: Samples, rate_hz: int, factor: float) -> Samples:
    """Sound with its formants at `factor` times where they are, and its pitch as it is; (n,) float32."""
    if abs(math.log(factor)) < SAME or not len(samples):
        return samples
    at_24k = at_rate(samples, rate_hz, RATE_HZ)
    envelope = over_bins(_smoothed(bands(np.abs(spectra(at_24k)) ** 2)))
    gains = np.clip(warped(envelope.T, factor).T - envelope, -EQUALISER, EQUALISER)
    made = at_rate(filtered(at_24k, gains), RATE_HZ, rate_hz)
    return np.pad(made, (0, max(0, len(samples) - len(made))))[: len(samples)]


def _smoothed(envelope: Floats) -> Floats:
    """(frames, bands) smoothed along the bands."""
    window = np.hanning(FORMANT + 2)[1:-1]
    padded = np.pad(envelope, ((0, 0), (FORMANT // 2, FORMANT // 2)), mode="edge")
    beside = np.lib.stride_tricks.sliding_window_view(padded, FORMANT, axis=1)
    return np.asarray(beside @ (window / window.sum()), np.float32)
