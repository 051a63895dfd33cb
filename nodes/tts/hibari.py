"""English speech by hibari: an 8 MB model that comes with its package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from nodes._engines.hibari_voice import NAME, RATE_HZ, VOICE, shared_voice
from nodes._engines.voice.speaking import Likeness, rendered
from nodes.tts._pieces import Pieces, end_of
from nodes.tts._speaking import Speaking
from pipeline.errors import RouteError
from pipeline.media import Samples, Speech, Text, Timbre, VoiceTurn
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

FASTEST = 2.0  # of its speech stretched; asked to be quick itself, it swallows how sentences begin


@dataclass
class HibariVoice(Speaking, Node):
    """Speak English text with a natural voice, as soon as its words are committed.

    Emits a piece of speech for each packet with committed words (several for a long one), with the source span of those
    words; text that is only tentative passes without a sound. Holds nothing back. Speaks English only and refuses other
    languages. When speech falls behind it gets faster, and leaves out whole pieces only if `skip_ms` says so; what is
    left out is counted in the next piece and logged.

    With `timbre` connected it speaks like whoever is heard, as far as voice.imitate got: from the next piece on, and
    never waiting for it; with `turn` too, each text with the voice of the one who said it. A piece whose imitation fails
    is spoken with the stock voice.

    Example:
        voice: {uses: tts.hibari, inputs: {text: target.translation}, with: {max_speed: 1.5}}
    """

    voice: str = VOICE  # heart comes with the package; its other voices are fetched when named here

    text = Input(Text)
    timbre = Input(Timbre, optional=True)
    turn = Input(VoiceTurn, optional=True)
    speech = Output(Speech, rate_hz=RATE_HZ)

    runs_on: ClassVar[Place] = "thread"
    join: ClassVar[JoinName] = "arrival"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        _speaks(self.lang)
        self._lease = shared_voice(self.voice)
        self._likeness = Likeness(NAME)
        self._spoken_like: Timbre | None = None
        self._pieces = Pieces(NAME, self._say, RATE_HZ, self.backlog(FASTEST), paced=False)

    def process(
        self, text: Packet[Text] | None, timbre: Packet[Timbre] | None, turn: Packet[VoiceTurn] | None
    ) -> Iterator[Emission[Any]]:
        self._likeness.told(timbre, turn)
        if text is None or not text.payload.committed:
            return
        _speaks(text.payload.lang)
        self._spoken_like = self._likeness.at(text.payload.committed[0].start)
        for speech in self._pieces.each(text, self.lang or text.payload.lang or "en"):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._lease.close()

    def _say(self, text: str, lang: str, speed: float) -> Samples:
        say = partial(self._lease.value.render, text, lang, speed=speed)
        return rendered(NAME, RATE_HZ, text, self._spoken_like, say)


def _speaks(lang: str) -> None:
    if lang and lang.lower().split("-")[0] != "en":
        raise RouteError(f"tts.hibari: no voice for {lang!r}, only for: en; put tts.espeak in its place")
