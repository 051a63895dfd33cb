"""From text packets to pieces of speech, for any engine that turns a string into samples.

One piece for each packet with committed words; a tentative tail is never spoken. A piece that is left out, because
speech is too far behind or because the voice has no sound for it, is counted in `Speech.skipped` of the next one
and told in the log: committed text is never lost silently.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from nodes.tts._backlog import Backlog
from nodes.tts._sound import trimmed
from pipeline.clock import sample_time, to_seconds
from pipeline.media import Samples, Speech, Text, join_words
from pipeline.packet import Packet

Say: TypeAlias = Callable[[str, str, float], Samples]  # text, language, speed -> (n,) float32

log = logging.getLogger(__name__)


def speakable(text: str) -> bool:
    """Whether there is anything to say: a letter or a digit of any script."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


class Pieces:
    """The speech of one run: an engine and its backlog."""

    def __init__(self, place: str, say: Say, rate_hz: int, backlog: Backlog) -> None:
        self._place = place
        self._say = say
        self._rate_hz = rate_hz
        self._backlog = backlog

    def speech(self, packet: Packet[Text], lang: str) -> Speech | None:
        """The piece for this packet, or None. Raises what the engine raises."""
        words = packet.payload.committed
        text = join_words(words)
        if not speakable(text):
            return None
        at = max(packet.left, packet.end)
        if self._backlog.too_far(at):
            behind_s = to_seconds(self._backlog.behind(at))
            self._left_out(text, f"speech is {behind_s:.1f} s behind; raise max_speed or skip_ms")
            return None
        speed = self._backlog.speed(at)
        samples = trimmed(self._say(text, lang, speed), self._rate_hz)
        if not len(samples):
            self._left_out(text, "the voice has no sound for it; is it in the language of the voice?")
            return None
        plays_at, skipped = self._backlog.play(at, sample_time(len(samples), self._rate_hz))
        return Speech(samples, self._rate_hz, text, lang, plays_at, round(speed, 3), skipped, words)

    def _left_out(self, text: str, why: str) -> None:
        self._backlog.leave_out()
        log.warning("%s: did not speak %r: %s", self._place, text, why)
