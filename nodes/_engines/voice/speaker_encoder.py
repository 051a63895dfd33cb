"""Who speaks: a voice as 256 numbers, near to one another for the same speaker whatever is said, in any language.

Two recordings of one speaker have a cosine of about 0.9, of two speakers about 0.6. The network is three layers of
LSTM over mel frames, small enough for numpy: 80 ms for 7 s of sound.
Source: Wan et al. 2018, "Generalized end-to-end loss for speaker verification" (the network and its training); the
front end and the windows are those of its publisher, Resemblyzer 0.1.4, so that its weights give what they gave there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodes._engines.mel import triangles
from nodes._engines.voice import torch_file
from nodes._engines.voice.rates import at_rate
from nodes._engines.voice.spectrum import without_silences
from pipeline import models
from pipeline.errors import ModelError, need
from pipeline.media import Floats, Samples
from pipeline.shared import Lease, shared

MODEL = "ge2e"
RATE_HZ = 16_000
FRAME = 400  # samples: 25 ms
HOP = 160  # samples: 10 ms
BANDS = 40  # mel bands
WINDOW = 160  # frames that the network hears at once
WINDOW_S = WINDOW * HOP / RATE_HZ
STRIDE = 77  # frames between two windows: 1.3 windows a second
COVERED = 0.75  # share of the last window that must be sound, where there is another
LEVEL_DBFS = -30.0  # quieter sound is made as loud as this
LAYERS = 3
SIZE = 256  # of a layer, and of what comes out

_WINDOW_HANN: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


def shared_encoder(model: str = MODEL) -> Lease[SpeakerEncoder]:
    """A lease of the encoder, loaded once a process; close it. Fetches what is missing. Raises `ModelError`.

    `model`: name of a model, or a folder with pretrained.pt.
    """
    file = models.ensure(model) / "pretrained.pt"
    return shared(("speaker encoder", str(file)), lambda: SpeakerEncoder(torch_file.read(file), str(file)))


class SpeakerEncoder:
    """Sound to embedding. Has no state, so several threads may call it."""

    def __init__(self, weights: Mapping[str, NDArray[Any]], place: str = "weights") -> None:
        """Raises `ModelError` where `weights` are not those of this network; `place` says where they come from."""
        self._mel = triangles(BANDS, FRAME // 2 + 1, RATE_HZ)
        self._one_thread = _blas()
        try:
            self._layers = [_layer(weights, number) for number in range(LAYERS)]
            self._out: Floats = np.ascontiguousarray(weights["linear.weight"].T)  # (SIZE, SIZE) float32
            self._bias: Floats = weights["linear.bias"]  # (SIZE,) float32
        except KeyError as error:
            raise ModelError(f"{place}: has no {error}; give the weights of Resemblyzer 0.1.4") from error

    def __call__(self, samples: Samples, rate_hz: int) -> Floats:
        """The embedding of a recording, (256,) float32 of unit length: the mean over its windows, without silences.

        `samples`: (n,) float32, full scale ±1.0; what is shorter than a window of 1.6 s is filled up with silence.
        """
        return unit(self.windows(without_silences(at_rate(samples, rate_hz, RATE_HZ), RATE_HZ)).mean(axis=0))

    def windows(self, samples: Samples) -> Floats:
        """Embeddings of windows of 1.6 s, 0.77 s apart, (n, 256) float32 of unit length, n at least 1.

        `samples`: (m,) float32, 16 kHz, as they are: no silence is taken out.
        """
        samples = _loud_enough(samples)
        starts = _starts(len(samples))
        samples = np.pad(samples, (0, max(0, (starts[-1] + WINDOW) * HOP - len(samples))))
        mel = self._mel_frames(samples)
        heard = np.stack([mel[at : at + WINDOW] for at in starts])  # (n, WINDOW, BANDS)
        with self._one_thread.limit(limits=1, user_api="blas"):
            for layer in self._layers:
                heard = _through(layer, heard)
        out = np.maximum(heard[:, -1] @ self._out + self._bias, 0)
        return np.asarray(out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9), np.float32)

    def _mel_frames(self, samples: Samples) -> Floats:
        """Mel power, (frames, BANDS) float32; frame k is centred on sample `k * HOP`."""
        padded = np.pad(samples, FRAME // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * _WINDOW_HANN
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        return np.asarray(power @ self._mel, np.float32)


def unit(vector: Floats) -> Floats:
    """The vector with length 1, float32."""
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), np.float32)


_Layer = tuple[
    Floats, Floats, Floats
]  # input weights (in, 4*SIZE), state weights (SIZE, 4*SIZE), bias (4*SIZE,)


def _layer(weights: Mapping[str, NDArray[Any]], number: int) -> _Layer:
    given, state, one, other = (
        weights[f"lstm.{name}_l{number}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    return np.ascontiguousarray(given.T), np.ascontiguousarray(state.T), one + other


def _through(layer: _Layer, heard: Floats) -> Floats:
    """One LSTM layer over windows, (n, WINDOW, in) to (n, WINDOW, SIZE) float32.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates in PyTorch's order.
    """
    given, state_weights, bias = layer
    driven = heard @ given + bias
    state = cell = np.zeros((len(heard), SIZE), np.float32)
    told = np.empty((len(heard), heard.shape[1], SIZE), np.float32)
    for at in range(heard.shape[1]):
        gates = driven[:, at] + state @ state_weights
        keep_in, forget, out = (_sigmoid(gates[:, k * SIZE : (k + 1) * SIZE]) for k in (0, 1, 3))
        cell = forget * cell + keep_in * np.tanh(gates[:, 2 * SIZE : 3 * SIZE])
        state = out * np.tanh(cell)
        told[:, at] = state
    return told


def _blas() -> Any:
    """What keeps numpy's matrix products on one thread: 500 small ones that each wake a second thread and wait for it
    cost ten times as much where the cores are busy. Raises `PackageError`."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        raise need("threadpoolctl", "tts", "the speaker encoder") from None
    return ThreadpoolController()


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x), np.float32)


def _loud_enough(samples: Samples) -> Samples:
    """Sound raised to LEVEL_DBFS where it is quieter, as the network was trained."""
    rms = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
    gain = 10 ** (LEVEL_DBFS / 20) / (rms + 1e-9)
    return samples * np.float32(gain) if 1 < gain < 1e6 else samples


def _starts(count: int) -> list[int]:
    """First frames of the windows over `count` samples."""
    frames = -(-(count + 1) // HOP)
    starts = list(range(0, max(1, frames - WINDOW + STRIDE + 1), STRIDE))
    if len(starts) > 1 and (count - starts[-1] * HOP) / (WINDOW * HOP) < COVERED:
        starts.pop()
    return starts
