"""Telling speakers apart by their embeddings, one window of 1.6 s after another, without knowing how many there are.

Decides: whose a window is, when a window is nobody's, and when somebody new has come. A window that holds two voices is
like neither, so it is nobody's rather than the nearest one's. A new speaker takes two windows that are like one another
and like nobody known; the figures are those at which two utterances of one recording, and of two speakers, differ.
Ids count from 1 and are never given up: who comes back is known again.
"""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.media import Floats

SAME = 0.68  # cosine of a window and what is known of its speaker, at least
NEW = 0.64  # cosine of two windows of somebody new and what is known of others, at most
AGREE = 0.62  # cosine of two windows of somebody new, at least
MOST = 60  # windows, a minute or so, after which a new one counts no less


class Whose(msgspec.Struct, frozen=True):
    """Whose voice a window is."""

    speaker: int | None  # None: nobody's, or nobody's yet
    similarity: float = 0.0  # cosine of the window and what is known of that speaker
    before: bool = False  # so was the window before it, which was nobody's until now


class Speakers:
    """Who was heard so far."""

    def __init__(self) -> None:
        self._sums: list[Floats] = []  # of each speaker, (256,) float32: sum of the windows
        self._counts: list[int] = []
        self._odd: Floats | None = None  # the window before, where it was nobody's

    def hear(self, window: Floats) -> Whose:
        """Whose a window is; `window`: its embedding, (256,) float32 of unit length."""
        nearest, similarity = self._nearest(window)
        if nearest is not None and similarity >= SAME:
            self._odd = None
            self._learn(nearest, window)
            return Whose(nearest, similarity)
        odd, self._odd = self._odd, window
        return Whose(None) if odd is None else self._of_two(odd, window)

    def _of_two(self, odd: Floats, window: Floats) -> Whose:
        """Whose two windows are that are nobody's when each is looked at alone."""
        agree = float(odd @ window)
        if agree < AGREE:
            return Whose(None)
        both = _unit(odd + window)
        nearest, similarity = self._nearest(both)
        if nearest is None or similarity <= NEW:
            nearest, similarity = self._add(), agree
        elif similarity < SAME:
            return Whose(None)
        self._odd = None
        self._learn(nearest, odd)
        self._learn(nearest, window)
        return Whose(nearest, similarity, before=True)

    def _nearest(self, window: Floats) -> tuple[int | None, float]:
        alike = [float(_unit(known) @ window) for known in self._sums]
        if not alike:
            return None, 0.0
        best = int(np.argmax(alike))
        return best + 1, alike[best]

    def _add(self) -> int:
        self._sums.append(np.zeros(256, np.float32))
        self._counts.append(0)
        return len(self._sums)

    def _learn(self, speaker: int, window: Floats) -> None:
        count = self._counts[speaker - 1] + 1
        share = np.float32((MOST - 1) / MOST if count > MOST else 1)
        self._sums[speaker - 1] = self._sums[speaker - 1] * share + window
        self._counts[speaker - 1] = count


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), np.float32)
