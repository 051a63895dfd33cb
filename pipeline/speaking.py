"""One voice speaking one text, without a graph: for `dragoman voices` and whoever wants to hear a voice.

Decides: how a node that speaks is given a text (and a timbre before it), what is timed, and where the sound goes.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import msgspec
import numpy as np

from pipeline.clock import Ns, seconds, stopwatch_ns
from pipeline.errors import InputError, OutputError, PackageError
from pipeline.media import Samples, Speech, Text, Timbre, VoiceProfile, Word
from pipeline.node import Node, finish, step
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.resolve import node_class
from pipeline.settings import build, settings_of

UNHURRIED_MS = 1e9  # backlog from which a voice would get faster: never


class Said(msgspec.Struct, frozen=True, eq=False):
    """What a voice said, and how soon."""

    pieces: tuple[Speech, ...]
    ready_s: float  # from nothing to a voice that is loaded
    first_s: float  # from the text to the first sound
    whole_s: float  # from the text to the last

    @property
    def duration_s(self) -> float:
        """Seconds of speech."""
        return sum(len(piece.samples) / piece.rate_hz for piece in self.pieces)

    @property
    def samples(self) -> Samples:
        """(n,) float32, of all pieces one after another."""
        return np.concatenate([piece.samples for piece in self.pieces])


def speaker(uses: str, lang: str, name: str = "") -> Node:
    """A node that speaks a language in its own time. Raises `InputError` for a node or a voice that there is not."""
    cls = node_class(uses)
    if "speech" not in cls.outputs or "text" not in cls.inputs:
        raise InputError(f"--voice {uses}: does not speak (from text to speech); type: dragoman voices list")
    known = settings_of(cls)
    if name and "voice" not in known:
        raise InputError(f"--voice {uses}:{name}: it has one voice; leave :{name} out")
    wanted = {"lang": lang, "voice": name, "catch_up_ms": UNHURRIED_MS}
    return build(cls, {key: value for key, value in wanted.items() if key in known and value != ""})


def speak(node: Node, text: str, lang: str, likeness: Timbre | VoiceProfile | None = None) -> Said:
    """Have a node say a text, in the voice that a timbre or a profile asks for where one is given.

    Raises what the node raises, and `InputError` where it has no sound for the text.
    """
    return anyio.run(_speak, node, text, lang, likeness)


async def _speak(node: Node, text: str, lang: str, likeness: Timbre | VoiceProfile | None) -> Said:
    begun = stopwatch_ns()
    async with _opened(node):
        if likeness is not None:
            async for _ in _emissions(node, {_input(node, type(likeness)): Packet(likeness, 0, 0)}):
                pass
        ready, first, pieces = stopwatch_ns(), 0, []
        async for item in _emissions(node, {"text": Packet(_text(text, lang), 0, 0)}):
            if isinstance(item.payload, Speech):
                first = first or stopwatch_ns()
                pieces.append(item.payload)
        pieces += [item.payload for item in finish(node, 0) if isinstance(item.payload, Speech)]
        done = stopwatch_ns()
    if not pieces:
        raise InputError(f"{text!r}: the voice has no sound for it; give a text in its language")
    in_s = [
        (later - sooner) / 1e9 for later, sooner in ((ready, begun), (first or done, ready), (done, ready))
    ]
    return Said(tuple(pieces), *in_s)


@asynccontextmanager
async def _opened(node: Any) -> AsyncIterator[None]:
    await _settled(node.open())
    try:
        yield
    finally:
        await _settled(node.close())


async def _settled(value: Any) -> None:
    """Nodes for remote services may open and close asynchronously."""
    if inspect.isawaitable(value):
        await value


async def _emissions(node: Node, given: Mapping[str, Packet[Any]]) -> AsyncIterator[Emission[Any]]:
    """What comes of one set of inputs, one by one as it is made."""
    found: Any = node.process(**dict.fromkeys(node.inputs) | dict(given))
    if hasattr(found, "__aiter__"):
        async for item in found:
            yield item
        return
    for item in found or ():
        yield item


def _input(node: Node, kind: type) -> str:
    return next(name for name, port in node.inputs.items() if kind in port.kinds)


def _text(text: str, lang: str) -> Text:
    """A text that is whole: nothing more comes."""
    return Text(tuple(Word(word, 0, 0) for word in text.split()), lang=lang, ends="end")


def laid_out(pieces: Iterable[Speech]) -> list[Packet[Speech]]:
    """Pieces as packets that play one after another, from the beginning."""
    packets: list[Packet[Speech]] = []
    at: Ns = 0
    for piece in pieces:
        packets.append(Packet(msgspec.structs.replace(piece, plays_at=at), at, at + piece.duration))
        at += piece.duration
    return packets


def converted(node: Node, timbre: Timbre, pieces: Sequence[Speech]) -> tuple[Speech, ...]:
    """Speech made like a timbre by a node that takes both (voice.convert). Raises what the node raises."""
    node.open()
    try:
        step(node, _given(node, timbre=Packet(timbre, 0, 0)))
        found = [item for packet in laid_out(pieces) for item in step(node, _given(node, speech=packet))]
        found += finish(node, seconds(1))
    finally:
        node.close()
    return tuple(item.payload for item in found)


def _given(node: Node, **packets: Packet[Any]) -> dict[str, Any]:
    return dict.fromkeys(node.inputs) | packets


def keep(pieces: Iterable[Speech], file: str) -> None:
    """Write speech into a WAV file. Raises `OutputError`."""
    _pass_on(build(node_class("sink.wav"), {"path": file}), pieces)


def play(pieces: Iterable[Speech]) -> bool:
    """Play speech on this machine; whether there is something to play it on."""
    with suppress(PackageError, InputError, OutputError):
        _pass_on(build(node_class("sink.speaker"), {}), pieces)
        return True
    return False


def _pass_on(sink: Node, pieces: Iterable[Speech]) -> None:
    sink.open()
    try:
        for packet in laid_out(pieces):
            step(sink, {"sound": packet})
        finish(sink, 0)
    finally:
        sink.close()
