"""Speech into text and speech of another language, by LiveTranslate models or a server that speaks as they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from nodes.translate._jpeg import Snapshots
from nodes.translate._livetranslate import LiveTranslateWire, seen, settings
from nodes.translate._remote import Remote, emission
from nodes.translate._service import Service, addressed, check_url, key_of
from pipeline.clock import Ns
from pipeline.media import AudioFrame, Speech, Text, VideoFrame
from pipeline.node import JoinName, Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

_KEY = "DASHSCOPE_API_KEY"


@dataclass
class LiveTranslator(Node):
    """Have speech translated and spoken by LiveTranslate: your sound, and pictures, leave this machine, and cost.

    The key comes from the environment (DASHSCOPE_API_KEY) or a file. Emits words, with the tail that may still
    change, and speech as the service tells them; it gives no times of words, so they stand between the last ones and
    the sound sent so far, and their delay cannot be read off that. A lost connection is opened again and the sound
    since the last words is sent again, 30 s at most. Of the pictures two a second are sent, at 720p at most. With
    another `url` it is a client of any server with the same protocol, such as `dragoman serve`.

    Example:
        target: {uses: translate.livetranslate, inputs: {audio: talk.audio}, with: {from: fr, to: en}}
    """

    from_: str = "auto"  # language spoken, BCP 47, or auto
    to: str = "en"  # language of the translation, BCP 47
    speak: bool = True  # have the translation spoken, too
    voice: str = "Tina"  # name of a voice of the model
    phrases: dict[str, str] = field(default_factory=dict)  # words to expect, and how to render them
    silence_ms: Annotated[int, Meta(ge=200, le=6000)] = 1000  # ms of quiet that end a turn
    model: str = "qwen3.5-livetranslate-flash-realtime"  # name of the model
    url: str = "wss://dashscope.aliyuncs.com/api-ws/v1/realtime"  # of the service; ws:// on this machine only
    key_file: str = ""  # file that holds the key; empty takes it from DASHSCOPE_API_KEY
    send_ms: Annotated[float, Meta(ge=20, le=2000)] = 100  # ms of sound sent at once
    patience_s: Annotated[float, Meta(ge=0)] = 60  # s of sound for which a lost connection is tried again

    runs_on: ClassVar[Place] = "thread"
    join: ClassVar[JoinName] = "arrival"
    part: ClassVar[Part] = "translating"

    audio = Input(AudioFrame, rate_hz=16_000, gather_ms="send_ms")
    picture = Input(VideoFrame, optional=True)
    transcript = Output(Text)
    translation = Output(Text)
    speech = Output(Speech)

    def __post_init__(self) -> None:
        check_url(self.url)

    def open(self) -> None:
        place = "translate.livetranslate"
        service = Service(place, addressed(self.url, self.model), key_of(place, _KEY, self.key_file))
        given = settings(
            from_=self.from_,
            to=self.to,
            speak=self.speak,
            voice=self.voice,
            phrases=self.phrases,
            silence_ms=self.silence_ms,
        )
        self._snapshots = Snapshots()
        self._remote = Remote(place, service, lambda: LiveTranslateWire(given), self.to, self.patience_s)
        self._remote.open()

    @property
    def held_since(self) -> Ns | None:
        return self._remote.held_since

    def process(
        self, audio: Packet[AudioFrame] | None, picture: Packet[VideoFrame] | None
    ) -> Iterator[Emission[Any]]:
        if audio is not None:
            yield from map(emission, self._remote.hear(audio))
        elif picture is not None and self._remote.heard:  # the service wants sound before the first picture
            jpeg = self._snapshots.take(picture.payload.pixels, picture.start)
            if jpeg:
                self._remote.send(seen(jpeg))

    def finish(self) -> Iterator[Emission[Any]]:
        yield from map(emission, self._remote.finish())

    def close(self) -> None:
        self._remote.close()
