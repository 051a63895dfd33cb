"""Speech into text and speech of another language, by OpenAI's translation sessions or a server that speaks as they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes.translate._openai import TranslationsWire
from nodes.translate._remote import Remote, emission
from nodes.translate._service import Service, addressed, check_url, key_of
from pipeline.clock import Ns
from pipeline.media import AudioFrame, Speech, Text
from pipeline.node import Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

_KEY = "OPENAI_API_KEY"


@dataclass
class OpenAITranslator(Node):
    """Have speech translated and spoken by OpenAI's translation sessions: your sound leaves this machine, and costs.

    The key comes from the environment (OPENAI_API_KEY) or a file. Emits words and speech as the service tells them;
    it gives no times, so words stand between the last ones and the sound sent so far, and their delay cannot be read
    off that. A lost connection is opened again and the sound since the last words is sent again, 30 s at most. The
    language spoken is detected. With another `url` it is a client of any server with the same protocol, such as
    `dragoman serve`.

    Example:
        target: {uses: translate.openai, inputs: {audio: talk24.audio}, with: {to: pt}}
    """

    to: str = "en"  # language of the translation, BCP 47
    transcribe: bool = True  # tell what was said in the language spoken, too
    model: str = "gpt-realtime-translate"  # name of the model
    transcriber: str = "gpt-realtime-whisper"  # name of the model that writes down what was said
    url: str = "wss://api.openai.com/v1/realtime/translations"  # of the service; ws:// on this machine only
    key_file: str = ""  # file that holds the key; empty takes it from OPENAI_API_KEY
    send_ms: Annotated[float, Meta(ge=20, le=2000)] = 200  # ms of sound sent at once
    patience_s: Annotated[float, Meta(ge=0)] = 60  # s of sound for which a lost connection is tried again

    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "translating"

    audio = Input(AudioFrame, rate_hz=24_000, gather_ms="send_ms")
    transcript = Output(Text)
    translation = Output(Text)
    speech = Output(Speech)

    def __post_init__(self) -> None:
        check_url(self.url)

    def open(self) -> None:
        place = "translate.openai"
        service = Service(place, addressed(self.url, self.model), key_of(place, _KEY, self.key_file))
        transcriber = self.transcriber if self.transcribe else ""
        self._remote = Remote(
            place, service, lambda: TranslationsWire(self.to, transcriber), self.to, self.patience_s
        )
        self._remote.open()

    @property
    def held_since(self) -> Ns | None:
        return self._remote.held_since

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield from map(emission, self._remote.hear(audio))

    def finish(self) -> Iterator[Emission[Any]]:
        yield from map(emission, self._remote.finish())

    def close(self) -> None:
        self._remote.close()
