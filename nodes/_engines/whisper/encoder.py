"""Whisper's encoder at work: features of sound in, what the decoder is to attend to out, a piece at a time.

Decides: which frames a pass needs, and what of the passes before it stands. Knows nothing of seconds and words.

How it works. Whisper encodes a window as a whole: each position attends to all others, those of later sound too. Sound that
grows would be encoded again and again for the little that is new. Here a caller says how many positions are settled: they stay
as they were encoded, and the new ones attend to the keys and values that are kept of them. What a settled position
misses is the sound that came after; with a second and a half of that heard when it was encoded, states are off by
3.5 %, less than half of what 8 bits cost in CTranslate2 (docs/adr/0012-whisper-encoder.md).

Any number of callers may encode at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nodes._engines.whisper.graphs import encode_graph
from nodes._engines.whisper.layers import Half
from nodes._engines.whisper.session import session
from nodes._engines.whisper.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

STRIDE = 2  # frames of features in a position
REACH = 2  # positions before, into which the convolutions of a position reach


@dataclass(frozen=True)
class Encoded:
    """Sound once encoded."""

    states: Floats  # (1, n, width): of the positions that were encoded in this pass, the last ones
    kept: dict[str, Any]  # keys and values of all positions by their names: (1, heads, positions, size)


class Encoder:
    """The encoder of one model.

    Raises: ValueError where the file is not such a model, ImportError where `onnx` is missing, PackageError where
    `onnxruntime` is.
    """

    def __init__(self, model: Path, *, threads: int) -> None:
        half = Half(Weights(model), "encoder")
        self._network = session(encode_graph(half), threads)
        self._places = half.floats("position_encodings/encodings")
        self.mels = int(half.weights.array("encoder/conv1/weight").shape[1])
        self._names = [f"{what}.{layer}" for layer in range(half.layers) for what in ("keys", "values")]
        self._none = np.zeros((1, half.heads, 0, half.size), np.float32)

    def encode(self, frames: Floats, after: Encoded | None = None, settled: int = 0) -> Encoded:
        """Encode features, (mels, frames), two to a position, but for the first `settled` positions, which stay as in `after`.

        `after` is of sound that began at the same moment.
        """
        positions = frames.shape[1] // STRIDE
        begin = max(0, settled - REACH)  # what the convolutions see beyond the edge is not silence
        result = self._network.run(
            ["states", *(f"new_{name}" for name in self._names)],
            {
                "frames": np.ascontiguousarray(frames[None, :, STRIDE * begin : STRIDE * positions]),
                "skipped": np.array([settled - begin]),
                "places": self._places[settled:positions],
                **{f"self_{name}": self._before(name, after, settled) for name in self._names},
            },
        )
        return Encoded(result[0], dict(zip(self._names, result[1:], strict=True)))

    def _before(self, name: str, after: Encoded | None, settled: int) -> Floats:
        if after is None:
            return self._none
        kept: Floats = np.ascontiguousarray(after.kept[name][:, :, :settled])
        return kept
