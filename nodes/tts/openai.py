"""Speech by OpenAI's text to speech, or by any server that speaks as it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from nodes.tts._pieces import Pieces, end_of
from nodes.tts._speaking import Speaking
from nodes.tts._speech_service import SpeechService, check_url, key_of
from pipeline.media import Samples, Speech, Text
from pipeline.node import Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

FASTEST = 2.0  # beyond, voices are hard to follow


@dataclass
class OpenAIVoice(Speaking, Node):
    """Speak text by a service with OpenAI's `POST /v1/audio/speech`: the text leaves this machine, and costs.

    The key comes from an environment variable or a file; a server on this machine needs none. Emits sound as it comes:
    the first piece of a packet has its text and its words, the others follow it without a gap. A text that the service
    refuses or fails to speak is tried again if nothing of it was heard, else left out, counted in the next piece and
    logged; when `patience` texts in a row fail, the run ends. With another `url` it is a client of any such server, for
    instance `dragoman serve`.

    Example:
        voice: {uses: tts.openai, inputs: {text: target.translation}, with: {voice: coral}}
    """

    voice: str = "alloy"  # name of a voice of the service
    model: str = "gpt-4o-mini-tts"  # name of the model
    instructions: str = ""  # how to speak, for models that take that; empty: none
    url: str = "https://api.openai.com/v1/audio/speech"  # of the service
    key_variable: str = "OPENAI_API_KEY"  # environment variable that holds the key; empty: no key is sent
    key_file: str = ""  # file that holds the key; empty takes it from the variable
    format: Literal["pcm", "wav"] = "pcm"  # what is asked for: pcm, or wav where a server has only that
    rate_hz: Annotated[int, Meta(ge=8000, le=48_000)] = 24_000  # Hz, of the sound that comes
    tell_lang: bool = False  # send the language of the text, too: for `dragoman serve`, not for OpenAI
    timeout_s: Annotated[float, Meta(gt=0, le=120)] = 15  # s without a byte, 120 at most
    patience: Annotated[int, Meta(ge=0)] = 3  # texts in a row that may fail

    text = Input(Text)
    speech = Output(Speech, rate_hz="rate_hz")

    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_url(self.url)

    def open(self) -> None:
        place = "tts.openai"
        asked = {"model": self.model, "voice": self.voice, "response_format": self.format}
        if self.instructions:
            asked["instructions"] = self.instructions
        key = key_of(place, self.url, self.key_variable, self.key_file)
        self._service = SpeechService(
            place, self.url, key, asked, self.rate_hz, self.timeout_s, self.patience
        )
        self._service.open()
        backlog = self.backlog(FASTEST)
        self._pieces = Pieces(place, self._say, self.rate_hz, backlog, longest=1000, normalises=True)

    def process(self, text: Packet[Text]) -> Iterator[Emission[Speech]]:
        if not text.payload.committed:
            return
        for speech in self._pieces.each(text, self.lang or text.payload.lang):
            yield self.speech(speech, end=end_of(text, speech))

    def close(self) -> None:
        self._service.close()

    def _say(self, text: str, lang: str, speed: float) -> Iterator[Samples]:
        more: dict[str, Any] = {"speed": round(speed, 3)} if speed != 1.0 else {}
        if self.tell_lang and lang:
            more["language"] = lang
        return self._service.say(text, more)
