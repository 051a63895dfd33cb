"""Speech by any Piper voice: over 40 languages, small networks, no package of Piper's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

from msgspec import Meta

from nodes.tts._pieces import Pieces, end_of
from nodes.tts._piper import PiperEngine
from nodes.tts._piper_files import voice_file, voice_of
from nodes.tts._speaking import Speaking
from pipeline.errors import RouteError
from pipeline.media import Samples, Speech, Text
from pipeline.node import Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared

FASTEST = 2.0  # beyond, vowels are gone


@dataclass
class PiperVoice(Speaking, Node):
    """Speak text with a voice of Piper's: a name of `dragoman models`, a .onnx file, or a name of the publisher's hub.

    Emits one piece of speech for each packet with committed words, with the source span of those words; a long packet
    is spoken part by part. Text that is only tentative passes without a sound. Holds nothing back. Speaks the one
    language of its voice and refuses others. Each voice has a licence of its own: look at its card before you publish
    what it says. When speech falls behind it gets faster, and leaves out whole packets only if `skip_ms` says so; what
    is left out is counted in the next piece and logged.

    Example:
        voice: {uses: tts.piper, inputs: {text: target.translation}, with: {voice: en_US-joe-medium}}
    """

    voice: str = ""  # name of a voice, or path of its .onnx file; empty: one of `lang` that is listed
    speaker: str = ""  # of a voice with several speakers: name or number; empty: the first
    threads: Annotated[int, Meta(ge=1, le=16)] = 1  # CPU threads of the network, 1 to 16

    text = Input(Text)
    speech = Output(Speech)

    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        file = voice_file(self.voice or voice_of(self.lang or "en"))
        self._lease = shared(("tts.piper", file, self.threads), lambda: PiperEngine(file, self.threads))
        try:
            self._prepare()
        except BaseException:
            self._lease.close()
            raise

    def _prepare(self) -> None:
        engine = self._lease.value
        self._speaks(self.lang)
        say = partial(_said, engine, engine.speaker(self.speaker))
        self._pieces = Pieces("tts.piper", say, engine.config.audio.sample_rate, self.backlog(FASTEST))

    def process(self, text: Packet[Text]) -> Iterator[Emission[Speech]]:
        if not text.payload.committed:
            return
        self._speaks(text.payload.lang)
        lang = self.lang or text.payload.lang or self._lease.value.config.lang
        for speech in self._pieces.each(text, lang):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._lease.close()

    def _speaks(self, lang: str) -> None:
        own = self._lease.value.config.lang
        if lang and _short(lang) != _short(own):
            raise RouteError(
                f"tts.piper: the voice {self.voice or 'of the list'} speaks {own}, not {lang!r}; give a voice of that language, "
                "or put tts.espeak in its place"
            )


def _said(engine: PiperEngine, speaker: int, text: str, _lang: str, speed: float) -> Samples:
    return engine.say(text, speaker, speed)


def _short(lang: str) -> str:
    return lang.lower().partition("-")[0]
