"""The opening of A Tale of Two Cities as it is read in the recording `two-cities`: its sound and its words."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from pipeline.media import Samples
from tests.media import need_model

RATE_HZ = 48_000
TEXT = """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was
the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was
the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us, we were all
going direct to Heaven, we were all going direct the other way - in short, the period was so far like the present
period, that some of its noisiest authorities insisted on its being received, for good or for evil, in the superlative
degree of comparison only.
"""


def recording() -> Path:
    """The recording, 44 s; skips where it is not at hand."""
    return need_model("two-cities") / "two_cities.wav"


def opening(end_s: float, start_s: float = 0.0) -> Samples:
    """A part of it; (n,) float32 at RATE_HZ, full scale ±1.0."""
    with wave.open(str(recording())) as file:
        assert file.getframerate() == RATE_HZ
        file.setpos(round(start_s * RATE_HZ))
        data = file.readframes(round((end_s - start_s) * RATE_HZ))
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
