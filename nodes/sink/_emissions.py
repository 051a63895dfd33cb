"""The units of a translation and when each came: what the field's latency scores are computed from. Pure.

A unit is a word between spaces (or a character). A word made of several pieces counts as come with its last piece.
Two times each: the source that had been heard by then (computation unaware), and the run's clock (computation
aware). Heard is what the packet says; outside a run, where none does, the largest end so far, which is a lower bound.
In a run that is faster than life the clock says nothing, and the first stands for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from pipeline.clock import Ns
from pipeline.media import Text, Word
from pipeline.packet import Packet

Unit: TypeAlias = Literal["word", "char"]


class Emission(msgspec.Struct):
    """A unit and its times."""

    text: str
    heard: Ns
    clock: Ns


class Emissions:
    """All units of one recording, as they come."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._heard: Ns = 0
        self.units: list[Emission] = []
        self.source_end: Ns = 0  # largest end seen

    def add(self, packet: Packet[Text]) -> None:
        """Take the committed words of a packet."""
        self._heard = max(self._heard, packet.heard, packet.end)
        self.source_end = max(self.source_end, self._heard)
        clock = max(self._heard, packet.left)
        for piece, glue in pieces(packet.payload.committed):
            if self._unit == "char":
                text = piece if glue or not self.units else f" {piece}"
                self.units += [Emission(character, self._heard, clock) for character in text]
            elif glue and self.units:
                last = self.units[-1]
                self.units[-1] = Emission(last.text + piece, self._heard, clock)
            else:
                self.units.append(Emission(piece, self._heard, clock))

    @property
    def prediction(self) -> str:
        """The whole translation; its units are those of `units`, one for one."""
        return ("" if self._unit == "char" else " ").join(unit.text for unit in self.units)


def pieces(words: Iterable[Word]) -> list[tuple[str, bool]]:
    """Words as pieces without spaces, and whether each follows the one before it without a space."""
    return [
        (piece, word.glue and index == 0) for word in words for index, piece in enumerate(word.text.split())
    ]


def to_ms(at: Ns) -> float:
    """Nanoseconds as milliseconds, to the microsecond."""
    return round(at / 1_000_000, 3)
