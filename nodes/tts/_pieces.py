"""From text packets to pieces of speech, for any engine that turns a string into samples.

A packet with committed words is spoken as one piece, or, where it is longer than `longest` characters, as one for each
part of it (`_clauses.py`), each of which leaves as soon as it is made. A tentative tail is never spoken. How fast a
packet is spoken, and whether at all, is decided once, at its beginning: what is left out, because speech is too far
behind or because the voice has no sound for it, is counted in `Speech.skipped` of the next piece and told in the log:
committed text is never lost silently.

An engine gets text as it is spoken (`_spoken.py`), unless it `normalises` text itself. It gives all samples of a part, or
an iterator of them, each of which leaves as a piece at once; the first has the text and the words. One that is not
`paced` keeps its own pace, and all its samples at once are stretched to the speed. An engine that cannot speak one
part, and may well speak the next, raises `Unspoken`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from nodes._engines.stretching import stretched
from nodes.tts._backlog import Backlog
from nodes.tts._clauses import clauses
from nodes.tts._scripts import foreign, speakable
from nodes.tts._sound import trimmed
from nodes.tts._spoken import spoken
from nodes.tts._streamed import streamed
from pipeline.clock import Ns, sample_time, to_seconds
from pipeline.media import Samples, Speech, Text, Word, join_words
from pipeline.packet import Packet

Say: TypeAlias = Callable[
    [str, str, float], Samples | Iterator[Samples]
]  # text, language, speed -> (n,) float32, at once or bit by bit

LONGEST = 300  # characters of a piece: some 20 s of speech

log = logging.getLogger(__name__)


class Unspoken(Exception):
    """A part cannot be spoken; the message says why."""


class Pieces:
    """The speech of one run: an engine and its backlog."""

    def __init__(
        self,
        place: str,
        say: Say,
        rate_hz: int,
        backlog: Backlog,
        *,
        longest: int = LONGEST,
        normalises: bool = False,
        paced: bool = True,
    ) -> None:
        self._place = place
        self._say = say
        self._rate_hz = rate_hz
        self._backlog = backlog
        self._longest = longest
        self._paced = paced
        self._written = (lambda text, lang: text) if normalises else spoken
        self._written("$1 in 1999", "en")  # loads what the first text would wait for

    def each(self, packet: Packet[Text], lang: str) -> Iterator[Speech]:
        """The pieces for this packet, each as soon as it is made. Raises what the engine raises."""
        text = join_words(packet.payload.committed)
        if not speakable(text):
            if text:
                log.info("%s: there is nothing to say in %r", self._place, text)
            return
        at = max(packet.left, packet.end)
        if self._backlog.too_far(at):
            behind_s = to_seconds(self._backlog.behind(at))
            self._left_out(text, f"speech is {behind_s:.1f} s behind; raise max_speed or skip_ms")
            return
        if script := foreign(text, lang):
            self._left_out(
                text,
                f"the voice has no sound for it: it is written in {script}, which {lang!r} is not read in",
            )
            return
        speed = self._backlog.speed(at)
        for part, words in _parts(text, packet.payload.committed, self._longest):
            yield from self._part(part, words, lang, at, speed)

    def _part(self, part: str, words: tuple[Word, ...], lang: str, at: Ns, speed: float) -> Iterator[Speech]:
        text = part
        try:
            for samples in self._sounds(part, lang, speed):
                plays_at, skipped = self._backlog.play(at, sample_time(len(samples), self._rate_hz))
                yield Speech(samples, self._rate_hz, text, lang, plays_at, round(speed, 3), skipped, words)
                text, words = "", ()
        except Unspoken as why:
            self._left_out(part, str(why))
            return
        if text and speakable(text):
            self._left_out(part, "the voice has no sound for it; is it in the language of the voice?")

    def _sounds(self, part: str, lang: str, speed: float) -> Iterator[Samples]:
        """The sound of a part, without silence at its ends: all of it, or each bit as it comes."""
        said = self._say(self._written(part, lang), lang, speed if self._paced else 1.0)
        if not isinstance(said, np.ndarray):
            yield from streamed(said, self._rate_hz)
        elif len(sound := trimmed(said, self._rate_hz)):
            yield sound if self._paced else stretched(sound, self._rate_hz, speed)

    def _left_out(self, text: str, why: str) -> None:
        self._backlog.leave_out()
        log.warning("%s: did not speak %r: %s", self._place, text, why)


def end_of(packet: Packet[Text], speech: Speech) -> Ns:
    """Where the span of a piece ends: with the last of its words, within the packet."""
    last = speech.words[-1].end if speech.words else packet.end
    return max(packet.start, min(packet.end, last))


def _parts(text: str, words: tuple[Word, ...], longest: int) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """The parts of a text, each with the words that begin in it."""
    if len(text) <= longest:
        yield text, words
        return
    starts, at = [], 0
    for word in words:
        at += 0 if word.glue or not at else 1
        starts.append(at)
        at += len(word.text)
    begin = 0
    for part in clauses(text, longest):
        end = begin + len(part)
        own = tuple(word for word, start in zip(words, starts, strict=True) if begin <= start < end)
        yield part.strip(), own
        begin = end
