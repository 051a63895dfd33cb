"""Speech in nine languages by Kokoro: 54 voices, mixtures of them, and the voice of whoever is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes._engines.kokoro_voice import FASTEST, RATE_HZ, shared_voice
from nodes._engines.voice.speaking import Likeness, rendered
from nodes.tts._phrases import phrases
from nodes.tts._pieces import Pieces, end_of
from nodes.tts._sound import trimmed
from nodes.tts._speaking import Speaking
from pipeline.media import Samples, Speech, Text, Timbre, VoiceTurn
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class KokoroNode(Speaking, Node):
    """Speak English, Spanish, French, Hindi, Italian, Japanese, Portuguese or Chinese with a natural voice.

    Emits the speech of each packet with committed words, with the source span of those words: a short text as one
    piece, a longer one phrase by phrase, each as soon as it is made. Text that is only tentative passes without a sound.
    Holds nothing back. Refuses other languages. When speech falls behind it gets faster, and leaves out whole packets
    only if `skip_ms` says so; what is left out is counted in the next piece and logged.

    With `timbre` connected it speaks like whoever is heard, as far as voice.imitate got: from the next piece on, and
    never waiting for it; with `turn` too, each text with the voice of the one who said it. A phrase whose imitation
    fails is spoken with its own voice. A voice may speak languages that it was not trained on; it then lends its timbre
    to a voice of that language.

    Example:
        voice: {uses: tts.kokoro, inputs: {text: target.translation}, with: {voice: pf_dora}}
    """

    voice: str = ""  # name of a voice, such as af_heart; empty: the best one of the language of the text
    threads: Annotated[int, Meta(ge=1, le=64)] = 2  # cores for a synthesis, 1 to 64

    text = Input(Text)
    timbre = Input(Timbre, optional=True)
    turn = Input(VoiceTurn, optional=True)
    speech = Output(Speech, rate_hz=RATE_HZ)

    runs_on: ClassVar[Place] = "thread"
    streams: ClassVar[bool] = True
    join: ClassVar[JoinName] = "arrival"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        self._lease = shared_voice()
        try:
            self._prepare()
        except BaseException:
            self._lease.close()
            raise

    def _prepare(self) -> None:
        engine = self._lease.value
        engine.check(self.lang or "en", self.voice)
        engine.use(self.threads)
        engine.say(
            "Ready.", "en", self.voice
        )  # the first run is slower: it takes the memory that others reuse
        self._likeness = Likeness("tts.kokoro")
        self._spoken_like: Timbre | None = None
        self._pieces = Pieces("tts.kokoro", self._say, RATE_HZ, self.backlog(FASTEST))

    def process(
        self, text: Packet[Text] | None, timbre: Packet[Timbre] | None, turn: Packet[VoiceTurn] | None
    ) -> Iterator[Emission[Any]]:
        self._likeness.told(timbre, turn)
        if text is None or not text.payload.committed:
            return
        lang = self.lang or text.payload.lang
        self._lease.value.check(lang, self.voice)
        self._spoken_like = self._likeness.at(text.payload.committed[0].start)
        for speech in self._pieces.each(text, lang):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._lease.close()

    def _say(self, text: str, lang: str, speed: float) -> Iterator[Samples]:
        for phrase in phrases(text):
            yield trimmed(self._phrase(phrase, lang, speed), RATE_HZ)

    def _phrase(self, phrase: str, lang: str, speed: float) -> Samples:
        """A phrase with the timbre, or with the voice as it is where that fails; (n,) float32."""
        say = partial(self._lease.value.say, phrase, lang, self.voice, speed)
        return rendered("tts.kokoro", RATE_HZ, phrase, self._spoken_like, say)
