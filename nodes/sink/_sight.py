"""Sight: what the nodes of the eyes have told, by stream time: what is to be seen in the picture at a moment. Pure.

What is told of single pictures (faces, hands) holds until the next such picture, for `STALE` at most. What is told with
a beginning and an end (gestures, text on the screen, the speaker) holds from one to the other. Words are shown as they
were said, in two lines that roll up, until `QUIET` after the last one; those that come too late for that, when they come.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

import msgspec

from nodes.sink._lines import Atom, atoms, joined, width
from pipeline.clock import Ns, ms, seconds
from pipeline.media import ActiveSpeaker, Face, Faces, Gesture, Hand, Hands, ScreenText, Word
from pipeline.packet import Packet

T = TypeVar("T")

STALE = ms(300)  # a picture that was looked at says nothing of those that come later than this
QUIET = seconds(4)  # captions are taken away so long after the last word
COLUMNS, LINES = 42, 2


class Scene(msgspec.Struct, frozen=True):
    """What is to be seen in one picture."""

    faces: tuple[Face, ...] = ()
    speaker: int | None = None  # `id` of the face that speaks
    hands: tuple[Hand, ...] = ()
    gestures: tuple[Gesture, ...] = ()
    texts: tuple[ScreenText, ...] = ()
    captions: tuple[str, ...] = ()  # lines


class _Latest(Generic[T]):
    """Things with the times from which they hold, in order; those before the one asked for are forgotten."""

    def __init__(self) -> None:
        self._told: deque[tuple[Ns, T]] = deque()

    def tell(self, at: Ns, thing: T) -> None:
        self._told.append((at, thing))

    def at(self, when: Ns) -> tuple[Ns, T] | None:
        while len(self._told) > 1 and self._told[1][0] <= when:
            self._told.popleft()
        return self._told[0] if self._told and self._told[0][0] <= when else None


class Sight:
    """Takes packets of the eyes in any order of their kinds; answers for moments that never go back."""

    def __init__(self) -> None:
        self._faces = _Latest[tuple[Face, ...]]()
        self._hands = _Latest[tuple[Hand, ...]]()
        self._speaker = _Latest[int | None]()
        self._gestures: dict[tuple[str, str, Ns], Gesture] = {}
        self._texts: dict[int, ScreenText] = {}
        self._words = RollingCaptions()

    def see(self, packet: Packet[Any]) -> None:
        """Take what was told."""
        told = packet.payload
        if isinstance(told, Faces):
            self._faces.tell(packet.start, told.faces)
        elif isinstance(told, Hands):
            self._hands.tell(packet.start, told.hands)
        elif isinstance(told, ActiveSpeaker):
            self._speaker.tell(packet.start, told.face)
        elif isinstance(told, Gesture):
            self._gestures[told.name, told.by, told.start] = told
        elif isinstance(told, ScreenText):
            self._texts[told.id] = told

    def say(self, words: tuple[Word, ...], at: Ns | None) -> None:
        """Take words of the captions, at their own times or all from `at` on."""
        self._words.say(words, at)

    def at(self, when: Ns) -> Scene:
        """What is to be seen at stream time `when`."""
        self._gestures = {key: told for key, told in self._gestures.items() if not _past(told, when)}
        self._texts = {id: told for id, told in self._texts.items() if not _past(told, when)}
        faces, hands, speaker = self._faces.at(when), self._hands.at(when), self._speaker.at(when)
        return Scene(
            faces[1] if faces and when - faces[0] <= STALE else (),
            speaker[1] if speaker else None,
            hands[1] if hands and when - hands[0] <= STALE else (),
            tuple(told for told in self._gestures.values() if told.start <= when),
            tuple(told for told in self._texts.values() if told.start <= when),
            self._words.at(when),
        )


def _past(told: Gesture | ScreenText, when: Ns) -> bool:
    return told.over and told.end < when


class RollingCaptions:
    """Words in lines that fill up and roll, as live captions do."""

    def __init__(self) -> None:
        self._coming: deque[tuple[Ns, Ns, Atom]] = deque()  # from, last said, the piece
        self._lines: list[str] = []
        self._until: Ns = 0
        self._now: Ns = 0  # of the last picture

    def say(self, words: tuple[Word, ...], at: Ns | None) -> None:
        """Take words, at their own times or all from `at` on."""
        for word in words:
            start, end = (word.start, word.end) if at is None else (at, at)
            start = max(start, self._now)
            self._coming.extend((start, end, piece) for piece in atoms(word.text, word.glue, COLUMNS))

    def at(self, when: Ns) -> tuple[str, ...]:
        """The lines at stream time `when`."""
        self._now = when
        while self._coming and self._coming[0][0] <= when:
            start, end, piece = self._coming.popleft()
            if start - self._until > QUIET:
                self._lines = []
            self._add(piece)
            self._until = max(self._until, end, start)
        return tuple(self._lines) if when - self._until <= QUIET else ()

    def _add(self, piece: Atom) -> None:
        longer = joined([Atom(self._lines[-1]), piece]) if self._lines else piece.text
        if self._lines and width(longer) <= COLUMNS:
            self._lines[-1] = longer
        else:
            self._lines = [*self._lines, piece.text][-LINES:]
