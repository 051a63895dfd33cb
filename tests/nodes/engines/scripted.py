"""A speech engine that is a script: what it hears is written in the samples.

Samples carry their own index, so that a window knows where in the stream it lies: word k is spoken from
`0.4 k` to `0.4 (k + 1)` seconds, and the word at the end of a window is misheard until it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nodes._engines.sound import VoiceWindow
from nodes._engines.whisper import Hypothesis, TokenTime, Word

RATE_HZ = 16_000
WORD_S = 0.4
MISHEARD = 100_000  # tokens above are words heard by half


def samples(start_s: float, end_s: float) -> NDArray[np.float32]:
    """Sound of a stretch of the stream, (n,) float32."""
    return np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ), dtype=np.float32)


def voice(start_s: float, end_s: float, probability: float) -> list[VoiceWindow]:
    """Windows of 32 ms that begin in a stretch."""
    first, last = int(np.ceil(start_s / 0.032 - 1e-9)), int(np.ceil(end_s / 0.032 - 1e-9))
    return [(k * 32_000_000, (k + 1) * 32_000_000, probability) for k in range(first, last)]


class ScriptedEngine:
    """Hears `w0 w1 w2 …`; `windows` keeps how long each window was, in seconds."""

    def __init__(self, *, logprob: float = -0.3, no_speech: float = 0.0, code: str = "es") -> None:
        self.windows: list[float] = []
        self.languages: list[str] = []
        self.reminders: list[list[int]] = []
        self._logprob, self._no_speech, self._code = logprob, no_speech, code

    def window(self, samples: NDArray[np.float32], after: Any = None) -> tuple[float, float]:
        self.windows.append(len(samples) / RATE_HZ)
        return float(samples[0]) / RATE_HZ, float(samples[-1] + 1) / RATE_HZ

    def decode(
        self,
        window: tuple[float, float],
        *,
        language: str,
        task: str,
        earlier: Sequence[int],
        forced: Sequence[int],
        beam: int,
        room: int,
    ) -> Hypothesis:
        self.languages.append(language)
        self.reminders.append(list(earlier))
        start, end = window
        first = forced[-1] + 1 if forced else int(np.floor(start / WORD_S + 0.5))
        last = int(np.floor(end / WORD_S + 1e-6))
        tokens = tuple(range(first, last))
        half = MISHEARD + round(end * 1000)
        return Hypothesis((*tokens, half)[:room], self._logprob, self._no_speech)

    def times(self, window: tuple[float, float], heard: Hypothesis, tokens: Sequence[int]) -> list[TokenTime]:
        start, end = window
        spans = [(t * WORD_S, (t + 1) * WORD_S) if t < MISHEARD else (end - 0.2, end) for t in tokens]
        return [TokenTime(max(0.0, a - start), max(0.0, b - start)) for a, b in spans]

    def language(self, window: tuple[float, float]) -> tuple[str, float]:
        return self._code, 0.9

    def words(self, tokens: Sequence[int], *, spaced: bool) -> list[Word]:
        return [Word((t,), f"w{t}", glue=not spaced) for t in tokens]

    def tokens(self, text: str) -> list[int]:
        return list(range(200_000, 200_000 + len(text.split())))
