"""Speech in the voice of a sample, by Pocket TTS: seven languages, on the CPU, as it is made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nodes.tts._pieces import Pieces, end_of
from nodes.tts._pocket import MODELS, TERMS, PocketEngine
from nodes.tts._speaking import Speaking
from pipeline.errors import RouteError
from pipeline.media import Samples, Speech, Text, VoiceProfile
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared

RATE_HZ = 24_000
FASTEST = 1.6  # it has no speed of its own, so its sound is stretched

log = logging.getLogger(__name__)


@dataclass
class PocketVoice(Speaking, Node):
    """Speak text with Pocket TTS, in a voice of its catalogue or, with `profile`, like the speaker who is heard.

    Emits sound as it is made: the first piece of a packet has its text and its words, the others follow it without a
    gap. From the first profile on it speaks like that speaker, from the next text on; until then with `voice`. That
    needs the weights that follow a sample, which the publisher gives to those who accepted its terms; without them the
    catalogue's voice stays, and the log says so. Speaks the one language of its model and refuses others.

    Example:
        voice: {uses: tts.pocket, inputs: {text: target.translation, profile: who.profile}, with: {lang: fr}}
    """

    voice: str = ""  # name of the catalogue, or file with a voice; empty: that of the language
    model: str = ""  # name of the package's list, or a .yaml file; empty: that of `lang`
    quantize: bool = False  # smaller and faster on x86

    text = Input(Text)
    profile = Input(VoiceProfile, optional=True)
    speech = Output(Speech, rate_hz=RATE_HZ)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        self._lang = (self.lang or "en").lower().partition("-")[0]
        if self._lang not in MODELS:
            raise RouteError(
                f"tts.pocket: no model for {self.lang!r}, only for: {', '.join(sorted(MODELS))}; "
                "put tts.espeak in its place"
            )
        model, voice = MODELS[self._lang]
        model = self.model or model
        self._lease = shared(("tts.pocket", model, self.quantize), lambda: PocketEngine(model, self.quantize))
        try:
            self._state = self._lease.value.named(self.voice or voice)
        except BaseException:
            self._lease.close()
            raise
        self._pieces = Pieces("tts.pocket", self._say, self._lease.value.rate_hz, self.backlog(FASTEST))

    def process(
        self, text: Packet[Text] | None, profile: Packet[VoiceProfile] | None
    ) -> Iterator[Emission[Speech]]:
        if profile is not None:
            self._follow(profile.payload)
        if text is None or not text.payload.committed:
            return
        lang = text.payload.lang
        if lang and lang.lower().partition("-")[0] != self._lang:
            raise RouteError(
                f"tts.pocket: speaks {self._lang}, not {lang!r}; set lang, or put tts.espeak in its place"
            )
        for speech in self._pieces.each(text, lang or self._lang):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._lease.close()

    def _follow(self, profile: VoiceProfile) -> None:
        engine = self._lease.value
        if engine.clones:
            self._state = engine.like(profile.samples, profile.rate_hz)
            log.info("tts.pocket: speaks like speaker %d", profile.speaker)
        else:
            log.warning(
                "tts.pocket: cannot speak like speaker %d with these weights; %s", profile.speaker, TERMS
            )

    def _say(self, text: str, _lang: str, speed: float) -> Iterator[Samples]:
        said: Iterator[Samples] = self._lease.value.say(self._state, text, speed)
        return said
