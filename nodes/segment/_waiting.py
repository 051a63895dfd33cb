"""Waiting: the committed words that are not told yet, and the spans under which they will be.

Decides: which stream time a unit gets, so that starts never go back on the output and `held_since` is kept. Knows
nothing of why a unit is cut. Shared by the nodes of this folder.
"""

from __future__ import annotations

import msgspec

from pipeline.clock import FOREVER, Ns
from pipeline.media import Text, Word, join_words
from pipeline.packet import Packet

UNSPACED = ("ja", "km", "lo", "my", "th", "yue", "zh")  # languages written without spaces between words


class Told(msgspec.Struct, frozen=True):
    """A step of the output with its span."""

    text: Text
    start: Ns
    end: Ns


class Waiting:
    """The words that wait, what was heard, and what was told last."""

    def __init__(self, lang: str = "") -> None:
        self.words: list[Word] = []
        self.tail = ""  # the recogniser's tentative words behind them
        self.lang = lang
        self.heard: Ns = -FOREVER  # end of what the recogniser has spoken of
        self._fixed_lang = bool(lang)
        self._starts: list[Ns] = []  # of each word, as it will be told
        self._floor: Ns = -FOREVER  # start that was told or heard last
        self._end: Ns = 0  # end of the last packet
        self._shown = ""

    def hear(self, packet: Packet[Text]) -> None:
        """Add what a packet says."""
        step = packet.payload
        self._floor = max(self._floor, packet.start)
        for word in step.committed:
            at = max(word.start, self._starts[-1] if self._starts else self._floor)
            self.words.append(word)
            self._starts.append(at)
        self.tail = step.tentative
        self._end = packet.end
        self.heard = max(self.heard, packet.end)
        if step.lang and not self._fixed_lang:
            self.lang = step.lang

    @property
    def held_since(self) -> Ns | None:
        """Start under which the first waiting word will be told."""
        return self._starts[0] if self._starts else None

    @property
    def tentative(self) -> str:
        """All that is not told as committed: the waiting words and the tail."""
        between = "" if self.lang.partition("-")[0] in UNSPACED else " "
        return between.join(part for part in (join_words(self.words), self.tail) if part)

    def take(self, count: int, reason: str, ends: str) -> Told:
        """Tell the first `count` words as a unit."""
        words, start = tuple(self.words[:count]), self._starts[0]
        self._floor = max(self._floor, start)
        del self.words[:count], self._starts[:count]
        end = max(start, *(word.end for word in words))
        self._shown = self.tentative
        return Told(Text(words, self._shown, self.lang, ends, reason), start, end)

    def show(self, ends: str = "") -> Told | None:
        """Tell what waits, and that something ends; None where that is no news."""
        if self.tentative == self._shown and not ends:
            return None
        self._shown = self.tentative
        start = self._starts[0] if self._starts else self._floor
        return Told(Text((), self._shown, self.lang, ends, ends), start, max(start, self._end))
