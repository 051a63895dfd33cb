"""Speech in over 100 languages by espeak-ng: robotic, instant, no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from nodes._engines.espeak import EspeakLibrary
from nodes.tts._pieces import Pieces, end_of
from nodes.tts._speaking import Speaking
from pipeline.errors import RouteError, SettingsError, did_you_mean
from pipeline.languages import code
from pipeline.media import Samples, Speech, Text
from pipeline.node import Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

RATE_HZ = 22_050
SLOWEST_WPM, FASTEST_WPM = 80, 450

CANTONESE = dict.fromkeys(
    ("zh-hk", "zh-mo", "zh-yue"), "yue"
)  # where Chinese is read aloud in another language


@dataclass
class EspeakVoice(Speaking, Node):
    """Speak text in any of over 100 languages, at once and without a model.

    Emits one piece of speech for each packet with committed words, with the source span of those words, or, where it
    is long, one for each part of it; text that is only tentative passes without a sound. Holds nothing back. Refuses a
    language that has no voice, with the list of those that have one. When speech falls behind it gets faster, and
    leaves out whole packets only if `skip_ms` says so; what is left out is counted in the next piece and logged.

    Example:
        voice: {uses: tts.espeak, inputs: {text: target.translation}, with: {voice: f1, rate_wpm: 165}}
    """

    voice: str = ""  # variant laid over the language: f1 to f5, m1 to m8, or a name; empty: the plain voice
    rate_wpm: Annotated[int, Meta(ge=80, le=450)] = 175  # the voice's own pace, words a minute, 80 to 450

    text = Input(Text)
    speech = Output(Speech, rate_hz=RATE_HZ)

    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        self._library = EspeakLibrary()
        try:
            self._prepare()
        except BaseException:
            self._library.close()
            raise

    def _prepare(self) -> None:
        self._voices = self._library.voices()
        variants = self._library.variants()
        if self.voice and self.voice not in variants:
            raise SettingsError(f"tts.espeak: no voice {self.voice!r}; {did_you_mean(self.voice, variants)}")
        if self.lang:
            self._voice_of(self.lang)
        backlog = self.backlog(FASTEST_WPM / self.rate_wpm)
        self._pieces = Pieces("tts.espeak", self._say, RATE_HZ, backlog)

    def process(self, text: Packet[Text]) -> Iterator[Emission[Speech]]:
        if not text.payload.committed:
            return
        for speech in self._pieces.each(text, self.lang or text.payload.lang):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._library.close()

    def _say(self, text: str, lang: str, speed: float) -> Samples:
        words_per_minute = min(max(round(self.rate_wpm * speed), SLOWEST_WPM), FASTEST_WPM)
        return self._library.say(text, self._voice_of(lang), words_per_minute)

    def _voice_of(self, lang: str) -> str:
        """The identifier of the voice for a language. Raises `RouteError` when there is none."""
        parts = lang.lower().replace("_", "-").split("-")
        for length in range(len(parts), 0, -1):
            tag = "-".join(parts[:length])
            voice = self._voices.get(CANTONESE.get(tag, tag) if length > 1 else code("espeak", tag) or tag)
            if voice is not None:
                return f"{voice}+{self.voice}" if self.voice else voice
        listed = ", ".join(sorted(self._voices))
        if not lang:
            raise RouteError(f"tts.espeak: the text does not say its language; set lang to one of: {listed}")
        raise RouteError(f"tts.espeak: no voice for {lang!r}; there are: {listed}")
