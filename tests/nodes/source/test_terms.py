"""Terms that a program pushes come out in order, at the time at which they came."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import anyio

from nodes.source.terms import PushedTerms
from pipeline import check_node
from pipeline.clock import RunClock, run_virtual, seconds
from pipeline.conformance import DECLARED, PROMISES
from pipeline.media import Term
from pipeline.port import Emission


def pushed(source: PushedTerms) -> list[Emission[Any]]:
    """What comes of terms pushed at 0, 2 and 5 seconds."""
    came: list[Emission[Any]] = []

    async def desk() -> None:
        source.push(["Carton"])
        await anyio.sleep(2)
        source.push([Term("Bastille", "Bastilha"), "Lucie"])
        await anyio.sleep(3)
        source.push([])
        source.end()

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(desk)
            async with aclosing(source.produce(RunClock())) as stream:
                async for item in stream:
                    came.append(item)  # noqa: PERF401 - what came before an error counts too

    source.open()
    try:
        run_virtual(both, rate=0.0)
    finally:
        source.close()
    return came


def test_each_push_takes_the_place_of_the_one_before_from_when_it_came() -> None:
    came = pushed(PushedTerms())
    assert [[term.text for term in item.payload.terms] for item in came] == [
        ["Carton"],
        ["Bastille", "Lucie"],
        [],
    ]
    assert [item.start for item in came] == [0, seconds(2), seconds(5)]
    assert came[1].payload.terms[0] == Term("Bastille", "Bastilha", origin="injected")


def test_when_there_is_no_room_or_the_graph_has_stopped_a_push_says_so() -> None:
    source = PushedTerms(capacity=1)
    source.open()
    assert source.push(["Carton"])
    assert not source.push(["Lucie"])
    source.close()
    assert not source.push(["Lucie"])


def test_it_can_be_run_again() -> None:
    source = PushedTerms()
    assert len(pushed(source)) == len(pushed(source)) == 3


def test_it_declares_itself() -> None:
    check_node(PushedTerms, without=[promise for promise in PROMISES if promise not in DECLARED])
