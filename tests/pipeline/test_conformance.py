"""`check_node` accepts honest nodes and says of each kind of dishonest one what is wrong."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

from nodes.audio.resample import Resample
from nodes.sink.wav import WavFile
from nodes.source.tone import Tone
from nodes.vad.energy import EnergyVad
from pipeline import check_node
from pipeline.clock import Ns, RunClock
from pipeline.errors import NodeError, SettingsError
from pipeline.media import AudioFrame, Text
from pipeline.node import Node, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.testing import audio, noise, silence, tone
from tests.parts import Add, Every, Gain, Hold, Keep, Say, Script, Trouble

Emissions = Iterator[Emission[Any]]


@pytest.mark.parametrize("node", [Gain, Hold, Add, Keep, EnergyVad, Resample, Tone, Script])
def test_an_honest_node_passes(node: type[Node]) -> None:
    check_node(node)


def test_thorough_runs_it_in_a_thread_and_in_a_process_too() -> None:
    check_node(EnergyVad, thorough=True)


def test_streams_are_given_as_for_feed() -> None:
    signal = np.concatenate([silence(0.3), tone(0.4), silence(0.5)])
    check_node(EnergyVad, audio(signal))
    check_node(Add, a=audio(signal), b=audio(signal))


def test_settings_make_the_node() -> None:
    check_node(Hold, settings={"n": 5})
    with pytest.raises(SettingsError, match="unknown setting 'm'"):
        check_node(Hold, settings={"m": 5})


def test_what_a_sink_leaves_behind_is_compared_too(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    check_node(
        lambda: WavFile(str(path)), sound=audio(tone(0.3)), leaves=path.read_bytes, without=["documented"]
    )
    assert path.stat().st_size > 44
    with pytest.raises(NodeError, match=r"two runs differ \(left outside: \d+ and \d+\)"):
        check_node(Keep, leaves=iter(range(1, 99)).__next__)


@dataclass
class Exampled(Gain):
    """Multiply by a factor."""

    factor: float = 0.0  # times; must be given

    EXAMPLE: ClassVar[dict[str, Any]] = {"factor": 2.0}

    def open(self) -> None:
        assert self.factor == 2


def test_the_attribute_example_stands_for_settings() -> None:
    check_node(Exampled)


# Dishonest nodes


@dataclass
class Through(Node):
    """Pass sound on."""

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        yield self.sound(audio.payload)


@dataclass
class Silent(Gain):
    factor: float = 1.0  # times


@dataclass
class Uncommented(Node):
    """Do something."""

    hang_ms: float = 0

    audio = Input(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> None: ...


@dataclass
class Portless(Node):
    """Do nothing."""


class Mutable(msgspec.Struct):
    """A payload that anybody may change."""

    value: int = 0


@dataclass
class Loose(Node):
    """Carry what is not frozen."""

    out = Output(Mutable)


@dataclass
class Locked(Through):
    """Keep a lock where a setting belongs."""

    lock: Any = field(default_factory=threading.Lock)  # never pickles


@dataclass
class Counting(Gain):
    """Count on from run to run."""

    factor: float = 1.0  # times

    def __post_init__(self) -> None:
        self._count = 0

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        self._count += 1
        yield self.sound(AudioFrame(audio.payload.samples + np.float32(self._count), 16_000))


@dataclass
class Drifting(Through):
    """Change a setting."""

    factor: float = 1.0  # times

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        self.factor = 2.0
        yield self.sound(audio.payload)


_seen: list[int] = []


@dataclass
class Global(Through):
    """Keep state in the module."""

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        _seen.append(1)
        yield self.sound(AudioFrame(audio.payload.samples + np.float32(len(_seen)), 16_000))


@dataclass
class Writing(Through):
    """Write into the array that it is given."""

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        audio.payload.samples.flags.writeable = True
        audio.payload.samples[:] = 0
        yield self.sound(audio.payload)


@dataclass
class Leaky(Through):
    """Leave a file open."""

    def open(self) -> None:
        self._file = Path(__file__).open(encoding="utf-8")  # noqa: SIM115 - the fault on trial


@dataclass
class Haunted(Through):
    """Leave a thread behind."""

    def open(self) -> None:
        self._over = threading.Event()
        threading.Thread(target=self._over.wait, args=(1.5,), name="ghost", daemon=True).start()


@dataclass
class Fragile(Through):
    """Count on a first packet."""

    def open(self) -> None:
        self._last: list[int] = []

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        self._last.append(len(audio.payload.samples))
        yield self.sound(audio.payload)

    def finish(self) -> Emissions:
        assert self._last[-1]
        yield from ()


@dataclass
class Mislabelled(Node):
    """Declare another sample rate than it gives."""

    audio = Input(AudioFrame)
    sound = Output(AudioFrame, rate_hz=8_000)

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        yield self.sound(audio.payload)


@dataclass
class Choosy(Node):
    """Give other sound when it is listened to alone."""

    audio = Input(AudioFrame)
    one = Output(AudioFrame)
    other = Output(AudioFrame)

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        if self.wanted is None or len(self.wanted) == 2:
            yield self.one(audio.payload)
        yield self.other(audio.payload)


@dataclass
class Reusing(Through):
    """Give its own buffer away, and write into it again."""

    def open(self) -> None:
        self._buffer = np.zeros(320, np.float32)

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        self._buffer[:] = audio.payload.samples
        yield self.sound(AudioFrame(self._buffer[:], 16_000))


@dataclass
class FromZero(Through):
    """Count time from 0, wherever the stream begins."""

    def open(self) -> None:
        self._at = 0

    def process(self, audio: Packet[AudioFrame]) -> Emissions:
        start, self._at = self._at, self._at + audio.duration
        yield self.sound(audio.payload, start, self._at)

    @property
    def held_since(self) -> Ns | None:
        return self._at


@dataclass
class Dishonest(Hold):
    """Hold back, and say that nothing is held."""

    n: int = 3  # frames

    @property
    def held_since(self) -> Ns | None:
        return None


@dataclass
class Unseeded(Source):
    """Give noise that is never the same."""

    audio = Output(AudioFrame)

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        yield self.audio(AudioFrame(noise(0.01, seed=id(clock) % 2**32 + clock.now()), 16_000), 0, 10)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Silent, "Silent: has no docstring; say in its first line what it does"),
        (Uncommented, "Uncommented: no comment says what hang_ms means; write the comment behind the field"),
        (Portless, r"Portless: has no ports; declare class attributes such as `audio = Input\(AudioFrame\)`"),
        (Loose, "Loose: out carries Mutable; a payload kind is a msgspec.Struct with frozen=True"),
        (Locked, r"Locked: cannot be pickled \(.*lock.*\); define its class at the top of a module"),
        (
            Counting,
            r"opened again after close\(\) \(sound\[0\]\[0\]\.samples: value 0 .*; set all state in open",
        ),
        (Drifting, "Drifting: its settings changed while it ran .*; settings are the user's"),
        (Global, r"Global: two runs differ \(sound.*; seed what is random"),
        (Writing, "Writing: it changes what it is given; copy an array before you write into it"),
        (Leaky, r"Leaky: close\(\) leaves something open: unclosed file .*test_conformance.py"),
        (Haunted, r"Haunted: the thread 'ghost' outlives close\(\); end it there and join it"),
        (Mislabelled, "Mislabelled: sound declares rate_hz 8000 but carries 16000; declare what it yields"),
        (Choosy, r"Choosy: one alone differs \(100 of them and 0\); leave out only the work"),
        (
            Reusing,
            "Reusing: sound depends on input that comes later .*; yield what is final, and copy a buffer",
        ),
        (Every, r"Every: its outputs depend on how sound is cut \(sound: 50 of them and 0\); gather samples"),
        (Say, r"Say: its outputs depend on how sound is cut \(terms\[0\]\[2\]"),
        (
            FromZero,
            r"FromZero: sound differs when the stream begins later .*; count from the start of the first",
        ),
        (Dishonest, "Dishonest.sound: a packet that starts at 0 ns came after .* held_since"),
        (Unseeded, "Unseeded: two runs differ"),
    ],
)
def test_a_broken_promise_is_named_with_its_remedy(node: type[Node], words: str) -> None:
    with pytest.raises(NodeError, match=words):
        check_node(node)


def test_an_error_says_which_promise_was_on_trial() -> None:
    with pytest.raises(IndexError) as caught:
        check_node(Fragile)
    assert caught.value.__notes__ == [
        "while checking Fragile for 'empty': An input that ends before its first packet is no error."
    ]


def test_a_promise_that_is_not_made_is_left_out() -> None:
    check_node(Every, without=["cutting"])
    with pytest.raises(NodeError, match="no promise 'cuting'; did you mean 'cutting'"):
        check_node(Every, without=["cuting"])


def test_what_is_no_node_is_refused() -> None:
    with pytest.raises(NodeError, match="got int; give a node class, or a function that makes a node"):
        check_node(lambda: 3)  # type: ignore[arg-type, return-value]
    with pytest.raises(NodeError, match="settings are for a class"):
        check_node(partial(Gain, 2.0), settings={"factor": 1.0})
    with pytest.raises(NodeError, match="Gain: no input 'sound'; there are: audio"):
        check_node(Gain, sound=audio(tone(0.1)))


def test_a_node_that_raises_is_not_excused() -> None:
    with pytest.raises(ValueError, match="cannot do this one"):
        check_node(lambda: Trouble(at=[0]))


@dataclass
class Remote(Node):
    """Ask a service far away."""

    text = Input(Text)
    answer = Output(Text)

    async def process(self, text: Packet[Text]) -> AsyncIterator[Emission[Any]]:  # type: ignore[override]
        asked.append(text)
        yield self.answer(text.payload)


asked: list[Packet[Text]] = []


def test_a_node_for_a_remote_service_is_checked_without_running_it() -> None:
    check_node(Remote)
    assert not asked
