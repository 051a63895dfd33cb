"""More small nodes for the tests of the core: words with known delays, and every way to misbehave."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import anyio
import numpy as np
from msgspec import Meta

from pipeline.clock import RunClock, ms
from pipeline.media import AudioFrame, Speech, Terms, Text, VideoFrame, Word
from pipeline.node import Node, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.settings import Uses
from tests.parts import frame


@dataclass
class Knobs(Node):
    """Settings of every kind, for what a graph file may say about them."""

    share: Annotated[float, Meta(ge=0, le=1)] = 0.5  # share of the whole, 0 to 1
    count: int = 1  # how many
    pace: Literal["realtime", "asap"] = "asap"  # how it plays
    lang: str = "en"  # BCP 47
    from_: str = ""  # where it comes from
    confirm: Uses | None = None  # a node that confirms
    both: bool = True  # on or off

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def __post_init__(self) -> None:
        if self.count == 13:
            raise ValueError("13 brings bad luck; give another count")

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.sound(audio.payload)


@dataclass
class Tuning:
    """Settings that several nodes have, and no node itself."""

    volume: float = 0.5  # how loud, 0 to 1
    tone: int = 440  # how high, Hz


@dataclass
class Tuned(Tuning, Node):
    """Inherits settings, overrules one, adds one."""

    volume: float = 0.1  # how loud, 0 to 1, at night
    extra: str = ""  # what it adds

    def process(self) -> None:
        pass


@dataclass
class Needy(Node):
    """A setting that must be given, a format that must fit."""

    path: str  # where to write

    audio = Input(AudioFrame, rate_hz=8_000)

    def process(self, audio: Packet[AudioFrame]) -> None:
        pass


@dataclass
class Listener(Node):
    """Two inputs: frames lead, terms may help."""

    audio = Input(AudioFrame)
    bias = Input(Terms, optional=True, latest=True)
    text = Output(Text)

    join = "covering"

    def process(self, audio: Packet[AudioFrame], bias: Packet[Terms] | None) -> Iterator[Emission[Any]]:
        word = bias.payload.terms[0].text if bias else "…"
        yield self.text(Text((Word(word, audio.start, audio.end),)))


@dataclass
class Reader(Node):
    """Takes text; keeps it."""

    text = Input(Text)

    def open(self) -> None:
        self.kept: list[Packet[Text]] = []

    def process(self, text: Packet[Text]) -> None:
        self.kept.append(text)


@dataclass
class Bias(Node):
    """Only optional inputs."""

    terms = Input(Terms, optional=True)

    def process(self, terms: Packet[Terms] | None) -> None:
        pass


@dataclass
class Lonely(Node):
    """No inputs, but no source either."""

    sound = Output(AudioFrame)

    def process(self) -> Iterator[Emission[Any]]:
        yield self.sound(frame())


@dataclass
class Pictures(Source):
    """Another kind than sound."""

    video = Output(VideoFrame)

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        yield self.video(VideoFrame(np.zeros((2, 2, 3), np.uint8)), 0, 1)


@dataclass
class Diary(Node):
    """Note every call in `calls`, with the thread; raise in one of the four."""

    fail_in: str = ""  # open, process, finish or close
    calls: list[str] = field(default_factory=list)

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if self.fail_in == call:
            raise ValueError(f"no {call} today")

    def open(self) -> None:
        self.thread = threading.get_ident()
        self._note("open")

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        assert threading.get_ident() == self.thread
        self._note("process")
        yield self.sound(audio.payload)

    def finish(self) -> Iterator[Emission[Any]]:
        self._note("finish")
        yield self.sound(frame(99))

    def close(self) -> None:
        assert threading.get_ident() == self.thread
        self._note("close")


@dataclass
class Yields(Node):
    """Yield the wrong thing, in one of many ways."""

    what: str = "payload"

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)
    terms = Output(Terms)

    def process(self, audio: Packet[AudioFrame]) -> Any:
        wrong: dict[str, Any] = {
            "payload": [audio.payload],
            "packet": [audio],
            "value": 3,
            "other kind": [self.sound(Terms.of("a"))],  # type: ignore[arg-type]
            "other port": [Emission("loud", audio.payload)],
            "ends before": [self.sound(audio.payload, 10, 5)],
            "back": [self.sound(audio.payload, -audio.start - 1, -audio.start)],
        }
        return wrong[self.what]


@dataclass
class Flood(Node):
    """Yield without end."""

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        while True:
            yield self.sound(audio.payload)


@dataclass
class Remote(Node):
    """A remote service: answers after a while, without keeping the loop."""

    takes_ms: float = 0  # how long an answer takes, milliseconds
    fail_at: int = -1000  # value of the frame at which it raises
    wrong: bool = False  # answer with the wrong thing

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    async def open(self) -> None:  # type: ignore[override]
        await anyio.sleep(0.01)
        self.is_open = True

    async def process(self, audio: Packet[AudioFrame]) -> AsyncIterator[Any]:  # type: ignore[override]
        if int(audio.payload.samples[0]) == self.fail_at:
            raise ConnectionError("no answer")
        await anyio.sleep(self.takes_ms / 1000)
        yield audio if self.wrong else self.sound(audio.payload)

    async def close(self) -> None:  # type: ignore[override]
        await anyio.sleep(0.01)
        self.is_open = False


@dataclass
class Dies(Node):
    """End its process at one frame."""

    at: int = 2  # value of the frame

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        if int(audio.payload.samples[0]) == self.at:
            os._exit(7)
        yield self.sound(audio.payload)


class Curious(Exception):
    """An error that cannot be pickled back: its arguments are not those of its constructor."""

    def __init__(self, number: int, word: str) -> None:
        super().__init__(f"{number} {word}")


@dataclass
class RaisesCurious(Node):
    """Raise what cannot travel, or yield it."""

    yields: bool = False

    audio = Input(AudioFrame)
    sound = Output(object)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        if self.yields:
            yield self.sound(threading.Lock())
        raise Curious(3, "times")


GATES: dict[str, threading.Event] = {}  # a test opens its gate to let a hung node go


@dataclass
class Hangs(Node):
    """Hang in one of its calls until the gate of that name opens."""

    gate: str = ""
    place: str = "process"  # open, process or close
    at: int = 1  # value of the frame at which it hangs

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def _hang(self) -> None:
        GATES.get(self.gate, threading.Event()).wait(30)  # in a process of its own there is no gate

    def open(self) -> None:
        if self.place == "open":
            self._hang()

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        if self.place == "process" and int(audio.payload.samples[0]) == self.at:
            self._hang()
        yield self.sound(audio.payload)

    def close(self) -> None:
        if self.place == "close":
            self._hang()


@dataclass
class Busy(Node):
    """Compute for a while: a loop of so many steps, the same everywhere."""

    steps: int = 200_000  # turns of the loop

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        total = sum(range(self.steps))
        yield self.sound(frame(total % 7))


@dataclass
class Hears(Node):
    """A recogniser: one word for each frame, after a while."""

    takes_ms: float = 0  # milliseconds

    audio = Input(AudioFrame)
    words = Output(Text)

    part = "hearing"

    async def process(self, audio: Packet[AudioFrame]) -> AsyncIterator[Any]:  # type: ignore[override]
        await anyio.sleep(self.takes_ms / 1000)
        word = Word(f"w{int(audio.payload.samples[0])}", audio.start, audio.end)
        yield self.words(Text((word,)))


@dataclass
class Decides(Node):
    """Hold words back until n are together."""

    n: int = 2  # words

    words = Input(Text)
    unit = Output(Text)

    part = "deciding"

    def open(self) -> None:
        self._words: list[Word] = []

    @property
    def held_since(self) -> int | None:
        return self._words[0].start if self._words else None

    def process(self, words: Packet[Text]) -> Iterator[Emission[Any]]:
        self._words += words.payload.committed
        if len(self._words) >= self.n:
            yield from self.finish()

    def finish(self) -> Iterator[Emission[Any]]:
        if self._words:
            yield self.unit(Text(tuple(self._words)), self._words[0].start, self._words[-1].end)
        self._words = []


@dataclass
class Translates(Node):
    """Say it again after a while."""

    takes_ms: float = 0  # milliseconds

    unit = Input(Text)
    translation = Output(Text)

    part = "translating"

    async def process(self, unit: Packet[Text]) -> AsyncIterator[Any]:  # type: ignore[override]
        await anyio.sleep(self.takes_ms / 1000)
        yield self.translation(unit.payload)


@dataclass
class Speaks(Node):
    """Silence for each text, after a while; it plays `behind_ms` after the text's end."""

    takes_ms: float = 0  # milliseconds
    behind_ms: float = 0  # milliseconds

    text = Input(Text)
    speech = Output(Speech)

    part = "speaking"

    async def process(self, text: Packet[Text]) -> AsyncIterator[Any]:  # type: ignore[override]
        await anyio.sleep(self.takes_ms / 1000)
        samples = np.zeros(160, np.float32)
        words = text.payload.committed
        yield self.speech(
            Speech(samples, 16_000, text.payload.text, "en", text.end + ms(self.behind_ms), words=words)
        )


@dataclass
class Gathers(Node):
    """Say the first sample of what came at once, after a while; its span tells how much that was."""

    gather_ms: float = 40  # milliseconds
    takes_ms: float = 0  # milliseconds

    audio = Input(AudioFrame, gather_ms="gather_ms")
    sound = Output(AudioFrame)

    async def process(self, audio: Packet[AudioFrame]) -> AsyncIterator[Any]:  # type: ignore[override]
        await anyio.sleep(self.takes_ms / 1000)
        yield self.sound(frame(audio.payload.samples[0]))


@dataclass
class Beside(Node):
    """Live pair: frames lead, `other` is waited for so long and no longer."""

    a = Input(AudioFrame)
    b = Input(AudioFrame, lateness_ms=50)
    sound = Output(AudioFrame)

    join = "covering"

    def process(self, a: Packet[AudioFrame], b: Packet[AudioFrame] | None) -> Iterator[Emission[Any]]:
        yield self.sound(frame(-1) if b is None else b.payload)


@dataclass
class Endless(Source):
    """Frames for ever, as fast as they are taken or one each 10 ms; says when it was closed."""

    pace: str = "asap"  # asap or realtime

    audio = Output(AudioFrame, rate_hz=16_000)

    @property
    def live(self) -> bool:
        return self.pace == "realtime"

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        self.left = False
        index = 0
        try:
            while True:
                if self.live:
                    await clock.until(ms(10 * index + 10))
                yield self.audio(frame(index), ms(10 * index), ms(10 * index + 10))
                index += 1
        finally:
            self.left = True


@dataclass
class Timeless(Source):
    """A source that forgets to say when."""

    audio = Output(AudioFrame)

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        yield self.audio(frame())


@dataclass
class One(Node):
    """One input called a."""

    a = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, a: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.sound(a.payload)


@dataclass
class HearsTerms(Node):
    """Ports named like those of a gain, but the input takes terms."""

    audio = Input(Terms)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[Terms]) -> None: ...


@dataclass
class SaysTerms(Node):
    """Ports named like those of a gain, but the output carries terms."""

    audio = Input(AudioFrame)
    sound = Output(Terms)

    def process(self, audio: Packet[AudioFrame]) -> None: ...
