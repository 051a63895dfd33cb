"""The layers of Whisper's encoder and decoder, put into a graph.

Decides: what a layer computes. Source: Radford et al. 2022, section 2.2; Vaswani et al. 2017 (with the norm before each).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nodes._engines.whisper.builder import Builder
from nodes._engines.whisper.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class Half:
    """The weights and sizes of one half of a model, the `encoder` or the `decoder`."""

    def __init__(self, weights: Weights, name: str) -> None:
        self.weights, self.name = weights, name
        self.layers = 0
        while f"{name}/layer_{self.layers}/ffn/linear_0/weight" in weights:
            self.layers += 1
        self.heads = int(weights.array(f"{name}/num_heads"))
        self.width = int(weights.array(f"{name}/layer_norm/gamma").shape[0])
        self.size = self.width // self.heads

    def floats(self, name: str) -> NDArray[np.float32]:
        """A vector or matrix of this half."""
        return self.weights.floats(f"{self.name}/{name}")

    def norm(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Gamma and beta of a normalisation."""
        return self.floats(f"{name}/gamma"), self.floats(f"{name}/beta")

    def linear(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Matrix and bias."""
        return self.floats(f"{name}/weight"), self.floats(f"{name}/bias")


class Layer:
    """One layer of a half, by its number. `linear`: how the builder keeps its matrices."""

    def __init__(self, builder: Builder, half: Half, layer: int, linear: Callable[..., str]) -> None:
        self._b, self._half, self._layer, self._kept_as = builder, half, layer, linear
        self._name = f"layer_{layer}"

    def within(self, x: str, mask: str = "") -> str:
        """Attention of all that is new to itself and to what was before; both are kept for the passes to come."""
        b, heads, size, layer = self._b, self._half.heads, self._half.size, self._layer
        x = b.norm(x, *self._half.norm(f"{self._name}/self_attention/layer_norm"))
        parts = b.nodes(
            "Split",
            self._linear("self_attention/linear_0", x),
            outs=[f"{part}{layer}" for part in ("q", "k", "v")],
            axis=-1,
            num_outputs=3,
        )
        queries, keys, values = (b.heads(part, heads, size) for part in parts)
        kept = []
        for what, new in (("keys", keys), ("values", values)):
            old = b.given(f"self_{what}.{layer}", "b", heads, "before", size)
            kept.append(b.node("Concat", old, new, axis=2))
            b.gives(f"new_{what}.{layer}", kept[-1], "b", heads, "all", size)
        keys, values = kept
        scores = self._scores(queries, b.node("Transpose", keys, perm=[0, 1, 3, 2]))
        if mask:
            scores = b.node("Add", scores, mask)
        return self._attended(b.node("Softmax", scores, axis=-1), values, "self_attention/linear_1")

    def across(self, x: str) -> tuple[str, str]:
        """Attention to the sound, and where it went: (b, heads, t, n)."""
        b, heads, size, layer = self._b, self._half.heads, self._half.size, self._layer
        x = b.norm(x, *self._half.norm(f"{self._name}/attention/layer_norm"))
        queries = b.heads(self._linear("attention/linear_0", x), heads, size)
        keys = b.given(f"keys.{layer}", 1, heads, size, "n")
        values = b.given(f"values.{layer}", 1, heads, "n", size)
        attention = b.node("Softmax", self._scores(queries, keys), axis=-1)
        return self._attended(attention, values, "attention/linear_2"), attention

    def thought(self, x: str) -> str:
        """The feed-forward half."""
        x = self._b.norm(x, *self._half.norm(f"{self._name}/ffn/layer_norm"))
        return self._linear("ffn/linear_1", self._b.node("Gelu", self._linear("ffn/linear_0", x)))

    def _scores(self, queries: str, keys: str) -> str:
        scale = self._b.keep(np.array(self._half.size**-0.5, np.float32))
        return self._b.node("MatMul", self._b.node("Mul", queries, scale), keys)

    def _attended(self, attention: str, values: str, out: str) -> str:
        b = self._b
        heads = b.node("Transpose", b.node("MatMul", attention, values), perm=[0, 2, 1, 3])
        return self._linear(out, b.node("Reshape", heads, b.integers(0, 0, self._half.width)))

    def _linear(self, name: str, x: str) -> str:
        return self._kept_as(x, *self._half.linear(f"{self._name}/{name}"))
