"""How a speaker speaks over the last seconds of talk, and the voice beside them; what follows for the next piece. Pure.

All figures are means that fade: what lies `memory_s` of talk back counts 1/e of what is said now.
"""

from __future__ import annotations

import math

_PRIOR_S = 3.0  # talk at the voice's own pace that stands for nothing heard yet
_OWN = 0.5  # share of the piece's own span in how wide the melody is to be


class Mean:
    """A mean that fades."""

    def __init__(self) -> None:
        self._sum = self._weight = 0.0

    def add(self, value: float | None, weight: float, kept: float) -> None:
        """Take a value in; what was before counts `kept` of what it did. None only fades."""
        self._sum, self._weight = self._sum * kept, self._weight * kept
        if value is not None:
            self._sum, self._weight = self._sum + weight * value, self._weight + weight

    @property
    def value(self) -> float | None:
        """The mean; None before the first value."""
        return self._sum / self._weight if self._weight > 1e-9 else None


class Habits:
    """The speaker and the voice, side by side."""

    def __init__(self, memory_s: float) -> None:
        self._memory_s = memory_s
        self._loudness, self._spread, self._voice = Mean(), Mean(), Mean()
        self._source_s = self._voice_s = 0.0  # talk, fading
        self._voice_lufs = Mean()

    def take(
        self,
        source_s: float,
        voice_s: float,
        lufs: float | None,
        spread: float | None,
        voice_spread: float | None,
    ) -> None:
        """A piece: talk of its source, its own talk at stock pace, and what was measured of both."""
        kept = math.exp(-source_s / self._memory_s)
        self._loudness.add(lufs, source_s, kept)
        self._spread.add(spread, source_s, kept)
        self._voice.add(voice_spread, source_s, kept)
        self._source_s = self._source_s * kept + source_s
        self._voice_s = self._voice_s * kept + voice_s

    def hear_voice(self, lufs: float | None, length_s: float) -> None:
        """A bit of what the voice says, as loud as the engine made it."""
        self._voice_lufs.add(lufs, length_s, math.exp(-length_s / self._memory_s))

    @property
    def voice_lufs(self) -> float | None:
        """How loud the engine's voice is, bit by bit; None before the first."""
        return self._voice_lufs.value

    def pace(self) -> float:
        """Times its own pace at which the voice talks for as long as the speaker does."""
        return (self._voice_s + _PRIOR_S) / (self._source_s + _PRIOR_S)

    def loudness(self, lufs: float | None, energy: float) -> float | None:
        """LUFS for a piece: the speaker's usual loudness, and `energy` of how far its source is off it."""
        usual = self._loudness.value
        return usual if usual is None or lufs is None else usual + energy * (lufs - usual)

    def melody(self, spread: float | None) -> float | None:
        """Times the voice's own width of melody that is the speaker's; None where either is not known."""
        usual, voice = self._spread.value, self._voice.value
        if usual is None or not voice:
            return None
        return (usual if spread is None else _OWN * spread + (1 - _OWN) * usual) / voice
