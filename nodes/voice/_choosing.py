"""Choosing: of all that one speaker said, the stretch by which the voice is to be known.

Decides: which pieces are kept, when a profile is worth making, and when a new one is better than the last. A profile is
made at four lengths: when there is enough for any, half-way to a good one, enough for a good one, and as much as helps;
after that only where the sound became much cleaner. Memory is what is kept of each speaker: `max_s` of sound.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np

from pipeline.media import Samples

RATE_HZ = 16_000
GOOD = 3  # lengths up to that of a good one
CLEANER_DB = 6.0  # by which sound of the same length must be cleaner to be taken instead


class Wanted(msgspec.Struct, frozen=True):
    """Seconds of one speaker's sound."""

    min_s: float
    good_s: float
    max_s: float


class _Piece(msgspec.Struct, eq=False):
    """Sound without a break."""

    samples: Samples  # (n,) float32, 16 kHz
    snr_db: float
    order: int


class Collected:
    """The cleanest sound of one speaker so far. `snr_of` gives decibels of samples at a rate."""

    def __init__(self, wanted: Wanted, snr_of: Callable[[Samples, int], float]) -> None:
        half_way = math.sqrt(wanted.min_s * wanted.good_s)
        self._steps = (wanted.min_s, half_way, wanted.good_s, wanted.max_s)
        self._snr_of = snr_of
        self._pieces: list[_Piece] = []
        self._made = 0  # steps that the last profile has reached; 0: there is none
        self._made_db = 0.0
        self._order = 0

    def add(self, samples: Samples, joins: bool) -> None:
        """More of this speaker; `joins`: it follows what was added last without a break."""
        last = max(self._pieces, key=lambda piece: piece.order, default=None)
        if (
            joins
            and last is not None
            and last.order == self._order
            and len(last.samples) < RATE_HZ * self._steps[0]
        ):
            last.samples = np.concatenate([last.samples, samples])
        else:
            self._order += 1
            last = _Piece(samples, 0.0, self._order)
            self._pieces.append(last)
        last.snr_db = self._snr_of(last.samples, RATE_HZ)
        self._drop()

    def _drop(self) -> None:
        """Let the least clean pieces go, but for the newest, as long as enough is left."""
        while len(self._pieces) > 1:
            worst = min(self._pieces[:-1], key=lambda piece: piece.snr_db)
            if self.seconds - len(worst.samples) / RATE_HZ < self._steps[-1]:
                return
            self._pieces.remove(worst)

    @property
    def seconds(self) -> float:
        """Of sound that is kept."""
        return sum(len(piece.samples) for piece in self._pieces) / RATE_HZ

    @property
    def finished(self) -> bool:
        """Whether the last profile rests on enough for a good one."""
        return self._made >= GOOD

    def better(self) -> Samples | None:
        """The sound for a profile that is better than the last, (n,) float32; None where there is none."""
        reached = sum(self.seconds >= step for step in self._steps)
        grown = reached > self._made
        cleaner = reached and reached == self._made and self._snr_db() >= self._made_db + CLEANER_DB
        if not (grown or cleaner):
            return None
        return np.concatenate([piece.samples for piece in self._pieces])

    def taken(self) -> None:
        """A profile was made of what `better` gave."""
        self._made = sum(self.seconds >= step for step in self._steps)
        self._made_db = self._snr_db()

    def refused(self) -> None:
        """What `better` gave did not fit: begin anew, for nobody knows which part of it is at fault."""
        self._pieces.clear()

    def _snr_db(self) -> float:
        """Of all that is kept, each piece by its length."""
        lengths = [len(piece.samples) for piece in self._pieces]
        return float(np.average([piece.snr_db for piece in self._pieces], weights=lengths))
