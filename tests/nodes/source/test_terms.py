"""Terms that a program pushes come out in order, at the time at which they came."""

from __future__ import annotations

import anyio

from nodes.source.terms import PushedTerms
from pipeline import check_node
from pipeline.clock import seconds
from pipeline.conformance import DECLARED, PROMISES
from pipeline.media import Term
from tests.nodes.source._made import run_beside


async def desk(source: PushedTerms) -> None:
    """Push terms at 0, 2 and 5 seconds."""
    source.push(["Carton"])
    await anyio.sleep(2)
    source.push([Term("Bastille", "Bastilha"), "Lucie"])
    await anyio.sleep(3)
    source.push([])
    source.end()


def test_each_push_takes_the_place_of_the_one_before_from_when_it_came() -> None:
    came = run_beside(PushedTerms(), desk)
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
    assert len(run_beside(source, desk)) == len(run_beside(source, desk)) == 3


def test_it_declares_itself() -> None:
    check_node(PushedTerms, without=[promise for promise in PROMISES if promise not in DECLARED])
