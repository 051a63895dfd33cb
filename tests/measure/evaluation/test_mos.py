"""How good speech sounds, as a published model predicts that listeners would say."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.measure.evaluation.mos import predict
from pipeline.testing import audio, noise
from tests.media import recordings

pytest.importorskip("speechmos")
pytest.importorskip("onnxruntime")


def spoken() -> np.ndarray:
    import av

    line = recordings("a_speech", lang="en")[0]
    with av.open(str(line["path"])) as container:
        resampler = av.AudioResampler("flt", "mono", 16_000)
        frames = [out.to_ndarray()[0] for f in container.decode(audio=0) for out in resampler.resample(f)]
    return np.concatenate(frames).astype(np.float32)


@pytest.mark.media
def test_noise_behind_a_voice_lowers_the_opinion() -> None:
    voice = spoken()
    clean, noisy = predict(voice), predict(voice + noise(60, -30.0)[: len(voice)])
    assert clean.overall > noisy.overall + 0.5
    assert clean.background > noisy.background + 1


def test_noise_alone_is_bad_speech() -> None:
    assert predict(noise(20, -20.0)).overall < 1.5


def test_what_is_short_is_repeated_and_what_is_empty_refused() -> None:
    short = audio(noise(2, -20.0), frame_ms=2000)[0].payload.samples
    assert 1 <= predict(short).overall <= 5
    with pytest.raises(ValueError, match="no sound to judge"):
        predict(np.zeros(0, np.float32))
