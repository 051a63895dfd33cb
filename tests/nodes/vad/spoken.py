"""Real speech for the tests of this folder."""

from __future__ import annotations

import av
import numpy as np

from pipeline.media import Samples
from tests.media import recordings


def spoken(*, lang: str, seconds: float) -> Samples:
    """The beginning of the first recorded utterance in a language; (n,) float32, 16 kHz. Skips without media."""
    found = [line for line in recordings("a_speech", lang=lang) if line["seconds"] >= seconds]
    resampler = av.AudioResampler("fltp", "mono", 16_000)
    with av.open(str(found[0]["path"])) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return samples[: round(seconds * 16_000)].astype(np.float32)
