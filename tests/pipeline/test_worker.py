"""Workers: the four calls of a node behave alike on the loop, in a thread and in a process."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import anyio
import numpy as np
import pytest

from pipeline.clock import ms
from pipeline.errors import NodeError
from pipeline.media import AudioFrame
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.worker import OwnThread, make_worker
from tests.parts import Hold, Trouble, frame
from tests.pipeline.cast import Diary, Remote

pytestmark = pytest.mark.anyio
PLACES: list[Place] = ["loop", "thread", "process"]
BOTH = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])


@pytest.fixture
def _no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith(("node ", "process of ")):
            thread.join(5)
            assert not thread.is_alive(), thread.name


@BOTH
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("_no_thread_stays")
async def test_a_node_does_the_same_in_every_place(place: Place) -> None:
    worker = make_worker(Hold(2), place, "hold")
    await worker.open()
    nothing, held = await worker.step({"audio": Packet(frame(1), ms(10), ms(20))})
    assert (nothing, held) == ([], ms(10))
    both, held = await worker.step({"audio": Packet(frame(2), ms(20), ms(30))})
    assert [(item.port, item.start, item.payload.samples[0]) for item in both] == [
        ("sound", ms(10), 1),
        ("sound", ms(20), 2),
    ]
    assert held is None
    await worker.step({"audio": Packet(frame(3), ms(30), ms(40))})
    rest, _ = await worker.finish(ms(40))
    assert [item.start for item in rest] == [ms(30)]
    await worker.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("_no_thread_stays")
async def test_an_error_comes_out_as_it_was_raised_and_the_worker_goes_on(place: Place) -> None:
    worker = make_worker(Trouble([1]), place, "t")
    await worker.open()
    with pytest.raises(ValueError, match="cannot do this one"):
        await worker.step({"audio": Packet(frame(1), 0, 1)})
    items, _ = await worker.step({"audio": Packet(frame(2), 0, 1)})
    assert len(items) == 1
    await worker.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("_no_thread_stays")
async def test_a_worker_that_cannot_open_leaves_nothing_behind(place: Place) -> None:
    with pytest.raises(OSError, match="no such device"):
        await make_worker(Trouble(place="open"), place, "t").open()


@pytest.mark.usefixtures("_no_thread_stays")
async def test_a_worker_that_was_never_opened_has_no_thread() -> None:
    before = threading.active_count()
    make_worker(Hold(2), "thread", "hold")
    make_worker(Hold(2), "process", "hold")
    assert threading.active_count() == before


@pytest.mark.usefixtures("_no_thread_stays")
async def test_all_calls_of_a_thread_worker_are_in_one_thread_of_its_own() -> None:
    node: Node = Diary()
    worker = make_worker(node, "thread", "diary")
    await worker.open()  # the diary itself checks that the others are in the same one
    assert node.thread != threading.get_ident()  # type: ignore[attr-defined]
    await worker.step({"audio": Packet(frame(1), 0, 1)})
    await worker.close()


async def test_a_remote_service_may_open_answer_and_close_asynchronously() -> None:
    node = Remote(takes_ms=30)
    worker = make_worker(node, "loop", "remote")
    await worker.open()
    assert node.is_open
    before = anyio.current_time()
    items, _ = await worker.step({"audio": Packet(frame(1), 5, 7)})
    assert anyio.current_time() - before == pytest.approx(0.03)
    assert [(item.start, item.end) for item in items] == [(5, 7)]
    await worker.close()
    assert not node.is_open


async def test_a_call_that_is_cancelled_is_left_to_finish_and_the_next_waits_its_turn() -> None:
    gate, done = threading.Event(), list[str]()
    thread = OwnThread("patient")
    with anyio.CancelScope() as scope:

        def first() -> None:
            anyio.from_thread.run_sync(scope.cancel, token=token)
            gate.wait(10)
            done.append("first")

        token = anyio.lowlevel.current_token()
        await thread.call(first)
    assert scope.cancelled_caught
    gate.set()
    await thread.call(done.append, "second")
    assert done == ["first", "second"]
    thread.end()


async def test_a_process_that_ended_says_with_which_code() -> None:
    worker = make_worker(Exits(), "process", "quitter")
    with pytest.raises(NodeError, match=r"node 'quitter': its process ended with code 3 during open\(\)"):
        await worker.open()


class Exits(Node):
    """Ends its process when it is opened."""

    def open(self) -> None:
        raise SystemExit(3)


@dataclass
class Polite(Node):
    """Tells the priority at which it works, and that of a thread it starts, where others would be sound."""

    nice: ClassVar[int] = 3

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        self._inherited: list[int] = []
        thread = threading.Thread(target=lambda: self._inherited.append(_priority()))
        thread.start()
        thread.join()

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        told = np.array([_priority(), *self._inherited], np.float32)
        yield self.sound(AudioFrame(told, 16_000), audio.start, audio.end)


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux has a thread a priority of its own")
@pytest.mark.parametrize("place", ["thread", "process"])
@pytest.mark.usefixtures("_no_thread_stays")
async def test_a_node_that_is_nice_stands_back_with_all_its_threads(place: Place) -> None:
    ours = _priority()
    worker = make_worker(Polite(), place, "polite")
    await worker.open()
    [told], _ = await worker.step({"audio": Packet(frame(1), 0, ms(10))})
    await worker.close()
    assert told.payload.samples.tolist() == [min(19, ours + 3)] * 2
    assert _priority() == ours
