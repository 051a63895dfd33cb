"""Gestures between the words of a caption. Pure.

Decides: where in a growing text a gesture stands: before the first word that was said after it began. Text comes
later than what a camera sees, so a gesture waits until the text has passed it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nodes.sink._gestures import label
from pipeline.clock import Ns
from pipeline.media import Gesture, ScreenText, Word


class Marks:
    """Gestures that are still to be written, and the text on the screen that they may point at."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Gesture, tuple[ScreenText, ...]]] = []
        self._lines: dict[int, ScreenText] = {}

    def show(self, line: ScreenText) -> None:
        """A line has come to the screen, or gone."""
        if line.over:
            self._lines.pop(line.id, None)
        else:
            self._lines[line.id] = line

    def make(self, gesture: Gesture) -> None:
        """Somebody makes a gesture; its end is not written."""
        if not gesture.over:
            self._waiting.append((gesture, tuple(self._lines.values())))
            self._waiting.sort(key=lambda pair: pair[0].start)

    def between(self, words: Sequence[Word], lang: str) -> tuple[Word, ...]:
        """Words with the gestures that began before them, each in its place."""
        found: list[Word] = []
        for word in words:
            found += [*self.until(word.start, lang), word]
        return tuple(found)

    def until(self, at: Ns | None, lang: str) -> tuple[Word, ...]:
        """The gestures that began up to a stream time, or all, as words in `lang` (BCP 47)."""
        count = sum(at is None or gesture.start <= at for gesture, _ in self._waiting)
        due, self._waiting = self._waiting[:count], self._waiting[count:]
        return tuple(Word(label(gesture, lang, lines), gesture.start, gesture.end) for gesture, lines in due)
