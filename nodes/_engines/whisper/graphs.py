"""Whisper as three ONNX graphs, made from its weights when it is loaded.

Decides: the form of the graphs. Knows nothing of tokens, prompts and searches.

    encode  frames (1, mels, f), skipped (1,), places (n, width), and for each layer L self_keys.L, self_values.L
            (1, heads, before, size)
            ->  states (1, n, width), new_keys.L, new_values.L (1, heads, before + n, size)
    memory  states (1, n, width)  ->  keys.L (1, heads, size, n), values.L (1, heads, n, size)
    step    x (b, t, width), mask (t, before + t), rows (r,), and for each layer L what `memory` gave and
            self_keys.L, self_values.L (b, heads, before, size)
            ->  logits (b, r, vocabulary) of those rows, attention (b, aligned heads, t, n),
                new_keys.L, new_values.L (b, heads, before + t, size)

A pass of the encoder attends to positions that were encoded before as a pass of the decoder does to tokens, so sound
that was heard need not be encoded again. What one step hears is worked out once for a sound (`memory`), whatever is then
decoded of it; and all tokens that are known go through in one pass. Most matrices are kept in 8 bits (`builder.py` says
how); sums, attention and norms are float32.
"""

from __future__ import annotations

import numpy as np

from nodes._engines.whisper.builder import Builder
from nodes._engines.whisper.layers import Half, Layer

TO_THE_END = np.iinfo(np.int64).max


def encode_graph(half: Half) -> bytes:
    """The graph of one pass of the encoder."""
    b = Builder()
    x = b.given("frames", 1, "mels", "f")
    for name, stride in (("conv1", 1), ("conv2", 2)):
        kernel, bias = map(b.keep, half.linear(name))
        x = b.node("Conv", x, kernel, bias, kernel_shape=[3], pads=[1, 1], strides=[stride])
        x = b.node("Gelu", x)
    skipped = b.given("skipped", 1, kind="INT64")
    x = b.node("Transpose", x, perm=[0, 2, 1])
    x = b.node("Slice", x, skipped, b.integers(TO_THE_END), b.integers(1))
    x = b.node("Add", x, b.given("places", "n", half.width))
    for layer in range(half.layers):
        part = Layer(b, half, layer, b.rows8)
        x = b.node("Add", x, part.within(x))
        x = b.node("Add", x, part.thought(x))
    b.gives("states", b.norm(x, *half.norm("layer_norm")), 1, "n", half.width)
    return b.graph("encode")


def memory_graph(half: Half) -> bytes:
    """The graph that works out of encoder states what the steps will attend to."""
    b = Builder()
    states = b.given("states", 1, "n", half.width)
    for layer in range(half.layers):
        both = b.linear(states, *half.linear(f"layer_{layer}/attention/linear_1"))
        keys, values = b.nodes("Split", both, outs=[f"k{layer}", f"v{layer}"], axis=-1, num_outputs=2)
        keys = b.node("Transpose", b.heads(keys, half.heads, half.size), perm=[0, 1, 3, 2])
        b.gives(f"keys.{layer}", keys, 1, half.heads, half.size, "n")
        b.gives(f"values.{layer}", b.heads(values, half.heads, half.size), 1, half.heads, "n", half.size)
    return b.graph("memory")


def step_graph(half: Half, aligned: list[tuple[int, int]]) -> bytes:
    """The graph of one pass of the decoder. `aligned`: layer and number of the heads whose attention is given."""
    b = Builder()
    x = b.given("x", "b", "t", half.width)
    mask = b.given("mask", "t", "all")
    rows = b.given("rows", "r", kind="INT64")
    seen: list[str] = []
    for layer in range(half.layers):
        part = Layer(b, half, layer, b.blocks8)
        x = b.node("Add", x, part.within(x, mask))
        heard, attention = part.across(x)
        x = b.node("Add", x, heard)
        x = b.node("Add", x, part.thought(x))
        chosen = [head for where, head in aligned if where == layer]
        if chosen:
            seen.append(b.node("Gather", attention, b.integers(*chosen), axis=1))
    x = b.norm(b.node("Gather", x, rows, axis=1), *half.norm("layer_norm"))
    projection = half.floats("projection/weight")
    b.gives("logits", b.blocks8(x, projection), "b", "r", len(projection))
    b.gives("attention", b.node("Concat", *seen, axis=1), "b", len(aligned), "t", "n")
    return b.graph("step")
