"""A Whisper decoder small enough to compute by hand, and a file such as CTranslate2 writes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYERS, HEADS, WIDTH, VOCABULARY, POSITIONS = 2, 4, 64, 50, 40
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
    }
    norms = ["decoder/layer_norm"]
    for layer in range(LAYERS):
        at = f"decoder/layer_{layer}"
        norms += [f"{at}/{part}/layer_norm" for part in ("self_attention", "attention", "ffn")]
        for name, wide, deep in (
            ("self_attention/linear_0", 3 * WIDTH, WIDTH),
            ("self_attention/linear_1", WIDTH, WIDTH),
            ("attention/linear_0", WIDTH, WIDTH),
            ("attention/linear_1", 2 * WIDTH, WIDTH),
            ("attention/linear_2", WIDTH, WIDTH),
            ("ffn/linear_0", 4 * WIDTH, WIDTH),
            ("ffn/linear_1", WIDTH, 4 * WIDTH),
        ):
            made[f"{at}/{name}/weight"] = matrix(wide, deep)
            made[f"{at}/{name}/bias"] = matrix(wide)
    for name in norms:
        made[f"{name}/gamma"] = (1 + matrix(WIDTH)).astype(np.float32)
        made[f"{name}/beta"] = matrix(WIDTH)
    return made


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
