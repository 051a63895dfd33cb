"""Turns: which stretch of speech each word belongs to, and when all of it has been told. Pure; waits for nothing.

Interpretation knows no turns: text and speech come as a stream. Protocols ask for them. So a turn here is only a way to
file what comes: voice activity (or the client) says where turns begin and end, the middle of a packet's span says where
it belongs, and the settling of the graph (progress.py) says when a turn is complete.

    open      begun; what comes is told at once
    stopped   the speaker paused; words of it still come
    done      settled past its end: nothing more can come, and the next turn's translation may be told

The source text of a turn is told while the one before it is not done; its translation and speech wait for that, so that
translations never interleave. Committed words are never lost: those for which there is no turn open one.
"""

from __future__ import annotations

from collections import deque

import msgspec
from msgspec.structs import replace

from pipeline.clock import Ns, ms
from pipeline.gateway.happenings import (
    Happening,
    Heard,
    Rendered,
    Spoken,
    TurnDone,
    TurnStarted,
    TurnStopped,
)
from pipeline.media import Speech, Text, Word
from pipeline.packet import Packet

ONSET = ms(90)  # shorter sounds are no speech
RELEASE = 0.15  # how much lower the probability is at which speech may be over
LONG = ms(30_000)  # from this length on, a short pause ends a turn
SHORT_PAUSE = ms(200)
LONGEST = ms(60_000)  # a turn of this length ends where it is
SLACK = ms(300)  # words may be placed this much after the voice was last heard


class Voice:
    """Voice activity to the starts and ends of turns."""

    def __init__(self, threshold: float, silence_ms: float) -> None:
        self._since: Ns | None = None  # start of the sound that may be speech
        self._started: Ns | None = None
        self._last: Ns = 0  # end of the voice heard last
        self.change(threshold, silence_ms)

    def change(self, threshold: float, silence_ms: float) -> None:
        """Judge by these from now on."""
        self._threshold = threshold
        self._silence = ms(silence_ms)

    def started(self, start: Ns, end: Ns, probability: float) -> Ns | None:
        """Where a turn began, if it is known now. For windows outside of a turn."""
        if probability < self._threshold:
            self._since = None
            return None
        self._since = start if self._since is None else self._since
        if end - self._since < ONSET:
            return None
        self._started, self._last, self._since = self._since, end, None
        return self._started

    def stopped(self, end: Ns, probability: float) -> Ns | None:
        """Where the turn ended, if it is known now. For windows inside of a turn."""
        if probability >= max(0.02, self._threshold - RELEASE):
            self._last = end
        length = end - (self._started or 0)
        patience = min(self._silence, SHORT_PAUSE) if length > LONG else self._silence
        return self._last if end - self._last >= patience or length > LONGEST else None


class _Turn(msgspec.Struct):
    number: int
    start: Ns
    stop: Ns | None = None
    held: list[Happening] = []  # msgspec gives each turn its own


class Book:
    """Files what comes by turn. `first` is the number of the first turn, `offset` the session's time at the graph's 0."""

    def __init__(self, voice: Voice | None, first: int = 0, offset: Ns = 0) -> None:
        self._voice = voice  # None: the client marks the turns
        self._number = first
        self._offset = offset
        self._open: deque[_Turn] = deque()
        self._settled: Ns = 0
        self._counted: Ns = 0  # sound up to here was counted to a turn

    @property
    def next_number(self) -> int:
        """The number of the turn that would come next."""
        return self._number

    def activity(self, start: Ns, end: Ns, probability: float) -> list[Happening]:
        """A window of voice activity."""
        if self._voice is None:
            return []
        turn = self._open[-1] if self._open else None
        if turn is not None and turn.stop is None:
            stop = self._voice.stopped(end, probability)
            return [] if stop is None else self._stop(turn, stop)
        begun = self._voice.started(start, end, probability)
        return [] if begun is None else self._start(begun)

    def mark(self, start: Ns, end: Ns) -> list[Happening]:
        """The client says that this is a turn."""
        return self._start(start, manual=True) + self._stop(self._open[-1], end)

    def heard(self, packet: Packet[Text]) -> list[Happening]:
        """A step of the source text."""
        turn, begun = self._place(packet, committed=bool(packet.payload.committed))
        if turn is None:
            return begun
        text = packet.payload
        return [*begun, Heard(turn.number, self._moved(text.committed), text.tentative, text.lang)]

    def rendered(self, packet: Packet[Text]) -> list[Happening]:
        """A step of the translation."""
        turn, begun = self._place(packet, committed=bool(packet.payload.committed))
        if turn is None:
            return begun
        text = packet.payload
        step = Rendered(turn.number, self._moved(text.committed), text.tentative, text.lang)
        return begun + self._in_order(turn, step)

    def spoken(self, packet: Packet[Speech]) -> list[Happening]:
        """A piece of speech, at the rate of the gateway."""
        turn, begun = self._place(packet, committed=True)
        assert turn is not None
        return begun + self._in_order(turn, Spoken(turn.number, packet.payload.samples, packet.payload.text))

    def settled(self, until: Ns) -> list[Happening]:
        """Everything that speaks of the time before `until` has come."""
        self._settled = max(self._settled, until)
        return self._close()

    def end(self, at: Ns) -> list[Happening]:
        """Nothing more comes; the graph's time is `at`."""
        told: list[Happening] = []
        for turn in self._open:
            if turn.stop is None:
                told += self._stop(turn, max(at, turn.start))
        self._settled = max([at, self._settled, *(turn.stop or 0 for turn in self._open)]) + SLACK
        return told + self._close()

    def _moved(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Words of the graph's time on the session's."""
        by = self._offset
        return (
            tuple(replace(word, start=word.start + by, end=word.end + by) for word in words) if by else words
        )

    def _start(self, at: Ns, *, manual: bool = False) -> list[Happening]:
        self._open.append(_Turn(self._number, at))
        self._number += 1
        return [TurnStarted(self._open[-1].number, at + self._offset, manual)]

    def _stop(self, turn: _Turn, at: Ns) -> list[Happening]:
        turn.stop = max(at, turn.start)
        return [TurnStopped(turn.number, turn.stop + self._offset)]

    def _place(
        self, packet: Packet[Text] | Packet[Speech], *, committed: bool
    ) -> tuple[_Turn | None, list[Happening]]:
        """The turn of a packet, and what is to be told if that has to be opened."""
        begun: list[Happening] = []
        if not self._open:
            if not committed:
                return None, []
            begun = self._start(packet.start) + self._stop(self._open[-1], packet.end)
        middle = (packet.start + packet.end) // 2 if committed else packet.end
        found = self._open[0]
        for turn in list(self._open)[1:]:
            if middle < (turn.start + (found.stop or turn.start)) // 2:
                break
            found = turn
        return found, begun

    def _in_order(self, turn: _Turn, told: Happening) -> list[Happening]:
        if turn is self._open[0]:
            return [told]
        turn.held.append(told)
        return []

    def _close(self) -> list[Happening]:
        told: list[Happening] = []
        while self._open and (stop := self._open[0].stop) is not None and self._settled >= stop + SLACK:
            turn = self._open.popleft()
            heard_ms = max(0, stop - self._counted) / 1e6
            self._counted = max(self._counted, stop)
            told.append(TurnDone(turn.number, heard_ms))
            if self._open:
                told += self._open[0].held
                self._open[0].held.clear()
        return told
