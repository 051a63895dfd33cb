"""Voices: what is known of somebody's voice, and how an engine is to speak so as to sound like it."""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.clock import Ns
from pipeline.media.arrays import Floats, Samples, read_only

EMBEDDING = 256  # numbers that tell speakers apart
SPECTRUM = 601  # bins of 20 Hz, 0 to 12 kHz


class VoiceProfile(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """The voice of one speaker, measured on a clean utterance. In memory only, unless somebody saves it on purpose."""

    speaker: int  # from 1; the same while the same person is heard
    samples: Samples  # (n,) float32, full scale ±1.0: the utterance without long silences
    rate_hz: int
    embedding: Floats  # (EMBEDDING,) float32, unit length: who it is
    pitch_hz: float  # median of the voiced frames
    pitch_spread: float  # standard deviation of the natural logarithm of the pitch
    spectrum: Floats  # (SPECTRUM,) float32: natural log amplitude, long-term mean over speech
    bandwidth_hz: float  # above it the recording says nothing
    snr_db: float  # speech over what is between the words
    lang: str = ""  # BCP 47; empty where it is not known
    heard_s: float = 0.0  # seconds of speech that it rests on

    def __post_init__(self) -> None:
        for array, shape in ((self.embedding, (EMBEDDING,)), (self.spectrum, (SPECTRUM,))):
            if array.dtype != np.float32 or array.shape != shape:
                raise ValueError(
                    f"VoiceProfile: got {array.dtype} with shape {array.shape}; give float32 with shape {shape}"
                )
            read_only(array)
        read_only(self.samples)


class Timbre(msgspec.Struct, frozen=True, eq=False):
    """How an engine is to speak from now on so as to sound like a profile; the stock voice where `strength` is 0."""

    speaker: int  # `speaker` of the profile
    engine: str  # node that it is made for, for instance "tts.hibari"
    stage: str  # "first": usable at once; "tuned": searched for in the background; "stock": given up
    strength: float = 0.0  # how far from the stock voice towards the speaker, 0 to 1
    profile: VoiceProfile | None = None
    warp: float = 1.0  # of the frequency axis, above 1: formants higher (a shorter vocal tract)
    equaliser: Floats | None = None  # (SPECTRUM,) float32: natural log gain
    nearest: float = 0.0  # share of the envelope correction by nearest frames of the profile, 0 to 1.2
    blend: tuple[tuple[str, float], ...] = ()  # voices of the engine and their weights, sum 1; empty: its own
    reason: str = ""  # why this and no more: "too much noise", "not understood well enough", …
    similarity: float = 0.0  # cosine of embeddings, of what it sounds like and of the profile
    word_errors: float | None = None  # word error rate of the test sentences; None where it was not measured

    def __post_init__(self) -> None:
        if self.equaliser is not None:
            read_only(self.equaliser)


class VoiceTurn(msgspec.Struct, frozen=True):
    """Who is heard from now on, where several speakers are told apart by their voices."""

    speaker: int  # from 1
    since: Ns  # stream time at which this speaker began
    similarity: float = 1.0  # cosine of this stretch of speech and of what is known of the speaker
