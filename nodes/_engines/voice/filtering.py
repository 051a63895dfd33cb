"""A gain for each frequency and frame, laid over sound: short-time spectra, and back.

Frames of 1200 samples every 300 at 24 kHz with a periodic Hann window, as `spectrum.framed` has them and hibari too, so
that a gain means the same everywhere. Overlap-add with the squared window divided out: with all gains 0 the sound comes
back as it was, to float precision (Griffin and Lim 1984, "Signal estimation from modified short-time Fourier
transform", equation 6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodes._engines.voice.spectrum import FRAME, HOP, WINDOW
from pipeline.media import Floats, Samples

Spectra = NDArray[np.complex64]


def spectra(samples: Samples) -> Spectra:
    """(frames, 601) complex64 of (n,) float32 at 24 kHz; frame k is centred on sample 300 k."""
    count = -(-len(samples) // HOP) + 1
    padded = np.zeros((count - 1) * HOP + FRAME, np.float32)
    padded[FRAME // 2 : FRAME // 2 + len(samples)] = samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * WINDOW
    return np.fft.rfft(frames, axis=1).astype(np.complex64)


def sound(of: Spectra, length: int) -> Samples:
    """(length,) float32 of spectra (frames, 601) that came from `spectra` and were multiplied with gains."""
    frames = np.fft.irfft(of, FRAME, axis=1).astype(np.float32) * WINDOW
    whole = _overlapped(frames) / np.maximum(_overlapped(np.broadcast_to(WINDOW**2, frames.shape)), 1e-3)
    return whole[FRAME // 2 : FRAME // 2 + length].astype(np.float32)


def filtered(samples: Samples, gains: Floats) -> Samples:
    """Sound with natural log gains (601,) or (frames, 601); (n,) float32 at 24 kHz."""
    return sound(spectra(samples) * np.exp(gains), len(samples))


def level_kept(samples: Samples, before: Samples, peak: float = 0.97) -> Samples:
    """Samples at the level (RMS) of what they were made from, or quieter so that none is beyond `peak`."""
    was, now = rms(before), rms(samples)
    scale = was / now if now > 0 else 1.0
    top = float(np.abs(samples).max(initial=0.0)) * scale
    return (samples * np.float32(scale * min(1.0, peak / top if top else 1.0))).astype(np.float32)


def rms(samples: Samples) -> float:
    """Root mean square, full scale 1.0."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _overlapped(frames: NDArray[Any]) -> NDArray[np.float32]:
    """Frames (count, 1200) added up, each 300 samples after the one before."""
    parts = frames.reshape(len(frames), FRAME // HOP, HOP)
    whole = np.zeros((len(frames) + FRAME // HOP - 1, HOP), np.float32)
    for part in range(FRAME // HOP):
        whole[part : part + len(frames)] += parts[:, part]
    return whole.reshape(-1)
