"""Media made on the fly whose every sample and picture is known, and a way to play a source in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import anyio
import av
import numpy as np

from nodes.source.file import File
from pipeline.clock import Ns, RunClock, run_virtual
from pipeline.media import Samples
from pipeline.node import Source
from pipeline.packet import Packet
from pipeline.port import Emission

Packets = dict[str, list[Packet[Any]]]
S = TypeVar("S", bound=Source)


def play_out(source: Source, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Open a source for a run in virtual time, and close it whatever comes of that."""
    source.open()
    try:
        run_virtual(run, rate=0.0)
    finally:
        source.close()


def play(source: Source, *, listen: set[str] | None = None) -> Packets:
    """Open a source and run it to its end in virtual time: its packets by output; `left` is when each came."""
    source.wanted = frozenset(listen) if listen is not None else None
    came: Packets = {name: [] for name in source.outputs}

    async def run() -> None:
        clock = RunClock()
        async with aclosing(source.produce(clock)) as stream:
            async for item in stream:
                assert item.start is not None
                assert item.end is not None
                came[item.port].append(Packet(item.payload, item.start, item.end, left=clock.now()))

    play_out(source, run)
    return came


def run_beside(source: S, program: Callable[[S], Coroutine[Any, Any, None]]) -> list[Emission[Any]]:
    """Run a source beside the program that pushes into it; what came, in the order in which it came."""
    came: list[Emission[Any]] = []

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(program, source)
            async with aclosing(source.produce(RunClock())) as stream:
                async for item in stream:
                    came.append(item)  # noqa: PERF401 - what came before an error counts too

    play_out(source, both)
    return came


def heard(packets: Packets) -> Samples:
    """All sound of a run as one array; checks that it has no holes."""
    frames = packets["audio"]
    assert all(a.end == b.start for a, b in pairwise(frames))
    return np.concatenate([frame.payload.samples for frame in frames])


def spans(packets: Packets) -> list[tuple[str, Ns, Ns, Ns]]:
    """Where and when all packets came, in the order of stream time."""
    return sorted((p.start, port, p.end, p.left) for port, run in packets.items() for p in run)  # type: ignore[misc]


def write_sound(path: Path, channels: Samples, rate_hz: int, codec: str = "pcm_s16le") -> Path:
    """A file with one audio stream; `channels` is (channels, n) float32 or (n,)."""
    channels = np.atleast_2d(channels)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        for packet in _encoded_sound(stream, channels, rate_hz, layout):
            container.mux(packet)
    return path


def _encoded_sound(stream: Any, channels: Samples, rate_hz: int, layout: str) -> list[Any]:
    packets: list[Any] = []
    for begin in range(0, channels.shape[1], 1024):
        piece = np.ascontiguousarray(channels[:, begin : begin + 1024])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, begin, Fraction(1, rate_hz)
        packets += stream.encode(frame)
    return [*packets, *stream.encode(None)]


def picture(shade: int, width: int = 32, height: int = 24) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A grey picture; (height, width, 3) uint8."""
    return np.full((height, width, 3), shade, np.uint8)


def write_film(
    path: Path,
    times_ms: Sequence[int],
    sound: Samples | None = None,
    *,
    shades: Sequence[int] | None = None,
    sound_ms: Sequence[tuple[int, int]] = (),
    width: int = 32,
    height: int = 24,
) -> Path:
    """A Matroska file: grey pictures at `times_ms` and, at 16 kHz, sound.

    `sound_ms` moves parts of the sound: (from which ms on, by how many ms), so that its timestamps jump.
    """
    with av.open(str(path), "w", format="matroska") as container:
        film = container.add_stream("ffv1", rate=25)
        film.width, film.height, film.pix_fmt, film.time_base = width, height, "bgr0", Fraction(1, 1000)
        film.codec_context.time_base = Fraction(1, 1000)
        packets = _pictures(
            film, times_ms, shades or [10 * (i % 25) for i in range(len(times_ms))], width, height
        )
        if sound is not None:
            track = container.add_stream("pcm_f32le", rate=16_000, layout="mono")
            packets += _moved(_encoded_sound(track, sound[None], 16_000, "mono"), sound_ms)
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    return path


def _pictures(
    film: Any, times_ms: Sequence[int], shades: Sequence[int], width: int, height: int
) -> list[Any]:
    packets: list[Any] = []
    for index, shade in enumerate(shades):
        frame = av.VideoFrame.from_ndarray(picture(shade, width, height), format="rgb24").reformat(
            format="bgr0"
        )
        frame.pts, frame.time_base = index, Fraction(1, 1000)
        for packet in film.encode(frame):
            packet.pts = packet.dts = times_ms[index]
            packet.time_base = Fraction(1, 1000)
            packets.append(packet)
    return packets


def _moved(packets: list[Any], moves: Sequence[tuple[int, int]]) -> list[Any]:
    for packet in packets:
        at = packet.pts * packet.time_base * 1000
        by = sum(shift for begin, shift in moves if at >= begin)
        packet.pts = packet.dts = packet.pts + round(Fraction(by, 1000) / packet.time_base)
    return packets


def write_transport(path: Path, sound: Samples, start_ms: int) -> Path:
    """An MPEG transport stream (mp2, 32 kHz) that starts at `start_ms`; such files may be put end to end."""
    with av.open(
        str(path), "w", format="mpegts", options={"mpegts_copyts": "1", "avoid_negative_ts": "0"}
    ) as container:
        track = container.add_stream("mp2", rate=32_000, layout="mono")
        shift = Fraction(start_ms, 1000)
        for packet in _encoded_sound(track, sound[None], 32_000, "mono"):
            packet.pts += round(shift / packet.time_base)
            packet.dts = packet.pts
            container.mux(packet)
    return path


def asap(path: Path | str, **settings: Any) -> File:
    """A file played as fast as it can be."""
    return File(str(path), pace="asap", **settings)


def cut_short(path: Path, part: float = 0.6) -> Path:
    """The file itself, with its end cut off."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path
