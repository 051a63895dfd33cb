"""Real voices for tests: utterances by speaker, and what is no clean speech, made of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av
import numpy as np

from pipeline.media import Samples
from tests.media import recordings

RATE_HZ = 16_000


@cache
def sound(path: Path) -> Samples:
    """A recording, (n,) float32, 16 kHz mono."""
    resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
    with av.open(str(path)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def said_by(speaker: str, *, at_least_s: float = 4.0) -> list[Samples]:
    """Utterances of a speaker of the corpus, the first ones first. Skips without media."""
    lines = recordings("f_voices", under="librispeech_test-other")
    return [
        sound(line["path"]) for line in lines if line["speaker"] == speaker and line["seconds"] >= at_least_s
    ]


def melody(seconds: float) -> Samples:
    """Plucked notes with harmonics, one after another; (n,) float32."""
    t = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    notes = [220 * 2 ** (step / 12) for step in (0, 4, 7, 12, 9, 5, 2, 7)]
    envelope = np.exp(-3 * t) * np.minimum(1, 50 * t)
    played = [sum(np.sin(2 * np.pi * hz * k * t) / k**1.5 for k in range(1, 10)) * envelope for hz in notes]
    whole = np.resize(0.1 * np.concatenate(played), round(seconds * RATE_HZ))
    return np.asarray(whole, np.float32)


def whispered(samples: Samples) -> Samples:
    """Speech with noise in the place of the voice: its spectrum moment by moment, no pitch; (n,) float32."""
    size, hop = 512, 128
    window = np.hanning(size + 1)[:-1]
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, size)[::hop] * window, axis=1)
    shape = np.abs(spectra) @ _blurred(size // 2 + 1)
    noise = np.random.default_rng(0).standard_normal((len(shape), size)) * window
    frames = np.fft.irfft(np.fft.rfft(noise, axis=1) * shape, axis=1) * window
    out = np.zeros(len(shape) * hop + size)
    for index, frame in enumerate(frames):
        out[index * hop : index * hop + size] += frame
    return np.asarray(0.3 * out / np.abs(out).max(), np.float32)


def _blurred(bins: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(bins, bins): mean over nine neighbours, so that the harmonics go."""
    near = np.abs(np.subtract.outer(np.arange(bins), np.arange(bins))) <= 4
    return np.asarray(near / near.sum(axis=0))
