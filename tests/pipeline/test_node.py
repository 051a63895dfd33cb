"""Nodes: what is refused when a class is made, and what a step checks and fills in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.clock import ms
from pipeline.errors import NodeError
from pipeline.media import AudioFrame, Terms
from pipeline.node import Node, Source, finish, step
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from tests.parts import Add, Gain, frame


def test_a_class_knows_its_ports_and_those_it_inherits() -> None:
    class More(Gain):
        extra = Output(Terms)

    assert list(More.inputs) == ["audio"]
    assert list(More.outputs) == ["sound", "extra"]
    assert list(Gain.outputs) == ["sound"]
    assert More.outputs["extra"].name == "extra"


def test_process_must_have_an_argument_for_each_input_in_order() -> None:
    with pytest.raises(
        TypeError,
        match=r"Wrong\.process takes \(b, a\), but its inputs are \(a, b\); give it one argument for each",
    ):

        class Wrong(Node):
            a = Input(Terms)
            b = Input(Terms)

            def process(self, b: Packet[Terms], a: Packet[Terms]) -> None: ...


def test_process_must_not_be_a_coroutine() -> None:
    with pytest.raises(
        TypeError, match=r"Waits\.process is `async def` without `yield`; write `def process`"
    ):

        class Waits(Node):
            a = Input(Terms)

            async def process(self, a: Packet[Terms]) -> None:  # type: ignore[override]
                ...


def test_a_node_without_process_says_so_when_it_is_stepped() -> None:
    class Empty(Node):
        a = Input(Terms)

    with pytest.raises(
        NodeError, match=r"Empty: has no process\(\); write one with an argument for each input"
    ):
        step(Empty(), {"a": Packet(Terms(), 0, 1)})
    with pytest.raises(NodeError, match=r"Bare: has no produce\(\); write an async generator"):
        type("Bare", (Source,), {})().produce(None)


def test_what_says_no_time_has_the_time_of_the_leading_input() -> None:
    given = {"a": None, "b": Packet(frame(1), ms(20), ms(30))}
    [item] = step(Add(), given)
    assert (item.start, item.end) == (ms(20), ms(30))


def test_what_says_only_a_start_ends_with_the_input_and_never_before_it_starts() -> None:
    class Marks(Node):
        a = Input(Terms)
        b = Output(Terms)

        def process(self, a: Packet[Terms]) -> Iterator[Emission[Any]]:
            yield self.b(a.payload, a.start + 5)
            yield self.b(a.payload, a.end + 5)
            yield self.b(a.payload, end=a.end + 7)

        def finish(self) -> Iterator[Emission[Any]]:
            yield self.b(Terms())

    items = step(Marks(), {"a": Packet(Terms(), 10, 20)})
    assert [(item.start, item.end) for item in items] == [(15, 20), (25, 25), (10, 27)]
    assert [(item.start, item.end) for item in finish(Marks(), 99)] == [(99, 99)]


def test_a_process_that_says_nothing_is_fine() -> None:
    class Quiet(Node):
        a = Input(Terms)

        def process(self, a: Packet[Terms]) -> None: ...

    assert step(Quiet(), {"a": Packet(Terms(), 0, 1)}) == []
    assert finish(Quiet(), 0) == []
    assert Quiet().held_since is None


def test_a_set_without_a_packet_is_a_fault_of_the_house() -> None:
    with pytest.raises(NodeError, match="this is a fault of Dragoman's joins"):
        step(Add(), {"a": None, "b": None})


def test_a_packet_in_the_wrong_format_is_refused_with_the_node_that_converts() -> None:
    class Narrow(Node):
        rate = 8_000
        audio = Input(AudioFrame, rate_hz="rate")

        def process(self, audio: Packet[AudioFrame]) -> None: ...

    with pytest.raises(
        NodeError,
        match=r"Narrow\.audio takes rate_hz 8000, but got rate_hz 16000; put audio\.resample between",
    ):
        step(Narrow(), {"audio": Packet(frame(), 0, 1)})
    assert step(Narrow(), {"audio": Packet(AudioFrame(frame().samples, 8_000), 0, 1)}) == []


def test_a_source_is_not_live_unless_it_says_so() -> None:
    assert not Source().live
