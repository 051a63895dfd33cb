"""From a profile to a first timbre: what can be said of a voice at once, by arithmetic alone.

Stage 0 of an imitation, some milliseconds: pitch after the profile's, formants after the pitch, one equaliser from the
engine's long-term spectrum to the speaker's, the rest by nearest frames. What is better takes renders: `tuning.py`.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.voice.engine import Blend, Imitating, Stock
from nodes._engines.voice.equaliser import equaliser
from nodes._engines.voice.shape import PITCH_HZ
from nodes._engines.voice.warping import warp_of
from pipeline.media import Timbre, VoiceProfile


def first_timbre(profile: VoiceProfile, engine: Imitating, blend: Blend | None = None) -> Timbre:
    """The timbre by which `engine` sounds most like `profile` as far as that can be reckoned.

    blend: the mixture of the engine's voices to start from; the engine's first candidate where it is None.
    """
    chosen = next(iter(engine.candidates(profile)), ()) if blend is None else blend
    return timbre_for(
        profile, engine.stock(chosen), engine.name, blend=chosen, warps=engine.warps, nearest=engine.nearest
    )


def timbre_for(
    profile: VoiceProfile, stock: Stock, name: str, *, blend: Blend = (), warps: bool, nearest: float
) -> Timbre:
    """The same for a voice with these stock figures, whoever speaks with it."""
    warp = prior_warp(profile, stock) if warps else 1.0
    gains = equaliser(stock.spectrum, profile.spectrum, warp, bandwidth_hz=profile.bandwidth_hz)
    return Timbre(
        speaker=profile.speaker,
        engine=name,
        stage="first",
        strength=1.0,
        profile=profile,
        warp=warp,
        equaliser=gains,
        nearest=nearest,
        blend=blend,
    )


def prior_warp(profile: VoiceProfile, stock: Stock) -> float:
    """How far formants go with the pitch; 1 where the profile has none."""
    if not profile.pitch_hz > 0 or not stock.pitch_hz > 0:
        return 1.0
    return warp_of(float(np.clip(profile.pitch_hz, *PITCH_HZ)) / stock.pitch_hz)
