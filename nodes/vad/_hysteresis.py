"""Hysteresis: from a probability per window to stretches of speech.

Decides: when somebody begins and stops to speak. Knows nothing of sound; counts stream time only.

    silent    ── probability ≥ threshold ──▶  rising     speech may have begun
    rising    ── below release ───────────▶  silent     it was too short: a click, a cough
    rising    ── lasted min_speech ───────▶  speaking
    speaking  ── below release ───────────▶  hanging    a breath, or the end
    hanging   ── probability ≥ threshold ──▶  speaking
    hanging   ── lasted hang ─────────────▶  silent     a stretch: [began rising, began hanging)

A stretch is told when it is over; the hang is not part of it.
"""

from __future__ import annotations

import msgspec

from pipeline.clock import Ns, ms


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of speech."""

    start: Ns
    end: Ns
    mean_probability: float  # over the windows of the stretch, 0 to 1


class Hysteresis:
    """The state machine of the head of this file; windows are given in order, without gaps between them."""

    def __init__(self, threshold: float, release: float, min_speech_ms: float, hang_ms: float) -> None:
        self._threshold = threshold
        self._release = release
        self._min_speech = ms(min_speech_ms)
        self._hang = ms(hang_ms)
        self._until: Ns = 0  # end of the last window
        self._began: Ns | None = None  # start of what is rising, spoken or hanging
        self._sure = False  # past `rising`
        self._quiet: Ns | None = None  # since when it hangs
        self._voiced: list[float] = []  # probabilities of the stretch so far
        self._doubtful: list[float] = []  # those of the hang, which count if speech goes on

    def hear(self, start: Ns, end: Ns, probability: float) -> Stretch | None:
        """Take the next window; the stretch that is over with it, if one is."""
        self._until = end
        if self._began is None:
            if probability < self._threshold:
                return None
            self._began = start
        self._note(start, probability)
        if not self._sure:
            self._rise(end)
        elif self._quiet is not None and end - self._quiet >= self._hang:
            return self.stop()
        return None

    def _note(self, start: Ns, probability: float) -> None:
        """Count the window as voice or as quiet; between the two thresholds it stays what it was."""
        voice = probability >= (self._release if self._quiet is None else self._threshold)
        if voice:
            self._voiced += [*self._doubtful, probability]
            self._doubtful, self._quiet = [], None
        else:
            self._doubtful.append(probability)
            self._quiet = start if self._quiet is None else self._quiet

    def _rise(self, end: Ns) -> None:
        assert self._began is not None
        if self._quiet is not None:
            self._forget()
        elif end - self._began >= self._min_speech:
            self._sure = True

    def stop(self) -> Stretch | None:
        """The stream ends or breaks off: the stretch that was going on, if there was one."""
        stretch = None
        if self._sure and self._began is not None:
            end = self._quiet if self._quiet is not None else self._until
            stretch = Stretch(self._began, end, sum(self._voiced) / len(self._voiced))
        self._forget()
        return stretch

    def _forget(self) -> None:
        self._began, self._sure, self._quiet = None, False, None
        self._voiced, self._doubtful = [], []

    @property
    def speaking(self) -> bool:
        """Somebody speaks, or paused a moment ago."""
        return self._sure

    @property
    def held_since(self) -> Ns | None:
        """Start of the stretch that is going on or may have begun."""
        return self._began
