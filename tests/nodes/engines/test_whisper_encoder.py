"""The encoder computes what its layers say; of a sound that grows, what is settled is taken over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes._engines.whisper.encoder import Encoder
from tests.nodes.engines.tiny_whisper import LAYERS, MELS, WIDTH, Plain, gelu, weights, write

pytest.importorskip("onnx", reason="onnx is not installed: pip install 'dragoman[asr]'")
pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install 'dragoman[asr]'")

POSITIONS = 24
FRAMES = np.random.default_rng(2).standard_normal((MELS, 2 * POSITIONS)).astype(np.float32)
CLOSE = 0.05  # of what states vary by: 8 bits round


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(write(tmp_path_factory.mktemp("tiny") / "model.bin", weights()), threads=1)


def off(states: NDArray[np.float32], wanted: Any) -> float:
    """How far states are off, as a share of what they vary by."""
    return float(np.sqrt(np.mean((states - wanted) ** 2)) / wanted.std())


def plain(frames: NDArray[np.float32]) -> Any:
    """The same layers in numpy: (n, width)."""
    layers = Plain()
    x = frames
    for name, stride in (("conv1", 1), ("conv2", 2)):
        kernel, wide = layers.w[f"encoder/{name}/weight"], np.pad(x, ((0, 0), (1, 1)))
        at = range(0, x.shape[1], stride)
        x = np.stack([np.einsum("oik,ik->o", kernel, wide[:, t : t + 3]) for t in at], axis=1)
        x = gelu(x + layers.w[f"encoder/{name}/bias"][:, None])
    x = x.T + layers.w["encoder/position_encodings/encodings"][: x.shape[1]]
    for layer in range(LAYERS):
        x = layers.within(x, f"encoder/layer_{layer}")
        x = layers.thought(x, f"encoder/layer_{layer}")
    return layers.norm(x, "encoder/layer_norm")


def test_it_computes_its_layers(encoder: Encoder) -> None:
    states = encoder.encode(FRAMES).states
    assert states.shape == (1, POSITIONS, WIDTH)
    assert off(states[0], plain(FRAMES)) < CLOSE


@settings(max_examples=20)
@given(settled=st.integers(0, POSITIONS - 1))
def test_to_go_on_after_the_same_sound_gives_the_same(encoder: Encoder, settled: int) -> None:
    whole = encoder.encode(FRAMES)
    rest = encoder.encode(FRAMES, whole, settled)
    assert rest.states.shape == (1, POSITIONS - settled, WIDTH)
    assert off(rest.states, whole.states[:, settled:]) < CLOSE


def test_what_is_settled_stays_whatever_comes(encoder: Encoder) -> None:
    first = encoder.encode(FRAMES[:, :30])
    grown = encoder.encode(FRAMES, first, settled=9)
    for name, kept in grown.kept.items():
        assert kept.shape[2] == POSITIONS
        np.testing.assert_array_equal(kept[:, :, :9], first.kept[name][:, :, :9])


def test_a_position_hears_the_frames_before_it_across_the_edge(encoder: Encoder) -> None:
    first = encoder.encode(FRAMES)
    other = FRAMES.copy()
    other[:, 2 * 9 - 1] += 3  # the last frame of a settled position, into which the next one reaches
    here, there = (encoder.encode(frames, first, settled=9).states for frames in (FRAMES, other))
    assert off(there, here) > CLOSE


def test_an_odd_frame_at_the_end_is_left_out(encoder: Encoder) -> None:
    np.testing.assert_array_equal(
        encoder.encode(FRAMES[:, :31]).states, encoder.encode(FRAMES[:, :30]).states
    )
