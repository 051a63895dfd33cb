"""Whisper's decoder as two ONNX graphs, made from its weights when it is loaded.

Decides: the form of the graphs. Knows nothing of tokens, prompts and searches.

    memory  states (1, n, width)  ->  keys.L (1, heads, size, n), values.L (1, heads, n, size)
    step    x (b, t, width), mask (t, before + t), rows (r,), and for each layer L what `memory` gave and
            self_keys.L, self_values.L (b, heads, before, size)
            ->  logits (b, r, vocabulary) of those rows, attention (b, aligned heads, t, n),
                new_keys.L, new_values.L (b, heads, before + t, size)

What one step hears is worked out once for a sound (`memory`), whatever is then decoded of it; and all tokens that are
known go through in one pass. Matrices are kept in 8 bits, in blocks of 32 with a scale each (`MatMulNBits` of ONNX
Runtime), which rounds what a matrix gives by 0.5 %; sums, attention and norms are float32.

Source: Radford et al. 2022, section 2.2; Vaswani et al. 2017 (the layers, with the norm before each).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nodes._engines.whisper.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 32  # weights that share a scale
OPSET = 20  # the first with Gelu
IR_VERSION = 10
EPSILON = 1e-5


class Builder:
    """A graph while it is made: every method adds a node and gives the name of what it puts out."""

    def __init__(self) -> None:
        import onnx

        self._onnx = onnx
        self._nodes: list[Any] = []
        self._kept: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._count = 0

    def given(self, name: str, *shape: str | int, kind: str = "FLOAT") -> str:
        """An input."""
        self._inputs.append(self._told(name, shape, kind))
        return name

    def gives(self, name: str, value: str, *shape: str | int) -> None:
        """An output."""
        self.node("Identity", value, out=name)
        self._outputs.append(self._told(name, shape, "FLOAT"))

    def node(self, kind: str, *values: str, out: str = "", **attributes: Any) -> str:
        """Any node with one output."""
        return self.nodes(kind, *values, outs=[out or self._name()], **attributes)[0]

    def nodes(self, kind: str, *values: str, outs: list[str], **attributes: Any) -> list[str]:
        """Any node; `outs` are the names of what it puts out."""
        self._nodes.append(self._onnx.helper.make_node(kind, values, outs, **attributes))
        return outs

    def keep(self, values: NDArray[Any]) -> str:
        """A constant."""
        name = self._name()
        self._kept.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def integers(self, *values: int) -> str:
        """A constant vector of whole numbers, as shapes and places are."""
        return self.keep(np.array(values, np.int64))

    def linear(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32] | None = None) -> str:
        """`x` times the transposed `matrix`, (out, in), kept in 8 bits; and a bias."""
        wide, deep = matrix.shape
        blocks = -(-deep // BLOCK)
        padded = np.zeros((wide, blocks * BLOCK), np.float32)
        padded[:, :deep] = matrix
        split = padded.reshape(wide, blocks, BLOCK)
        scales = np.maximum(np.abs(split).max(axis=2), 1e-12) / 127
        stored = (np.rint(split / scales[..., None]) + 128).astype(np.uint8)
        made = self.node(
            "MatMulNBits",
            x,
            self.keep(stored),
            self.keep(scales.astype(np.float32)),
            domain="com.microsoft",
            K=deep,
            N=wide,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return made if bias is None else self.node("Add", made, self.keep(bias))

    def norm(self, x: str, gamma: NDArray[np.float32], beta: NDArray[np.float32]) -> str:
        """Layer normalisation over the last dimension."""
        return self.node("LayerNormalization", x, self.keep(gamma), self.keep(beta), axis=-1, epsilon=EPSILON)

    def heads(self, x: str, heads: int, size: int) -> str:
        """(b, t, heads * size) to (b, heads, t, size)."""
        split = self.node("Reshape", x, self.integers(0, 0, heads, size))
        return self.node("Transpose", split, perm=[0, 2, 1, 3])

    def graph(self, name: str) -> bytes:
        """What was made, as ONNX Runtime loads it."""
        helper = self._onnx.helper
        made = helper.make_model(
            helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._kept),
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
            ir_version=IR_VERSION,
        )
        return bytes(made.SerializeToString())

    def _name(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def _told(self, name: str, shape: tuple[str | int, ...], kind: str) -> Any:
        return self._onnx.helper.make_tensor_value_info(name, getattr(self._onnx.TensorProto, kind), shape)


class Shape:
    """The sizes of a model."""

    def __init__(self, weights: Weights) -> None:
        self.layers = 0
        while f"decoder/layer_{self.layers}/ffn/linear_0/weight" in weights:
            self.layers += 1
        self.heads = int(weights.array("decoder/num_heads"))
        self.vocabulary, self.width = weights.array("decoder/embeddings/weight").shape
        self.size = self.width // self.heads


def memory_graph(weights: Weights, shape: Shape) -> bytes:
    """The graph that works out of encoder states what the steps will attend to."""
    b = Builder()
    states = b.given("states", 1, "n", shape.width)
    for layer in range(shape.layers):
        name = f"decoder/layer_{layer}/attention/linear_1"
        matrix, bias = weights.floats(f"{name}/weight"), weights.floats(f"{name}/bias")
        both = b.node("Add", b.node("MatMul", states, b.keep(matrix.T)), b.keep(bias))
        keys, values = b.nodes("Split", both, outs=[f"k{layer}", f"v{layer}"], axis=-1, num_outputs=2)
        keys = b.node("Transpose", b.heads(keys, shape.heads, shape.size), perm=[0, 1, 3, 2])
        b.gives(f"keys.{layer}", keys, 1, shape.heads, shape.size, "n")
        b.gives(f"values.{layer}", b.heads(values, shape.heads, shape.size), 1, shape.heads, "n", shape.size)
    return b.graph("memory")


def step_graph(weights: Weights, shape: Shape, aligned: list[tuple[int, int]]) -> bytes:
    """The graph of one pass of the decoder. `aligned`: layer and number of the heads whose attention is given."""
    b = Builder()
    x = b.given("x", "b", "t", shape.width)
    mask = b.given("mask", "t", "all")
    rows = b.given("rows", "r", kind="INT64")
    seen: list[str] = []
    for layer in range(shape.layers):
        part = _Layer(b, weights, shape, layer)
        x = b.node("Add", x, part.within(x, mask))
        heard, attention = part.across(x)
        x = b.node("Add", x, heard)
        x = b.node("Add", x, part.thought(x))
        chosen = [head for where, head in aligned if where == layer]
        if chosen:
            seen.append(b.node("Gather", attention, b.integers(*chosen), axis=1))
    x = b.norm(b.node("Gather", x, rows, axis=1), *_norm(weights, "decoder/layer_norm"))
    projection = "decoder/projection/weight"
    b.gives("logits", b.linear(x, weights.floats(projection)), "b", "r", shape.vocabulary)
    b.gives("attention", b.node("Concat", *seen, axis=1), "b", len(aligned), "t", "n")
    return b.graph("step")


class _Layer:
    """One layer of the decoder, put into a graph."""

    def __init__(self, builder: Builder, weights: Weights, shape: Shape, layer: int) -> None:
        self._b, self._weights, self._shape, self._layer = builder, weights, shape, layer
        self._name = f"decoder/layer_{layer}"

    def within(self, x: str, mask: str) -> str:
        """Attention to the tokens before, which are kept for the passes to come."""
        b, heads, size, layer = self._b, self._shape.heads, self._shape.size, self._layer
        x = b.norm(x, *_norm(self._weights, f"{self._name}/self_attention/layer_norm"))
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
        scores = b.node("Add", self._scores(queries, b.node("Transpose", keys, perm=[0, 1, 3, 2])), mask)
        return self._attended(b.node("Softmax", scores, axis=-1), values, "self_attention/linear_1")

    def across(self, x: str) -> tuple[str, str]:
        """Attention to the sound, and where it went: (b, heads, t, n)."""
        b, heads, size, layer = self._b, self._shape.heads, self._shape.size, self._layer
        x = b.norm(x, *_norm(self._weights, f"{self._name}/attention/layer_norm"))
        queries = b.heads(self._linear("attention/linear_0", x), heads, size)
        keys = b.given(f"keys.{layer}", 1, heads, size, "n")
        values = b.given(f"values.{layer}", 1, heads, "n", size)
        attention = b.node("Softmax", self._scores(queries, keys), axis=-1)
        return self._attended(attention, values, "attention/linear_2"), attention

    def thought(self, x: str) -> str:
        """The feed-forward half."""
        x = self._b.norm(x, *_norm(self._weights, f"{self._name}/ffn/layer_norm"))
        return self._linear("ffn/linear_1", self._b.node("Gelu", self._linear("ffn/linear_0", x)))

    def _scores(self, queries: str, keys: str) -> str:
        scale = self._b.keep(np.array(self._shape.size**-0.5, np.float32))
        return self._b.node("MatMul", self._b.node("Mul", queries, scale), keys)

    def _attended(self, attention: str, values: str, out: str) -> str:
        b = self._b
        heads = b.node("Transpose", b.node("MatMul", attention, values), perm=[0, 2, 1, 3])
        return self._linear(out, b.node("Reshape", heads, b.integers(0, 0, self._shape.width)))

    def _linear(self, name: str, x: str) -> str:
        floats = self._weights.floats
        return self._b.linear(x, floats(f"{self._name}/{name}/weight"), floats(f"{self._name}/{name}/bias"))


def _norm(weights: Weights, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return weights.floats(f"{name}/gamma"), weights.floats(f"{name}/beta")
