"""A Whisper small enough to compute by hand, a file such as CTranslate2 writes, and its layers in plain numpy."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS, HEADS, WIDTH, VOCABULARY, POSITIONS = 2, 4, 64, 50, 40
MELS, PLACES = 8, 60  # of the encoder
TYPES = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}


def weights(seed: int = 0) -> dict[str, NDArray[Any]]:
    """Random weights by the names that CTranslate2 gives them."""
    random = np.random.default_rng(seed)

    def matrix(*shape: int) -> NDArray[np.float32]:
        return np.asarray(random.standard_normal(shape) / np.sqrt(shape[-1]), np.float32)

    made: dict[str, NDArray[Any]] = {
        "decoder/num_heads": np.array(HEADS, np.int16),
        "decoder/embeddings/weight": matrix(VOCABULARY, WIDTH),
        "decoder/position_encodings/encodings": matrix(POSITIONS, WIDTH),
        "encoder/num_heads": np.array(HEADS, np.int16),
        "encoder/position_encodings/encodings": matrix(PLACES, WIDTH),
        "encoder/conv1/weight": matrix(WIDTH, MELS, 3),
        "encoder/conv1/bias": matrix(WIDTH),
        "encoder/conv2/weight": matrix(WIDTH, WIDTH, 3),
        "encoder/conv2/bias": matrix(WIDTH),
    }
    both = [
        ("self_attention/linear_0", 3 * WIDTH, WIDTH),
        ("self_attention/linear_1", WIDTH, WIDTH),
        ("ffn/linear_0", 4 * WIDTH, WIDTH),
        ("ffn/linear_1", WIDTH, 4 * WIDTH),
    ]
    across = [
        ("attention/linear_0", WIDTH, WIDTH),
        ("attention/linear_1", 2 * WIDTH, WIDTH),
        ("attention/linear_2", WIDTH, WIDTH),
    ]
    norms = ["decoder/layer_norm", "encoder/layer_norm"]
    for half, linears in (("decoder", both + across), ("encoder", both)):
        for layer in range(LAYERS):
            at = f"{half}/layer_{layer}"
            norms += sorted({f"{at}/{name.partition('/')[0]}/layer_norm" for name, _, _ in linears})
            for name, wide, deep in linears:
                made[f"{at}/{name}/weight"] = matrix(wide, deep)
                made[f"{at}/{name}/bias"] = matrix(wide)
    for name in norms:
        made[f"{name}/gamma"] = (1 + matrix(WIDTH)).astype(np.float32)
        made[f"{name}/beta"] = matrix(WIDTH)
    return made


class Plain:
    """What layers compute, by the names of their weights; without rounding."""

    def __init__(self) -> None:
        self.w = weights()

    def norm(self, x: Any, name: str) -> Any:
        spread = np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return (x - x.mean(-1, keepdims=True)) / spread * self.w[f"{name}/gamma"] + self.w[f"{name}/beta"]

    def linear(self, x: Any, name: str) -> Any:
        return x @ self.w[f"{name}/weight"].T + self.w[f"{name}/bias"]

    def attend(self, q: Any, k: Any, v: Any, mask: Any = 0.0) -> tuple[Any, list[Any]]:
        """What all heads bring, and where each looked."""
        out, seen = [], []
        for a, b, c in zip(*(np.split(m, HEADS, -1) for m in (q, k, v)), strict=True):
            scores = a @ b.T / np.sqrt(WIDTH / HEADS) + mask
            share = np.exp(scores - scores.max(-1, keepdims=True))
            share /= share.sum(-1, keepdims=True)
            seen.append(share)
            out.append(share @ c)
        return np.concatenate(out, -1), seen

    def within(self, x: Any, at: str, mask: Any = 0.0) -> Any:
        h = self.linear(self.norm(x, f"{at}/self_attention/layer_norm"), f"{at}/self_attention/linear_0")
        q, k, v = np.split(h, 3, -1)
        out, _ = self.attend(q, k, v, mask)
        return x + self.linear(out, f"{at}/self_attention/linear_1")

    def thought(self, x: Any, at: str) -> Any:
        h = self.linear(self.norm(x, f"{at}/ffn/layer_norm"), f"{at}/ffn/linear_0")
        return x + self.linear(gelu(h), f"{at}/ffn/linear_1")


def gelu(x: Any) -> Any:
    """Exactly, by the error function."""
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / np.sqrt(2)))


def write(
    file: Path,
    variables: dict[str, NDArray[Any]],
    *,
    version: int = 6,
    aliases: tuple[tuple[str, str], ...] = (("decoder/projection/weight", "decoder/embeddings/weight"),),
) -> Path:
    """Write a model file."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    parts = [struct.pack("<I", version), text("WhisperSpec"), struct.pack("<II", 3, len(variables))]
    for name, value in variables.items():
        kind = TYPES[value.dtype.name]
        sizes = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
        parts += [text(name), sizes, struct.pack("<BI", kind, value.nbytes), value.tobytes()]
    parts.append(struct.pack("<I", len(aliases)))
    parts += [text(name) + text(of) for name, of in aliases]
    file.write_bytes(b"".join(parts))
    return file
