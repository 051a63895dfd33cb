"""A node that says `streams`: what it yields in a thread leaves at once, and work nobody waits for is not finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import anyio
import pytest

from pipeline.errors import NodeError
from pipeline.media import AudioFrame
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.spec import ErrorSpec
from pipeline.testing import feed
from tests.parts import Script, frame
from tests.pipeline import cast
from tests.pipeline.cast import Endless
from tests.pipeline.running import chain

pytestmark = pytest.mark.anyio


@dataclass
class Improves(Node):
    """Gives each frame at once, then better ones: the last where its gate is open."""

    gate: str = ""  # name in cast.GATES that must be open for the last one
    fails_at: int = -1  # value that is followed by an error

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    streams: ClassVar[bool] = True

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any] | None]:
        value = float(audio.payload.samples[0])
        yield self.sound(frame(value))
        if value == self.fails_at:
            raise ValueError("no better one is found")
        yield None
        if self.gate:
            assert cast.GATES[self.gate].wait(10)
        yield self.sound(frame(value + 0.5))


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_all_that_is_yielded_comes_in_order_wherever_the_node_runs(place: Place) -> None:
    got = []
    async with chain(Endless(), Improves(), place=place).run("b.sound") as run:
        async for _, packet in run:
            got.append(float(packet.payload.samples[0]))
            if len(got) == 6:
                run.stop()
    assert got[:6] == [0, 0.5, 1, 1.5, 2, 2.5]


async def test_the_first_leaves_while_the_next_is_still_computed(gate: str) -> None:
    with anyio.fail_after(60):
        async with chain(Endless(), Improves(gate=gate), place="thread").run("b.sound") as run:
            async for _, packet in run:
                if float(packet.payload.samples[0]) == 0:
                    cast.GATES[gate].set()  # would never open if it were waited for
                else:
                    run.stop()


async def test_what_is_left_when_the_inputs_have_ended_is_not_asked_for() -> None:
    got = []
    async with chain(Script(1), Improves(), place="thread").run("b.sound") as run:
        async for _, packet in run:
            got.append(float(packet.payload.samples[0]))
    assert got == [0]


async def test_an_error_after_the_first_is_the_nodes_and_what_came_before_stays() -> None:
    got = []
    with pytest.raises(NodeError, match=r"no better one is found"):  # noqa: PT012 - leaving it raises
        async with chain(Endless(), Improves(fails_at=1), place="thread").run("b.sound") as run:
            async for _, packet in run:
                got.append(float(packet.payload.samples[0]))
    assert got == [0, 0.5, 1]


async def test_an_error_after_the_first_is_skipped_where_errors_are() -> None:
    skips = ErrorSpec(policy="skip")
    got = []
    what = chain(Endless(), Improves(fails_at=1), place="thread", on_error=skips)
    async with what.run("b.sound") as run:
        async for _, packet in run:
            got.append(float(packet.payload.samples[0]))
            if len(got) == 5:
                run.stop()
    assert got[:5] == [0, 0.5, 1, 2, 2.5]


def test_a_test_sees_all_of_it() -> None:
    packets = [Packet(frame(3), 0, 10)]
    assert [float(packet.payload.samples[0]) for packet in feed(Improves(), packets).sound] == [3, 3.5]
