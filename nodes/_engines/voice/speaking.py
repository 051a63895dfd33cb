"""An engine that speaks like whoever is heard: which timbre a piece is spoken with, and what if it fails.

Decides: timbres are kept by speaker and looked up when a piece begins, so a voice never changes within one; the speaker
of a text is the one who was heard when it began, by the last turn up to then, or the one whose timbre came last. A piece
whose sound is not whole is spoken with the stock voice instead, and the log says why. Waits for nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from nodes._engines.voice.guard import fault
from pipeline.clock import Ns
from pipeline.media import Samples, Timbre, VoiceTurn
from pipeline.packet import Packet

Say: TypeAlias = Callable[[Timbre | None], Samples]  # a text that is known; None: in the stock voice

KEPT = 64  # turns that a text may reach back to

log = logging.getLogger(__name__)


class Likeness:
    """The timbres that one node was told, by speaker."""

    def __init__(self, name: str) -> None:
        """`name`: the node; timbres for others are passed over."""
        self._name = name
        self._timbres: dict[int, Timbre] = {}
        self._last = 0  # speaker whose timbre came last
        self._turns: list[VoiceTurn] = []

    def told(self, timbre: Packet[Timbre] | None, turn: Packet[VoiceTurn] | None) -> None:
        """Take what came on the inputs of the node, if anything did."""
        if timbre is not None:
            self.take(timbre.payload)
        if turn is not None:
            self.turn(turn.payload)

    def take(self, timbre: Timbre) -> None:
        """Speak like this from the next piece on."""
        if timbre.engine != self._name:
            log.warning("%s: passed over a timbre that is made for %r", self._name, timbre.engine)
            return
        if timbre.reason:
            log.info("%s: speaker %d, %s: %s", self._name, timbre.speaker, timbre.stage, timbre.reason)
        self._timbres[timbre.speaker] = timbre
        self._last = timbre.speaker

    def turn(self, turn: VoiceTurn) -> None:
        """Somebody else is heard from here on."""
        self._turns = [*self._turns[1 - KEPT :], turn]

    def at(self, start: Ns) -> Timbre | None:
        """The timbre for what was said from `start` on; None: the stock voice."""
        heard = [turn.speaker for turn in self._turns if turn.since <= start]
        return self._timbres.get(heard[-1] if heard else self._last)


def rendered(name: str, rate_hz: int, text: str, timbre: Timbre | None, say: Say) -> Samples:
    """A piece with a timbre, or as the stock voice says it where that fails; (n,) float32. `name`: the node, for the log."""
    samples = say(timbre)
    if timbre is None or not timbre.strength or not (wrong := fault(samples, rate_hz)):
        return samples
    log.warning("%s: the imitation of %r is %s; spoken with the stock voice", name, text, wrong)
    return say(None)
