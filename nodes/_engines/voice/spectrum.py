"""The long-term spectrum of a voice: what colours all that somebody says, whatever is said.

Decides: the frames and bins in which spectra of voices are compared everywhere in this room, which frames are speech,
and up to where a recording says anything. All levels are relative to the recording's own, so its loudness does not
matter to any decision here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nodes._engines.voice.rates import at_rate
from pipeline.media import Floats, Samples

RATE_HZ = 24_000  # sound is brought to this rate first
FRAME = 1200  # samples: 50 ms, so that bins are 20 Hz apart
HOP = 300  # samples: 80 frames a second
BINS = FRAME // 2 + 1
BIN_HZ = RATE_HZ / FRAME

LOUD = 97.0  # percentile of the frames that counts as the level of loud speech
SPEECH_DB = 30.0  # below loud speech: frames down to here are speech
SILENCE_DB = 35.0  # below loud speech: what is quieter is silence
KEPT_S = 0.15  # silence kept on either side of speech
HEARD_DB = 60.0  # below the strongest bin: a bin down to here has something to say
EDGE = 0.95  # of half the sample rate, above which a recording's own filter rules

_FLOOR = 1e-9  # power of a bin in a frame of nothing
_GRID = 200  # points on the ERB axis: 6 to an ERB

# (FRAME,) float32: periodic Hann, whose squares add up evenly at this hop
WINDOW: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
FREQUENCIES = np.arange(BINS, dtype=np.float64) * BIN_HZ  # (BINS,) float64, Hz


def erb_of(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequency in Hz as a number of equivalent rectangular bandwidths.

    Source: Glasberg and Moore 1990, "Derivation of auditory filter shapes from notched-noise data", equation 4.
    """
    return 21.4 * np.log10(1 + 0.00437 * hz)


_ERBS = erb_of(FREQUENCIES)


def framed(samples: Samples, rate_hz: int) -> NDArray[np.float32]:
    """Power in frames and bins, (n, BINS) float32; frame k is centred on sample `k * HOP` at 24 kHz."""
    padded = np.pad(at_rate(samples, rate_hz, RATE_HZ), FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * WINDOW
    return np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) ** 2


def speech_frames(power: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which frames, (n,) bool, of `framed` power are speech: within SPEECH_DB of the loud ones."""
    energy = power.sum(axis=1)
    return np.asarray(energy > np.percentile(energy, LOUD) * 10 ** (-SPEECH_DB / 10))


def long_term(samples: Samples, rate_hz: int) -> Floats:
    """Natural log amplitude of the mean power over speech frames, (601,) float32, bins of 20 Hz from 0 to 12 kHz.

    `samples`: (n,) float32, full scale ±1.0, not silent throughout. What lies above half of `rate_hz` is the floor.
    """
    power = framed(samples, rate_hz)
    mean = power[speech_frames(power)].mean(axis=0) if len(power) else np.zeros(BINS)
    return (0.5 * np.log(mean + _FLOOR)).astype(np.float32)


def smooth(spectrum: Floats, erb: float) -> Floats:
    """A spectrum, (601,) float32, with detail finer than `erb` equivalent rectangular bandwidths taken out."""
    grid = np.linspace(0, _ERBS[-1], _GRID)
    half = max(1, int(erb / grid[1]))
    weights = np.hanning(2 * half + 3)[1:-1]
    along = np.pad(np.interp(grid, _ERBS, spectrum), half, mode="edge")
    even = np.convolve(along, weights / weights.sum(), "valid")
    return np.interp(_ERBS, grid, even).astype(np.float32)


def bandwidth_of(spectrum: Floats, rate_hz: int) -> float:
    """Hz up to which a recording at `rate_hz` says anything, by its long-term spectrum: 4 kHz for a telephone's."""
    level = smooth(spectrum, 1.0)
    heard = np.nonzero(level > level.max() - HEARD_DB / 20 * np.log(10))[0]
    return float(min(FREQUENCIES[heard[-1]], EDGE * rate_hz / 2))


def without_silences(samples: Samples, rate_hz: int) -> Samples:
    """The sound with silences cut down to KEPT_S on either side of speech; (m,) float32 with m <= n.

    Sound of less than 0.1 s comes back as it is.
    """
    hop = rate_hz // 100
    count = len(samples) // hop
    if count < 10:
        return samples
    blocks = samples[: count * hop].reshape(count, hop)
    level = 10 * np.log10((blocks**2).mean(axis=1) + 1e-10)
    loud = level > np.percentile(level, LOUD) - SILENCE_DB
    reach = round(KEPT_S * 100)
    kept = (
        np.convolve(loud, np.ones(2 * reach + 1), "same") > 0 if count > 2 * reach else np.ones(count, bool)
    )
    return blocks[kept].ravel()
