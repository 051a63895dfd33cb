"""A recogniser of its own, for trying voices: what would a listener make of this sound?

It is loaded beside the one that listens live, for as long as it is needed, so that nobody who speaks waits for it. A
voice is judged by what it says, so the recogniser must not add to it: a short sentence that ends with the sound is heard
twice, and is heard once with silence behind it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nodes._engines.guards import unechoed, unrepeated
from nodes._engines.voice.rates import at_rate
from nodes._engines.whisper import LONGEST_S, RATE_HZ, WhisperEngine
from pipeline.media import Samples

SILENCE_S = (
    2.0  # after the sound, beside the recogniser's own; with 1 s less, one sentence in five came twice
)
TOKENS_PER_S = 8.0  # of sound, at most; fast speech has 5
ROOM = 10  # tokens, whatever the length
LONGEST = 100  # tokens of a phrase that may come again


class Hearing:
    """Sound to text by Whisper, one utterance at a time. Raises `EngineError` where its folder holds no model."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._engine = WhisperEngine.load(folder, threads=threads)

    def __call__(self, samples: Samples, rate_hz: int, lang: str) -> str:
        """The words of (n,) float32 sound; of what is longer than half a minute, its beginning."""
        sound = at_rate(samples, rate_hz, RATE_HZ)[: int((LONGEST_S - SILENCE_S) * RATE_HZ)]
        window = self._engine.window(np.pad(sound, (0, int(SILENCE_S * RATE_HZ))))
        room = ROOM + int(TOKENS_PER_S * len(sound) / RATE_HZ)
        language = lang.partition("-")[0]
        tokens = self._engine.decode(window, language=language, task="transcribe", room=room).tokens
        tokens = tokens[: unrepeated(tokens, longest=LONGEST)]
        tokens = tokens[: unechoed(tokens, longest=LONGEST)]
        return " ".join(word.text for word in self._engine.words(tokens, spaced=True))
