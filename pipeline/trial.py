"""Trial: one node, the streams it is tried on, and the ways to run it; what pipeline/conformance.py compares.

Decides: how a run of the node is put as plain data, and the changes of its input that must not matter.
"""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import cached_property
from itertools import cycle
from typing import Any, TypeAlias

import msgspec

from pipeline.clock import Ns, RunClock, sample_time, seconds
from pipeline.edge import Edge
from pipeline.errors import NodeError
from pipeline.media import AudioFrame
from pipeline.node import Node, Source, checked
from pipeline.packet import Packet
from pipeline.sameness import difference, joined, said, shifted
from pipeline.settings import build
from pipeline.specimens import specimen
from pipeline.testing import feed, streams_by_name

Stream: TypeAlias = Sequence[Packet[Any]]
Told: TypeAlias = dict[str, Any]  # output to what it said; and what was left outside

MOST = 200  # packets of a source that are looked at: it may have no end
LEFT = "left outside"


@dataclasses.dataclass
class Trial:
    """A node on trial."""

    cls: type[Node]
    make: Callable[[], Node]
    streams: dict[str, Stream]
    leaves: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        self.given = pickle.dumps(self.streams)  # as they were before the node saw them

    @cached_property
    def whole(self) -> Told:
        """What it says over its streams."""
        return self.run()

    @property
    def name(self) -> str:
        """The class, for people."""
        return self.cls.__name__

    @property
    def remote(self) -> bool:
        """Whether it waits for a remote service, and cannot be run by itself."""
        return inspect.isasyncgenfunction(self.cls.process)

    @property
    def end(self) -> Ns:
        """Stream time at which the streams end."""
        return max((packet.end for packets in self.streams.values() for packet in packets), default=0)

    def run(
        self, streams: Mapping[str, Stream] | None = None, *, node: Node | None = None, ended: bool = True
    ) -> Told:
        """What it says over its streams, or over others. Raises what the node raises."""
        node = node or self.make()
        if isinstance(node, Source):
            told = produced(node)
        else:
            given: dict[str, Any] = dict(self.streams if streams is None else streams)
            packets = feed(node, ended=ended, **given).packets
            told = {name: said(items) for name, items in packets.items()}
        return told | ({LEFT: self.leaves()} if self.leaves else {})

    def broken(self, what: str, remedy: str) -> NodeError:
        """The error for a promise that does not hold."""
        return NodeError(f"{self.name}: {what}; {remedy}")

    def same(self, one: Any, other: Any, what: str, remedy: str) -> None:
        """Raise `NodeError` with the first difference, if there is one."""
        words = difference(one, other)
        if words:
            raise self.broken(f"{what} ({words.removeprefix(': ')})", remedy)


def begin(
    node: type[Node] | Callable[[], Node],
    settings: Mapping[str, Any] | None,
    streams: Sequence[Stream],
    named: Mapping[str, Stream],
    leaves: Callable[[], object] | None,
) -> Trial:
    """A trial of a class or a factory. Raises `NodeError` for what is no node, `SettingsError` for bad settings."""
    make = _from_settings(node, settings) if isinstance(node, type) else node
    if settings is not None and not isinstance(node, type):
        raise NodeError("check_node: settings are for a class; a function that makes a node knows its own")
    example = make()
    if not isinstance(example, Node):
        raise NodeError(
            f"check_node: got {type(example).__name__}; give a node class, or a function that makes a node"
        )
    given = streams_by_name(example, streams, named)
    if not given:
        given = {name: specimen(port, example) for name, port in example.inputs.items()}
    return Trial(type(example), make, given, leaves)


def _from_settings(cls: type[Node], settings: Mapping[str, Any] | None) -> Callable[[], Node]:
    values = getattr(cls, "EXAMPLE", {}) if settings is None else settings
    return lambda: build(cls, values)


def settings_in(node: Node) -> dict[str, Any]:
    """The settings of a node, as they are now."""
    fields: tuple[Any, ...] = dataclasses.fields(node) if dataclasses.is_dataclass(node) else ()
    return {field.name: repr(getattr(node, field.name)) for field in fields if field.init}


# Changes of the input that must not matter


def uncut(told: Told) -> Told:
    """What was said, with sound put together."""
    return {name: joined(items) if name != LEFT else items for name, items in told.items()}


def recut(packets: Stream, sizes: Sequence[int]) -> Stream:
    """Sound cut anew into packets of these sizes in samples, over and over; other streams as they are."""
    whole = [Packet(*item) for item in joined(said(packets))]
    if not whole or not isinstance(whole[0].payload, AudioFrame):
        return packets
    return [piece for packet in whole for piece in _pieces(packet, cycle(sizes))]


def _pieces(packet: Packet[AudioFrame], sizes: Iterator[int]) -> Iterator[Packet[AudioFrame]]:
    samples, rate_hz, at = packet.payload.samples, packet.payload.rate_hz, 0
    while at < len(samples):
        until = min(at + next(sizes), len(samples))
        start, end = (packet.start + sample_time(index, rate_hz) for index in (at, until))
        yield Packet(AudioFrame(samples[at:until].copy(), rate_hz), start, end)
        at = until


def with_gap(packets: Stream, at: Ns) -> Stream:
    """The stream with a second missing: what starts at `at` or later comes a second later, after a loss."""
    before = [packet for packet in packets if packet.start < at]
    after = [shifted(packet, seconds(1)) for packet in packets[len(before) :]]
    return before + [msgspec.structs.replace(packet, lost=1) for packet in after[:1]] + after[1:]


# Sources


def produced(source: Source) -> Told:
    """What a source gives, up to `MOST` packets, in virtual time where trio is installed."""
    from anyio.from_thread import start_blocking_portal

    backend, options = _virtual()
    with start_blocking_portal(backend, options) as portal:
        return portal.call(_produce, source)


def _virtual() -> tuple[str, dict[str, Any]]:
    try:
        from trio.testing import MockClock
    except ImportError:
        return "asyncio", {}
    return "trio", {"clock": MockClock(autojump_threshold=0)}


async def _produce(source: Source) -> Told:
    edges = {name: Edge(f"{type(source).__name__}.{name}", capacity=MOST) for name in source.outputs}
    source.open()
    try:
        async with aclosing(source.produce(RunClock())) as stream:
            count = 0
            async for item in stream:
                emission = checked(source, item, 0, 0)
                edges[emission.port].offer(Packet(emission.payload, emission.start or 0, emission.end or 0))
                count += 1
                if count == MOST:
                    break
    finally:
        source.close()
    return {name: said(edge.packets()) for name, edge in edges.items()}
