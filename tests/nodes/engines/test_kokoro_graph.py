"""The pitch of Kokoro can be set; where it cannot, the voice still speaks and it is said why."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nodes._engines.kokoro_graph import with_pitch
from nodes._engines.kokoro_voice import KokoroVoice, shared_voice
from nodes._engines.voice.pitch import pitch_of
from pipeline.media import Timbre, VoiceProfile
from tests.media import need_model

TEXT = "Good morning, everyone, and welcome."


@pytest.fixture(scope="module")
def voice() -> Iterator[KokoroVoice]:
    for model in ("kokoro", "kokoro-voices", "ge2e"):
        need_model(model)
    pytest.importorskip("onnx")
    lease = shared_voice()
    yield lease.value
    lease.close()


def speaker(pitch_hz: float) -> VoiceProfile:
    """Somebody of whom nothing but the pitch is known."""
    embedding = np.zeros(256, np.float32)
    embedding[0] = 1
    spectrum = np.zeros(601, np.float32)
    return VoiceProfile(1, np.zeros(16_000, np.float32), 16_000, embedding, pitch_hz, 0.2, spectrum, 8000, 30)


@pytest.mark.parametrize("pitch_hz", [170.0, 250.0])
def test_the_voice_speaks_at_the_pitch_of_the_speaker(voice: KokoroVoice, pitch_hz: float) -> None:
    timbre = Timbre(1, "tts.kokoro", "first", 1.0, speaker(pitch_hz))
    found = pitch_of(voice.render(TEXT, "en", timbre), voice.rate_hz)
    assert found is not None
    assert found[0] == pytest.approx(pitch_hz, rel=0.12)


def test_without_onnx_there_is_no_pitch_control_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with caplog.at_level(logging.WARNING):
        assert with_pitch(tmp_path / "kokoro.onnx", "0" * 64) is None
    assert "no pitch control: the package 'onnx' is not installed; type: pip install" in caplog.text


def test_a_graph_that_is_another_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    ends = [helper.make_tensor_value_info(name, kind, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "other", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph), str(tmp_path / "kokoro.onnx"))
    with caplog.at_level(logging.WARNING):
        assert with_pitch(tmp_path / "kokoro.onnx", "0" * 64) is None
    assert "has no tensor" in caplog.text
    assert [file.name for file in tmp_path.iterdir()] == ["kokoro.onnx"]
