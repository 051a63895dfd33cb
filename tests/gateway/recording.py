"""A real recording as a client sends it, and the models that the tests of the gateway interpret it with."""

from __future__ import annotations

from functools import cache

import av
import numpy as np

from pipeline.gateway.recipes import HEARD_HZ
from tests.media import need_model, recordings

NEEDED = ("whisper-base", "silero-vad", "firefox-en-pt", "firefox-pt-en")


def need_models() -> None:
    """Skip where a model, or the recording, is not at hand: here, not in the thread of a client, where nobody hears it."""
    for name in NEEDED:
        need_model(name)
    speech()


@cache
def speech(rate_hz: int = HEARD_HZ) -> bytes:
    """Somebody reads a sentence in English, 4.5 s, and pauses; 16-bit PCM."""
    [line] = [
        line for line in recordings("f_voices", lang="en") if line["file"].endswith("2609-156975-0000.flac")
    ]
    resampler = av.AudioResampler("s16", "mono", rate_hz)
    with av.open(str(line["path"])) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return b"".join(frame.to_ndarray().astype(np.int16).tobytes() for frame in frames)


def pause(seconds: float) -> bytes:
    """Silence as PCM."""
    return bytes(round(seconds * HEARD_HZ) * 2)


def pieces(pcm: bytes, milliseconds: int = 100) -> list[bytes]:
    """PCM as clients send it."""
    size = HEARD_HZ * milliseconds // 1000 * 2
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]
