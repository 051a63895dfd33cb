"""Lag: how late each word came out, and which part of the way took how long.

A word's delay is the time from its end in the source to the moment at which the packet that commits it left its
node (for speech: started to play). The packet's own delay counts from the end of its last word; that an earlier
word waits for the rest of its packet is the decider's doing where there is one, else the recogniser's. So for
every word the parts add up to the whole.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from pipeline.clock import SECOND, Ns
from pipeline.media import Speech, Text, Word
from pipeline.packet import PARTS, Delay, Packet


def played_at(packet: Packet[Speech]) -> Ns:
    """Stream time at which a piece of speech starts to play: not before it is there."""
    return max(packet.payload.plays_at, packet.left)


def word_delays(packet: Packet[Any]) -> list[tuple[Word, Delay]]:
    """Each committed word of a packet with its delay."""
    payload = packet.payload
    if isinstance(payload, Text):
        words, waits = payload.committed, 0
    elif isinstance(payload, Speech):
        words, waits = payload.words, played_at(packet) - packet.left
    else:
        return []
    whole = packet.delay()
    decided = whole.deciding > 0
    found = []
    for word in words:
        early = packet.end - word.end
        found.append(
            (
                word,
                Delay(
                    hearing=whole.hearing + (0 if decided else early),
                    deciding=whole.deciding + (early if decided else 0),
                    translating=whole.translating,
                    speaking=whole.speaking,
                    queueing=whole.queueing + waits,
                ),
            )
        )
    return found


class LagLog:
    """Delays of all committed words of a run, by output; some 50 bytes a word."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[array[int], ...]] = {}

    def note(self, node: str, port: str, packet: Packet[Any]) -> None:
        """Add the words that a packet commits."""
        delays = word_delays(packet)
        if not delays:
            return
        columns = self._columns.setdefault(f"{node}.{port}", tuple(array("q") for _ in PARTS))
        for _, delay in delays:
            for column, part in zip(columns, PARTS, strict=True):
                column.append(getattr(delay, part))

    def summary(self) -> dict[str, dict[str, dict[str, float]]]:
        """Output to part (and `total`) to seconds: mean, p50, p95. Means add up; quantiles need not."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for output, columns in self._columns.items():
            totals = [sum(row) for row in zip(*columns, strict=True)]
            found[output] = {"total": _spread(totals)}
            found[output].update({part: _spread(column) for part, column in zip(PARTS, columns, strict=True)})
        return found


def _spread(values: Sequence[int]) -> dict[str, float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "mean": sum(ordered) / len(ordered) / SECOND,
        "p50": ordered[round(0.5 * last)] / SECOND,
        "p95": ordered[round(0.95 * last)] / SECOND,
        "words": len(ordered),
    }
