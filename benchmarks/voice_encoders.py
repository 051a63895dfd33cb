"""Who is heard, by two networks: the one that the search goes by, and one that nothing is tuned by, which decides.

A recording as a list of numbers, near to one another for the same speaker. Both are given 16 kHz, without silences, and
equally loud: the d-vector hears loudness, which says nothing of a voice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodes._engines.mel import triangles
from nodes._engines.voice.filtering import rms
from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.speaker_encoder import SpeakerEncoder, shared_encoder, unit
from nodes._engines.voice.spectrum import without_silences
from pipeline import models
from pipeline.media import Floats, Samples

RATE_HZ = 16_000
FFT, FRAME, HOP, BANDS = 512, 400, 160, 40  # samples, and mel bands
WINDOW, STRIDE = 80, 40  # frames
LOUDNESS = 0.07  # RMS, full scale 1.0


class DVector:
    """The d-vector of VoiceFilter; (256,) float32 of unit length. Has no state.

    Source: Wang et al. 2019, "VoiceFilter: Targeted voice separation by speaker-conditioned spectrogram masking",
    section 3.1; front end and windows are those that the publisher of the weights gives with them.
    """

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        file = str(models.ensure("dvector") / "embedder.onnx")
        self._session: Any = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self._mel = triangles(BANDS, FFT // 2 + 1, RATE_HZ)
        hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
        self._window: Floats = np.pad(hamming, (FFT - FRAME) // 2).astype(np.float32)

    def __call__(self, samples: Samples, rate_hz: int) -> Floats:
        """Of (n,) float32; what is shorter than 0.8 s is filled up with silence."""
        sound = without_silences(at_rate(samples, rate_hz, RATE_HZ), RATE_HZ)
        sound = np.pad(sound, (0, max(0, (WINDOW - 1) * HOP + FFT - len(sound))))
        frames = np.lib.stride_tricks.sliding_window_view(sound, FFT)[::HOP] * self._window
        power: NDArray[Any] = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        mel = np.log10(power @ self._mel + 1e-10).astype(np.float32)  # (frames, BANDS)
        windows = np.stack([mel[at : at + WINDOW] for at in range(0, len(mel) - WINDOW + 1, STRIDE)])
        [found] = self._session.run(None, {"mel_window": windows})
        return unit(np.mean([unit(each) for each in found], axis=0))


class Encoders:
    """Both of them, loaded."""

    NAMES = ("ge2e", "dvector")

    def __init__(self) -> None:
        self.ge2e: SpeakerEncoder = shared_encoder().value
        self._both = (self.ge2e, DVector())

    def __call__(self, samples: Samples, rate_hz: int) -> Floats:
        """(2, 256) float32: a row for each of NAMES."""
        even = (samples * np.float32(LOUDNESS / max(rms(samples), 1e-6))).astype(np.float32)
        return np.stack([encoder(even, rate_hz) for encoder in self._both])


def nearness(one: Floats, other: Floats) -> Floats:
    """Cosines by both, (2,), of what `Encoders` gave for two sounds."""
    cosines: Floats = (one * other).sum(axis=1)
    return cosines


def middle(of: list[Floats]) -> Floats:
    """The mean of several embeddings of one speaker, (2, 256), each row of unit length."""
    return np.stack([unit(row) for row in np.mean(of, axis=0)])
