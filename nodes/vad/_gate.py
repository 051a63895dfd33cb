"""Gate: when lips have a say in whether what is heard is speech of the one who is seen. Pure.

Decides: whether a window of sound that the ear takes for speech is let through. Knows nothing of pictures or networks;
counts stream time only.

A mouth that is seen vetoes sound only in a *busy* room, and only when four things are so: for some seconds nearly all
sound was taken for speech (`_MUCH` of `_LATELY`); there was sound while the mouth was shut, for longer than a mouth
rests within a word (`_ODD` of `_WHILE`); the mouth itself spoke a while ago (`_SPOKE` of `_WHILE`), for if not,
the one who speaks is not in the picture; and the mouth goes with the sound, for if not, it is a dubbed film, or pictures
under the voice of a narrator (`_TOGETHER`: over half a minute their correlation is 0.3 to 0.4 beside a voice as loud, and
0.12 at most where they have nothing to do with each other). In a quiet room none of this comes together, so lips change nothing there.
"""

from __future__ import annotations

from collections import deque
from typing import Literal, TypeAlias

from nodes.vad._correlation import Correlation
from pipeline.clock import Ns, ms, seconds

When: TypeAlias = Literal["busy", "always", "never"]

_LATELY, _MUCH = seconds(5), 0.6
_WHILE, _ODD, _SPOKE = seconds(10), ms(300), ms(300)
_REST = ms(300)  # how long a mouth may rest within speech
_COMPARED, _ENOUGH, _TOGETHER = seconds(12), seconds(2), 0.15


class Tally:
    """How long something was so within the last `span` of stream time."""

    def __init__(self, span: Ns) -> None:
        self._span = span
        self._so: deque[tuple[Ns, Ns]] = deque()  # start and end of each stretch in which it was so
        self.total: Ns = 0

    def add(self, start: Ns, end: Ns, so: bool) -> None:
        """Count a window; windows come in order."""
        if so:
            self._so.append((start, end))
            self.total += end - start
        while self._so and self._so[0][1] <= end - self._span:
            gone = self._so.popleft()
            self.total -= gone[1] - gone[0]


class Gate:
    """Lets sound through, or not, window after window. `lips` is the activity from which a mouth counts as speaking."""

    def __init__(self, when: When, lips: float) -> None:
        self._when = when
        self._lips = lips
        self._heard = Tally(_LATELY)
        self._known = Tally(_LATELY)
        self._odd = Tally(_WHILE)
        self._spoke = Tally(_WHILE)
        self._compared = Tally(_COMPARED)
        self._together = Correlation(_COMPARED)
        self._opened: Ns | None = None  # end of the last window in which the mouth spoke

    def admits(self, start: Ns, end: Ns, heard: bool, mouth: float | None, loud: float | None) -> bool:
        """Whether sound in this window may count as speech.

        heard: whether the ear takes it for speech; mouth: activity of the mouth that is seen, 0 to 1, None where none
        is seen well enough; loud: how loud it is, on any scale of equal steps, None where that is not known.
        """
        if mouth is not None and loud is not None:
            self._compared.add(start, end, True)
            self._together.add(end, mouth, loud)
        speaks = mouth is not None and mouth > self._lips
        if speaks:
            self._opened = end
        rests = self._opened is not None and end - self._opened <= _REST
        self._heard.add(start, end, heard)
        self._known.add(start, end, True)
        self._odd.add(start, end, heard and mouth is not None and not rests)
        self._spoke.add(start, end, heard and speaks)
        return mouth is None or speaks or not self._asked(compared=loud is not None)

    def _asked(self, *, compared: bool) -> bool:
        """Whether lips have a say just now."""
        if self._when != "busy":
            return self._when == "always"
        much = self._heard.total > _MUCH * self._known.total
        if not (much and self._odd.total > _ODD and self._spoke.total > _SPOKE):
            return False
        return not compared or (self._compared.total > _ENOUGH and self._together.value > _TOGETHER)
