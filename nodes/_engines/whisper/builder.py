"""ONNX graphs, put together a node at a time.

Decides: how matrices are kept. Knows nothing of what a graph computes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 32  # weights that share a scale
OPSET = 20  # the first with Gelu
IR_VERSION = 10
EPSILON = 1e-5
TINY = np.float32(1e-12)  # what a scale is at least


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

    def linear(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """`x` times the transposed `matrix`, (out, in), and a bias."""
        return self.node("Add", self.node("MatMul", x, self.keep(matrix.T)), self.keep(bias))

    def rows8(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """The same with both sides in 8 bits, a scale for each of their rows.

        For many rows at once: it is the sums that cost, and those of whole numbers are quicker.
        """
        scales = np.maximum(np.abs(matrix).max(axis=1), TINY) / 127
        stored = np.rint(matrix / scales[:, None]).astype(np.int8).T
        zero = np.zeros(len(scales), np.int8)
        # The product takes one scale for all of `x`, so its rows are made alike first.
        loudest = self.node("ReduceMax", self.node("Abs", x), self.integers(-1), keepdims=1)
        loudest = self.node("Max", loudest, self.keep(np.array(TINY, np.float32)))
        kept = (self.keep(stored), self.keep(scales), self.keep(zero))
        alike = self.node("Div", x, loudest)
        made = self.node("DynamicQuantizeMatMul", alike, *kept, domain="com.microsoft")
        return self.node("Add", self.node("Mul", made, loudest), self.keep(bias))

    def blocks8(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32] | None = None) -> str:
        """The same with a matrix in 8 bits, a scale for 32 weights, which is off by 0.5 %; the bias may be left out.

        For few rows at once: it is the reading of the matrix that costs.
        """
        wide, deep = matrix.shape
        blocks = -(-deep // BLOCK)
        padded = np.zeros((wide, blocks * BLOCK), np.float32)
        padded[:, :deep] = matrix
        split = padded.reshape(wide, blocks, BLOCK)
        scales = np.maximum(np.abs(split).max(axis=2), TINY) / 127
        stored = (np.rint(split / scales[..., None]) + 128).astype(np.uint8)
        made = self.node(
            "MatMulNBits",
            x,
            self.keep(stored),
            self.keep(scales),
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
