"""Inboxes: when a node is woken, and which edges may take more than their room."""

from __future__ import annotations

import anyio
import pytest

from pipeline.clock import RunClock, ms
from pipeline.edge import Edge
from pipeline.inbox import Bell, Inbox
from pipeline.join import Feed, make_join
from pipeline.media import Terms
from pipeline.packet import Packet
from pipeline.port import Input

pytestmark = pytest.mark.anyio


def inbox(*ports: Input[Terms], live: bool = False, absent: bool = False) -> Inbox:
    feeds = []
    for index, port in enumerate(ports):
        port.name = "ab"[index]
        feeds.append(Feed(port, Edge(capacity=1), 0, live))
    return Inbox(make_join("covering", feeds), {"c": None} if absent else {}, RunClock())


def packet(at_ms: int = 0) -> Packet[Terms]:
    return Packet(Terms.of("x"), ms(at_ms), ms(at_ms + 10))


async def test_a_ring_wakes_who_waits_and_one_that_came_before_is_kept() -> None:
    bell, woken = Bell(), list[int]()

    async def waiter() -> None:
        for turn in range(2):
            await bell.wait()
            woken.append(turn)

    bell.ring()
    bell.ring()  # two rings before a wait are one
    async with anyio.create_task_group() as group:
        group.start_soon(waiter)
        await anyio.wait_all_tasks_blocked()
        assert woken == [0]
        bell.ring()
    assert woken == [0, 1]


async def test_a_wait_that_is_cancelled_leaves_the_bell_as_it_was() -> None:
    bell = Bell()
    with anyio.move_on_after(1):
        await bell.wait()
    bell.ring()
    with anyio.fail_after(1):
        await bell.wait()


async def test_a_set_has_none_for_what_is_not_connected() -> None:
    box = inbox(Input(Terms), absent=True)
    assert box.join is not None
    assert box.next(0) is None
    box.join.feeds[0].edge.offer(packet())
    assert box.next(0) == {"a": packet(), "c": None}


async def test_edges_take_more_than_their_room_only_while_their_join_starves() -> None:
    box = inbox(Input(Terms), Input(Terms))
    assert box.join is not None
    lead, other = (feed.edge for feed in box.join.feeds)
    lead.offer(packet())
    assert not lead.offer(packet(10))
    assert box.next(0) is None
    assert lead.offer(packet(10))  # starved on the other input
    other.offer(packet())
    other.advance(ms(5))
    assert box.next(0) is not None
    assert not lead.offer(packet(20))


async def test_a_live_inbox_wakes_when_its_wait_is_over() -> None:
    box = inbox(Input(Terms), Input(Terms, lateness_ms=50), live=True)
    assert box.join is not None
    assert box.deadline() is None
    box.join.feeds[0].edge.offer(packet())
    assert box.deadline() == ms(50)
    before = anyio.current_time()
    await box.wait()
    assert anyio.current_time() - before == pytest.approx(0.05)
    assert box.next(ms(50)) is not None


async def test_an_inbox_of_a_source_has_no_sets() -> None:
    box = Inbox(None, {}, RunClock())
    assert box.next(0) is None
    assert not box.ended
    assert box.deadline() is None
