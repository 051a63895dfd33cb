"""A program takes packets from a graph at its own pace; nothing is lost and nothing hangs."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from nodes.sink.external import External
from pipeline.errors import OutputError
from pipeline.packet import Packet
from pipeline.testing import audio, feed, tone

FRAMES = audio(tone(1.0))


def read_in_a_thread(node: External) -> tuple[threading.Thread, list[Packet[Any]]]:
    got: list[Packet[Any]] = []
    reader = threading.Thread(target=lambda: got.extend(node), daemon=True)
    reader.start()
    return reader, got


def test_a_reader_gets_every_packet_in_order_through_a_small_queue() -> None:
    node = External(capacity=2)
    node.open()
    reader, got = read_in_a_thread(node)
    for packet in FRAMES:
        node.process(packet)
    node.close()
    reader.join(10)
    assert got == FRAMES


def test_what_waits_can_be_taken_after_the_run() -> None:
    node = External()
    feed(node, FRAMES)
    assert list(node) == FRAMES
    assert node.get() is None


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.anyio
async def test_an_async_program_reads_it_too(anyio_backend: str) -> None:
    node = External()
    feed(node, FRAMES[:5])
    assert [packet async for packet in node] == FRAMES[:5]


def test_when_nobody_reads_the_run_fails_with_the_reason() -> None:
    with pytest.raises(
        OutputError, match=r"nobody took one of 2 waiting packets for 0\.01 s; read faster, or"
    ):
        feed(External(capacity=2, patience_s=0.01), FRAMES)


def test_waiting_for_a_packet_can_be_bounded() -> None:
    node = External()
    with pytest.raises(TimeoutError, match=r"no packet came within 0\.01 s"):
        node.get(timeout_s=0.01)


def test_it_travels_as_its_settings() -> None:
    assert pickle.loads(pickle.dumps(External(capacity=3))) == External(capacity=3)
