"""A better timbre by trying: change a little, render a sentence, keep what brings the voice nearer to the speaker.

Two searches, each seeded and bounded by a number of renders. An engine with one voice is searched by strength of the
equaliser and twelve bands on top of it, held near to what was reckoned. An engine with many voices is searched by which of
them, and in which mixture. What is judged is the sound as it will be heard, nearest frames and all.

A network that tells speakers apart can be pleased by things that nobody wants to hear. So formants stay where the pitch
has them: searched too, they went where one network took the voice for the speaker's and another did not.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from nodes._engines.voice.engine import Blend, Imitating
from nodes._engines.voice.equaliser import equaliser
from nodes._engines.voice.guard import Likeness
from nodes._engines.voice.matching import first_timbre
from nodes._engines.voice.sentences import SEARCH, sentences
from nodes._engines.voice.shape import EQUALISER
from nodes._engines.voice.spectrum import FREQUENCIES, erb_of
from pipeline.media import Floats, Timbre, VoiceProfile

BANDS = 12
TOP_HZ = 8000
FARTHEST = 1.2  # natural log gain of a band, up or down
WEIGHT = 0.006  # of the distance from what was reckoned, in cosines
MIXED = 5  # voices that a mixture is made of, at most
HEAVIEST = 1.8  # weight of a voice in a mixture, up or down


class Search:
    """A bounded number of renders, and the best timbre so far; see the head of this file."""

    def __init__(
        self, first: Timbre, engine: Imitating, *, lang: str, likeness: Likeness, evaluations: int, seed: int
    ) -> None:
        assert first.profile is not None
        self._profile: VoiceProfile = first.profile
        self._engine = engine
        self._lang = lang
        self._likeness = likeness
        self._random = np.random.default_rng(seed)
        self._left = evaluations
        self._value = -np.inf
        self.best = first

    def rounds(self) -> Iterator[None]:
        """Search until the renders are used up; comes back after a few of them, each time."""
        if voices := self._engine.candidates(self._profile):
            return self._of_voices(list(dict.fromkeys(name for blend in voices for name, _ in blend))[:MIXED])
        return self._of_bands()

    def _take(self, timbre: Timbre, far: float = 0.0) -> bool:
        """Try a timbre that is `far` from what was reckoned; whether it is the best now."""
        if self._left <= 0:
            return False
        self._left -= 1
        lang, [text] = sentences(SEARCH, self._lang)
        sound = self._engine.render(text, lang, timbre)
        value = self._likeness(sound, self._engine.rate_hz) - WEIGHT * far
        if value <= self._value:
            return False
        self.best, self._value = timbre, value
        return True

    def _of_bands(self) -> Iterator[None]:
        """Strengths of the equaliser, then bands at random, either way."""
        at = _Setting()
        self._take(self.best)
        yield
        for strength in (0.7, 1.25):
            at = self._better(at, msgspec.structs.replace(at, strength=strength))
        yield
        step = 0.35
        while self._left > 0:
            way, before = self._random.standard_normal(BANDS) * step, at
            for side in (way, -way):
                at = self._better(at, _beside(at, side)) if at is before else at
            step *= 0.93 if at is before else 1.1
            yield

    def _better(self, at: _Setting, other: _Setting) -> _Setting:
        """The other setting where it is the best of all so far, else the one that was."""
        return other if self._take(self._made(other), other.far) else at

    def _made(self, setting: _Setting) -> Timbre:
        stock, profile = self._engine.stock(self.best.blend), self._profile
        gains = equaliser(
            stock.spectrum, profile.spectrum, self.best.warp, setting.strength, profile.bandwidth_hz
        )
        gains = np.clip(gains + setting.bands @ _bumps(), -EQUALISER, EQUALISER).astype(np.float32)
        return msgspec.structs.replace(self.best, equaliser=gains)

    def _of_voices(self, names: list[str]) -> Iterator[None]:
        """Each likely voice, then mixtures of them."""
        self._take(self.best)
        yield
        for name in names:
            self._take(first_timbre(self._profile, self._engine, ((name, 1.0),)))
            yield
        step = 0.4
        while self._left > 0 and len(names) > 1:
            there = np.array([dict(self.best.blend).get(name, 0.0) for name in names])
            mixture = _mixture(names, there + step * self._random.standard_normal(len(names)))
            better = self._take(first_timbre(self._profile, self._engine, mixture))
            step *= 1.1 if better else 0.93
            yield


class _Setting(msgspec.Struct, frozen=True, eq=False):
    """A place in the search by bands."""

    strength: float = 1.0  # of the equaliser
    bands: Floats = msgspec.field(default_factory=lambda: np.zeros(BANDS, np.float32))  # natural log gains

    @property
    def far(self) -> float:
        """How far it is from what was reckoned."""
        return float(np.mean(self.bands**2)) / 0.09


def _beside(at: _Setting, side: NDArray[np.float64]) -> _Setting:
    bands = np.clip(at.bands + side, -FARTHEST, FARTHEST).astype(np.float32)
    return msgspec.structs.replace(at, bands=bands)


def _mixture(names: list[str], weights: NDArray[np.float64]) -> Blend:
    """Voices with weights that sum to 1, each within ±1.8."""
    for _ in range(8):
        weights = np.clip(weights + (1 - weights.sum()) / len(weights), -HEAVIEST, HEAVIEST)
    return tuple((name, round(float(weight), 4)) for name, weight in zip(names, weights, strict=True))


def _bumps() -> Floats:
    """(BANDS, 601) float32: raised cosines evenly on the ERB axis that add up to 1, the outer ones held to the ends."""
    erbs = erb_of(FREQUENCIES)
    centres = np.linspace(3.0, erb_of(np.array([float(TOP_HZ)]))[0], BANDS)
    away = (erbs - centres[:, None]) / (centres[1] - centres[0])
    bumps = np.where(np.abs(away) < 1, 0.5 + 0.5 * np.cos(np.pi * away), 0)
    bumps[0, erbs < centres[0]] = 1
    bumps[-1, erbs > centres[-1]] = 1
    return bumps.astype(np.float32)
