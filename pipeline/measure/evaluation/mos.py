"""MOS: how good speech sounds, predicted by a model that listeners' opinions trained. Mean opinion score, 1 to 5.

DNSMOS P.835 (Reddy et al., ICASSP 2022): the weights travel in the package `speechmos`, and run on onnxruntime. It
was trained on recorded speech after noise suppression, so for synthetic speech it tells clicks, hiss and distortion;
intonation it hears little of. Compare voices by it, and say which predictor it was.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pipeline.errors import need
from pipeline.media import Samples
from pipeline.networks import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOW = 144_160  # samples that the model takes: 9.01 s
# From what the model gives to the scale of the listeners, highest power first (the predictor's own calibration).
SCALES = {
    "signal": (-0.08397278, 1.22083953, 0.0052439),
    "background": (-0.13166888, 1.60915514, -0.39604546),
    "overall": (-0.06766283, 1.11546468, 0.04602535),
}


class Opinion(msgspec.Struct, frozen=True):
    """Mean opinion scores, 1 to 5."""

    signal: float
    background: float
    overall: float


def predict(samples: Samples) -> Opinion:
    """The opinion of listeners on speech, (n,) float32 mono 16 kHz: the mean over windows of 9 s that do not overlap.

    What is shorter than a window is repeated until it fills one. Raises `PackageError` where the predictor is not
    installed, `ValueError` where there is no sound.
    """
    if not len(samples):
        raise ValueError("no sound to judge; give at least one sample")
    model = _model()
    raw = np.array(
        [model.run(None, {"input_1": window[None, :]})[0][0] for window in _windows(samples)]
    )  # (w, 3)
    scores = [float(np.polyval(scale, raw[:, i]).mean()) for i, scale in enumerate(SCALES.values())]
    return Opinion(*scores)


def _windows(samples: Samples) -> NDArray[np.float32]:
    """(w, WINDOW) float32."""
    if len(samples) < WINDOW:
        samples = np.resize(samples, WINDOW)
    whole = len(samples) // WINDOW * WINDOW
    return np.ascontiguousarray(samples[:whole].reshape(-1, WINDOW), dtype=np.float32)


def _model() -> Any:
    found = find_spec("speechmos")
    if found is None or not found.submodule_search_locations:
        raise need("speechmos", "measure", "measure.mos")
    # Its Python modules want librosa, which is only used for another model.
    path = Path(found.submodule_search_locations[0]) / "dnsmos_models" / "sig_bak_ovr.onnx"
    return network(path, "measure.mos", extra="asr", remedy="install speechmos again")


__all__ = ["Opinion", "predict"]
