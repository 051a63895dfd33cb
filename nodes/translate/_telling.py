"""What a service tells, as payloads with times. Pure: the times are those of the sound that it was given.

Services say no times of words, so words stand between those told before them and the sound that had been sent when
they came, and nothing further back than `REACH`. Their delay cannot be read off these times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from nodes.translate._fragments import Fragments, Piece
from pipeline.clock import Ns, ms, sample_time, seconds
from pipeline.media import Samples, Speech, Text, Word

REACH = seconds(30)
SETTLE = ms(800)  # of sound without another fragment, after which the last word is whole
SPOKEN_HZ = 24_000  # rate of the speech that services give

Side: TypeAlias = Literal["transcript", "translation"]


class Grew(msgspec.Struct, frozen=True):
    """A text grew. `tentative`: how it may go on; `over`: nothing more comes of this item."""

    side: Side
    fragment: str
    item: str = ""  # the stretch of speech that it belongs to, where a service has those
    tentative: str = ""
    over: bool = False
    lang: str = ""


class Spoke(msgspec.Struct, frozen=True, eq=False):
    """A piece of speech."""

    samples: Samples  # (n,) float32 at SPOKEN_HZ, full scale ±1.0


class Complained(msgspec.Struct, frozen=True):
    """The service refused something. `ours`: it would refuse that again."""

    message: str
    ours: bool


Told: TypeAlias = Grew | Spoke | Complained


class Out(msgspec.Struct, frozen=True):
    """What a node is to yield: for which output, and its span."""

    port: str
    payload: Text | Speech
    start: Ns
    end: Ns

    @property
    def final(self) -> bool:
        """Whether it says something that is not taken back."""
        return isinstance(self.payload, Speech) or bool(self.payload.committed)


class Telling:
    """See the head of this file. `to` is the language of the translation, BCP 47."""

    def __init__(self, to: str) -> None:
        self._to = to
        self._at: Ns = 0  # up to here sound was given
        self._left: Ns = 0  # when the last of it came, by the clock of the run
        self._told: dict[str, Ns] = {"transcript": 0, "translation": 0, "speech": 0}
        self._texts: dict[tuple[Side, str], Fragments] = {}  # by side and item
        self._grown: dict[Side, Ns] = {}  # when a text grew last
        self._plays_until: Ns = 0

    @property
    def held_since(self) -> Ns:
        """Nothing that is still to come starts before this."""
        return max(min(self._told.values()), self._at - REACH)

    def given(self, at: Ns, left: Ns) -> None:
        """Sound was given up to `at`; it had left its node at `left`."""
        self._at, self._left = at, left

    def grown(self, grew: Grew) -> Iterator[Out]:
        """A text grew."""
        lang = grew.lang or self._lang(grew.side)
        key = grew.side, grew.item
        fragments = self._texts.setdefault(key, Fragments(lang))
        words = fragments.add(grew.fragment)
        tentative = f"{fragments.tail}{grew.tentative}".strip()
        if grew.over:
            words, tentative = words + fragments.end(), ""
            del self._texts[key]
        self._grown[grew.side] = self._at
        if words or tentative or grew.over:
            yield self._text(grew.side, words, Text((), tentative, lang, "pause" if grew.over else ""))

    def settled(self) -> Iterator[Out]:
        """Last words to which nothing was added for a while."""
        for (side, _), fragments in self._texts.items():
            if fragments.tail and self._at - self._grown[side] >= SETTLE:
                yield self._text(side, fragments.end(), Text((), "", self._lang(side)))

    def ended(self) -> Iterator[Out]:
        """No text goes on."""
        for side, item in list(self._texts):
            yield from self.grown(Grew(side, "", item, over=True))

    def spoken(self, samples: Samples) -> Out:
        """A piece of speech, to be played after the one before it."""
        start, end = self._span("speech", told=True)
        plays_at = max(self._left, self._at, self._plays_until)
        self._plays_until = plays_at + sample_time(len(samples), SPOKEN_HZ)
        return Out("speech", Speech(samples, SPOKEN_HZ, "", self._to, plays_at), start, end)

    def _lang(self, side: Side) -> str:
        return self._to if side == "translation" else ""

    def _text(self, side: Side, pieces: list[Piece], text: Text) -> Out:
        start, end = self._span(side, told=bool(pieces))
        share = (end - start) // max(1, len(pieces))
        words = tuple(
            Word(word, start + number * share, start + (number + 1) * share, glue)
            for number, (word, glue) in enumerate(pieces)
        )
        return Out(side, msgspec.structs.replace(text, committed=words), start, end)

    def _span(self, port: str, *, told: bool) -> tuple[Ns, Ns]:
        start = max(self._told[port], self._at - REACH)
        if told:
            self._told[port] = self._at
        return start, self._at
