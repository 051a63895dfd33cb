"""Testing one node: packets in, packets out, no graph and no waiting.

`feed()` runs a node exactly as the scheduler does (same joins, same `step()`), without an event loop. Media
makers give signals whose answer is known. `check_node()` (pipeline/conformance.py) holds a node to its promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from pipeline.clock import FOREVER, SECOND, Ns, sample_index, sample_time, seconds
from pipeline.edge import Edge
from pipeline.errors import NodeError
from pipeline.join import Feed, make_join
from pipeline.media import Activity, AudioFrame, Samples, Text, VideoFrame, Word
from pipeline.node import Node, finish, step
from pipeline.packet import Packet
from pipeline.port import Emission

T = TypeVar("T")


class Outcome:
    """What came out of a node: a list of packets for each output, as an attribute."""

    def __init__(self, packets: dict[str, list[Packet[Any]]]) -> None:
        self.packets = packets

    def __getattr__(self, port: str) -> list[Packet[Any]]:
        try:
            return self.packets[port]
        except KeyError:
            raise AttributeError(f"no output {port!r}; there are: {', '.join(self.packets)}") from None

    @property
    def payloads(self) -> list[Any]:
        """Payloads of all outputs, for nodes that have one."""
        return [packet.payload for packets in self.packets.values() for packet in packets]


def feed(
    node: Node,
    *streams: Sequence[Packet[Any]],
    live: bool = False,
    ended: bool = True,
    **named: Sequence[Packet[Any]],
) -> Outcome:
    """Run a node over streams of packets, given in the order of its inputs or by name; open and close it.

    An input that gets no stream counts as unconnected. With `ended=False` the streams go on: the outcome is what
    the node has said so far, and `finish()` is not called. Raises what the node raises, and `NodeError` when it
    breaks a promise (kinds, order of starts, `held_since`) or has no such input.
    """
    given = streams_by_name(node, streams, named)
    edges = {name: Edge(name, capacity=2**62) for name in given}
    outputs = {name: Edge(f"{type(node).__name__}.{name}", capacity=2**62) for name in node.outputs}
    node.open()
    try:
        _run(node, given, edges, outputs, live=live, ended=ended)
    finally:
        node.close()
    return Outcome({name: list(edge.packets()) for name, edge in outputs.items()})


def streams_by_name(
    node: Node, streams: Sequence[Sequence[Packet[Any]]], named: Mapping[str, Sequence[Packet[Any]]]
) -> dict[str, Sequence[Packet[Any]]]:
    """Streams in the order of a node's inputs and by name, all by name. Raises `NodeError` where none is so called."""
    listed = ", ".join(node.inputs) or "none"
    if len(streams) > len(node.inputs):
        raise NodeError(
            f"{type(node).__name__}: got {len(streams)} streams; give one for each input: {listed}"
        )
    for name in named:
        if name not in node.inputs:
            raise NodeError(f"{type(node).__name__}: no input {name!r}; there are: {listed}")
    return dict(zip(node.inputs, streams, strict=False)) | dict(named)


def _run(
    node: Node,
    given: dict[str, Sequence[Packet[Any]]],
    edges: dict[str, Edge],
    outputs: dict[str, Edge],
    *,
    live: bool,
    ended: bool,
) -> None:
    feeds = [
        Feed(port, edges[name], seconds(port.gather_of(node) / 1000), live)
        for name, port in node.inputs.items()
        if name in edges
    ]
    absent = {name: None for name in node.inputs if name not in edges}
    join = make_join(node.join, feeds) if feeds else None
    end = 0
    # Packets enter in the order of stream time, as they would in a live graph.
    for name, packet in sorted(
        ((name, packet) for name, packets in given.items() for packet in packets),
        key=lambda pair: pair[1].start,
    ):
        edges[name].offer(packet)
        end = max(end, packet.end)
        for edge in edges.values():
            edge.advance(packet.start)
        _pump(node, join, absent, outputs)
    if not ended:
        return
    for edge in edges.values():
        edge.end()
    _pump(node, join, absent, outputs)
    _collect(outputs, finish(node, end))


def _pump(node: Node, join: Any, absent: dict[str, None], outputs: dict[str, Edge]) -> None:
    while join is not None and (given := join.next(FOREVER)) is not None:
        _collect(outputs, step(node, given | absent))
        held = node.held_since
        bound = join.bound() if held is None else min(held, join.bound())
        for edge in outputs.values():
            edge.advance(min(bound, FOREVER))


def _collect(outputs: dict[str, Edge], emissions: Iterable[Emission[Any]]) -> None:
    for item in emissions:
        if item.start is None or item.end is None:
            raise NodeError("an emission without a span; this is a fault of Dragoman's step()")
        outputs[item.port].offer(Packet(item.payload, item.start, item.end))


# Media makers: signals whose answer is known.


def silence(duration_s: float, rate_hz: int = 16_000) -> Samples:
    """Digital silence; (n,) float32."""
    return np.zeros(round(duration_s * rate_hz), np.float32)


def tone(duration_s: float, hz: float = 440.0, level_dbfs: float = -12.0, rate_hz: int = 16_000) -> Samples:
    """A sine; (n,) float32, RMS at `level_dbfs`."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    return np.float32(2**0.5 * 10 ** (level_dbfs / 20)) * np.sin(2 * np.pi * hz * t).astype(np.float32)


def noise(duration_s: float, level_dbfs: float = -30.0, rate_hz: int = 16_000, seed: int = 0) -> Samples:
    """White noise, always the same for one seed; (n,) float32, RMS at `level_dbfs`."""
    rng = np.random.default_rng(seed)
    return (10 ** (level_dbfs / 20) * rng.standard_normal(round(duration_s * rate_hz))).astype(np.float32)


def audio(
    samples: Samples,
    rate_hz: int = 16_000,
    frame_ms: float = 20,
    cuts: Sequence[int] | None = None,
    start: Ns = 0,
) -> list[Packet[AudioFrame]]:
    """Samples as packets: of `frame_ms` each, or cut at the sample indices in `cuts`. `start` is stream time."""
    first = sample_index(start, rate_hz)
    if cuts is None:
        size = max(1, round(frame_ms * rate_hz / 1000))
        cuts = range(size, len(samples), size)
    edges = [0, *sorted(set(cuts) & set(range(1, len(samples)))), len(samples)]
    return [
        Packet(
            AudioFrame(samples[a:b].copy(), rate_hz),
            sample_time(first + a, rate_hz),
            sample_time(first + b, rate_hz),
        )
        for a, b in pairwise(edges)
        if b > a
    ]


def activity(
    spans: Sequence[tuple[float, float]], until_s: float, window_ms: float = 32
) -> list[Packet[Activity]]:
    """Voice activity in windows: speaking inside `spans` (seconds), silent elsewhere."""
    step_s, packets = window_ms / 1000, []
    for index in range(round(until_s / step_s)):
        begin = index * step_s
        speaking = any(a <= begin + step_s / 2 < b for a, b in spans)
        payload = Activity(0.95 if speaking else 0.02, speaking)
        packets.append(Packet(payload, seconds(begin), seconds(begin + step_s)))
    return packets


def words(text: str, start_s: float = 0.0, word_s: float = 0.3, gap_s: float = 0.05) -> tuple[Word, ...]:
    """Words of a text at an even pace, from `start_s` on."""
    pace = word_s + gap_s
    return tuple(
        Word(word, seconds(start_s + i * pace), seconds(start_s + i * pace + word_s))
        for i, word in enumerate(text.split())
    )


def text(*steps: Text) -> list[Packet[Text]]:
    """Steps of a growing text as packets; each spans its committed words, or stands where the last one ended."""
    packets, at = [], 0
    for item in steps:
        start = item.committed[0].start if item.committed else at
        at = item.committed[-1].end if item.committed else at
        packets.append(Packet(item, max(start, 0), max(at, start)))
    return packets


def pictures(frames: Iterable[Any], fps: float = 25) -> list[Packet[VideoFrame]]:
    """Arrays (height, width, 3) uint8 RGB as packets at `fps`."""
    return [
        Packet(VideoFrame(frame), int(index * SECOND / fps), int((index + 1) * SECOND / fps))
        for index, frame in enumerate(frames)
    ]
