"""Whether an imitation may be heard: it must be whole, understood as well as the stock voice, and more like the speaker.

Two guards. `fault` looks at one piece for a millisecond, each time before it is spoken. `judged` tries a timbre on test
sentences in the background: at full strength, then at less, it takes the first at which nothing is wrong with the
sound, a recogniser makes hardly more errors than on the stock voice, and the speaker is nearer than with that voice;
where there is none, the stock voice stays, and the reason says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from typing import TypeAlias

import msgspec
import numpy as np

from nodes._engines.voice.engine import Imitating
from nodes._engines.voice.filtering import rms
from pipeline.media import Samples, Timbre

STRENGTHS = (1.0, 0.6, 0.3)
WORSE = 0.08  # of word error rate over that of the stock voice, at most
NEARER = 0.03  # of cosine to the speaker over that of the stock voice, at least
LENGTHS = (0.6, 1.7)  # of a piece over that of the stock voice's
MUFFLED = 2e-4  # share of the energy below 3.8 kHz that lies above 2 kHz, at least

Hear: TypeAlias = Callable[[Samples, int, str], str]  # samples, rate, language -> the words
Likeness: TypeAlias = Callable[[Samples, int], float]  # samples, rate -> cosine to the speaker


class Trial(msgspec.Struct, frozen=True, eq=False):
    """What an engine is tried with."""

    sentences: Sequence[str]
    lang: str
    likeness: Likeness
    hear: Hear | None = None  # None: words are not checked


class Heard(msgspec.Struct, frozen=True, eq=False):
    """How a voice did on the sentences."""

    pieces: list[Samples]
    similarity: float
    word_errors: float | None


def fault(samples: Samples, rate_hz: int, stock_length: int = 0) -> str:
    """What is wrong with the sound of a piece, in a word or two; empty where nothing is. Takes about a millisecond.

    samples: (n,) float32. stock_length: samples that the stock voice takes for it; 0 where that is not known.
    """
    if not len(samples) or not np.isfinite(samples).all():
        return "no sound"
    if stock_length and not LENGTHS[0] < len(samples) / stock_length < LENGTHS[1]:
        return "another length"
    if float(np.mean(np.abs(samples) > 0.985)) > 0.002:
        return "clipped"
    if rms(samples) < 0.01:
        return "too quiet"
    return "muffled" if brightness(samples, rate_hz) < MUFFLED else ""


def brightness(samples: Samples, rate_hz: int) -> float:
    """Share of the energy below 3.8 kHz that lies above 2 kHz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    below = float(power[hz < 3800].sum())
    return float(power[(hz > 2000) & (hz < 3800)].sum()) / below if below else 0.0


def judged(timbre: Timbre, engine: Imitating, trial: Trial, stock: Heard) -> Generator[None, None, Timbre]:
    """Returns the timbre at the largest strength that passes, or as "stock" with the reason; yields as it works on."""
    reason = ""
    for strength in STRENGTHS:
        weaker = msgspec.structs.replace(timbre, strength=strength * timbre.strength)
        yield
        heard = tried(weaker, engine, trial)
        if not (wrong := _against(heard, stock, engine.rate_hz)):
            return _told(weaker, heard, reason and f"not at full strength: {reason}")
        reason = wrong
    return _told(msgspec.structs.replace(timbre, stage="stock", strength=0.0), stock, reason)


def tried(timbre: Timbre | None, engine: Imitating, trial: Trial) -> Heard:
    """How a timbre does on the sentences, the stock voice for None; words are heard only where the sound is whole."""
    pieces = [engine.render(text, trial.lang, timbre) for text in trial.sentences]
    whole = not any(fault(piece, engine.rate_hz) for piece in pieces)
    if not whole:
        return Heard(pieces, 0.0, None)
    similarity = float(np.mean([trial.likeness(piece, engine.rate_hz) for piece in pieces]))
    if trial.hear is None:
        return Heard(pieces, similarity, None)
    errors = [
        word_errors(text, trial.hear(piece, engine.rate_hz, trial.lang))
        for text, piece in zip(trial.sentences, pieces, strict=True)
    ]
    return Heard(pieces, similarity, float(np.mean(errors)))


def _told(timbre: Timbre, heard: Heard, reason: str) -> Timbre:
    return msgspec.structs.replace(
        timbre, similarity=heard.similarity, word_errors=heard.word_errors, reason=reason
    )


def _against(heard: Heard, stock: Heard, rate_hz: int) -> str:
    """Why an imitation is worse than the stock voice; empty where it is not."""
    for piece, plain in zip(heard.pieces, stock.pieces, strict=True):
        if wrong := fault(piece, rate_hz, len(plain)):
            return wrong
    if heard.similarity < stock.similarity + NEARER:
        return "no nearer to the speaker than the stock voice"
    if heard.word_errors is None or stock.word_errors is None:
        return ""
    return "not understood well enough" if heard.word_errors > stock.word_errors + WORSE else ""


def word_errors(said: str, heard: str) -> float:
    """Word error rate: words to put in, leave out and change, over those said; case and marks do not count.

    Source: Levenshtein 1966, "Binary codes capable of correcting deletions, insertions and reversals".
    """
    wanted, got = _words(said), _words(heard)
    before = list(range(len(got) + 1))
    for row, word in enumerate(wanted, 1):
        now = [row]
        for column, other in enumerate(got, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (word != other)))
        before = now
    return before[-1] / max(len(wanted), 1)


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w' ]+", " ", text.lower()).split()
