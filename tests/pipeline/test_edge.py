"""Edges: what each rule does when there is no room, and that the books always balance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.clock import FOREVER, ms
from pipeline.edge import Edge, WhenFull
from pipeline.errors import NodeError
from pipeline.packet import Packet


def packet(index: int, length_ms: float = 10) -> Packet[int]:
    """A packet that carries its index and starts at `index` times 10 ms."""
    return Packet(index, ms(10 * index), ms(10 * index + length_ms))


def offered(when_full: WhenFull, count: int, capacity: int = 3) -> Edge:
    edge = Edge(capacity=capacity, when_full=when_full)
    for index in range(count):
        edge.offer(packet(index))
    return edge


def taken(edge: Edge) -> list[tuple[int, int]]:
    """Payload and `lost` of all that waits."""
    found = []
    while len(edge):
        item = edge.take()
        found.append((item.payload, item.lost))
    return found


def test_a_waiting_edge_refuses_what_does_not_fit_and_takes_it_once_there_is_room() -> None:
    edge = offered("wait", 3)
    assert not edge.offer(packet(3))
    assert edge.take().payload == 0
    assert edge.offer(packet(3))
    assert taken(edge) == [(1, 0), (2, 0), (3, 0)]


@pytest.mark.parametrize(
    ("when_full", "kept"),
    [
        ("drop_oldest", [(2, 2), (3, 0), (4, 0)]),  # 0 and 1 are gone: the first that is taken says so
        ("latest", [(3, 3), (4, 0)]),  # 3 found 0, 1, 2 in its way; 4 found room
        ("drop_newest", [(0, 0), (1, 0), (2, 0)]),  # 3 and 4 never got in
    ],
)
def test_each_rule_drops_what_it_says(when_full: WhenFull, kept: list[tuple[int, int]]) -> None:
    edge = offered(when_full, 5)
    before = edge.statistics()
    assert taken(edge) == kept
    assert (before.offered, before.dropped, before.waiting) == (5, 5 - len(kept), len(kept))


def test_what_drop_newest_drops_is_told_by_the_next_packet_that_gets_in() -> None:
    edge = offered("drop_newest", 5)
    edge.take()
    edge.offer(packet(5))
    assert taken(edge) == [(1, 0), (2, 0), (5, 2)]


def test_a_gap_that_a_dropped_packet_told_of_is_not_forgotten() -> None:
    edge = Edge(capacity=1, when_full="drop_newest")
    edge.offer(packet(0))
    edge.offer(Packet("after a gap", ms(10), ms(20), lost=4))
    edge.take()
    edge.offer(packet(2))
    assert taken(edge) == [(2, 5)]


def test_room_is_bounded_by_media_where_it_is_set() -> None:
    edge = Edge(capacity=100, capacity_ns=ms(50))
    assert [edge.offer(packet(index)) for index in range(7)] == [True] * 5 + [False] * 2
    edge.take()
    assert edge.offer(packet(5))


def test_one_packet_longer_than_the_room_still_passes() -> None:
    edge = Edge(capacity_ns=ms(50))
    assert edge.offer(packet(0, length_ms=400))
    assert not edge.offer(packet(40))
    edge.take()
    assert edge.offer(packet(40))


def test_a_long_packet_drops_as_many_old_ones_as_it_needs() -> None:
    edge = Edge(capacity=100, capacity_ns=ms(50), when_full="drop_oldest")
    for index in range(5):
        edge.offer(packet(index))
    edge.offer(packet(5, length_ms=30))
    assert taken(edge) == [(3, 3), (4, 0), (5, 0)]


def test_a_packet_from_before_settled_time_is_refused_with_the_edge_and_the_remedy() -> None:
    edge = Edge("talk.audio -> words.audio")
    edge.advance(ms(15))
    with pytest.raises(
        NodeError, match=r"talk\.audio -> words\.audio: .* 10000000 ns .* says so with held_since"
    ):
        edge.offer(packet(1))


def test_silence_settles_time_too_and_only_forward() -> None:
    edge = Edge()
    assert edge.settled() == -FOREVER
    assert edge.advance(ms(100))
    assert not edge.advance(ms(50))
    assert edge.settled() == ms(100)
    edge.offer(packet(12))
    assert edge.settled() == ms(120)


def test_an_ended_edge_gives_what_waits_and_is_then_drained() -> None:
    edge = offered("wait", 1)
    edge.end()
    assert (edge.ended, edge.drained) == (True, False)
    edge.take()
    assert edge.drained
    assert edge.settled() == FOREVER


def test_taking_from_an_empty_edge_is_an_error() -> None:
    with pytest.raises(IndexError):
        Edge().take()


def test_only_a_waiting_edge_takes_more_than_its_room_for_a_starved_join() -> None:
    waiting, dropping = offered("wait", 3), offered("drop_oldest", 3)
    waiting.relaxed = dropping.relaxed = True
    assert waiting.offer(packet(3))
    assert dropping.offer(packet(3))
    assert (len(waiting), len(dropping)) == (4, 3)


class EdgeBooks(RuleBasedStateMachine):
    """An edge under any sequence of offers and takes, against a list of what was offered."""

    @initialize(
        when_full=st.sampled_from(["wait", "drop_oldest", "drop_newest", "latest"]),
        capacity=st.integers(1, 4),
        media_ms=st.none() | st.integers(10, 60),
    )
    def start(self, when_full: WhenFull, capacity: int, media_ms: int | None) -> None:
        self.room = ms(media_ms) if media_ms is not None else FOREVER
        self.edge = Edge(capacity=capacity, capacity_ns=self.room, when_full=when_full)
        self.index = 0
        self.out: list[Packet[int]] = []

    @rule(length_ms=st.sampled_from([0, 10, 35, 80]))
    def offer(self, length_ms: int) -> None:
        if self.edge.offer(packet(self.index, length_ms)):
            self.index += 1
        else:
            assert self.edge.when_full == "wait"

    @precondition(lambda self: len(self.edge) > 0)
    @rule()
    def take(self) -> None:
        self.out.append(self.edge.take())

    @invariant()
    def the_books_balance(self) -> None:
        if not hasattr(self, "edge"):
            return
        books = self.edge.statistics()
        assert books.offered == self.index
        assert books.offered == books.passed + books.dropped + books.waiting
        assert books.passed == len(self.out)
        assert books.waiting <= books.peak <= books.capacity
        waiting = self.edge.packets()
        assert len(waiting) <= 1 or waiting[-1].end - waiting[0].start <= self.room
        if self.edge.when_full == "wait":
            assert books.dropped == 0

    @invariant()
    def order_is_kept_and_every_drop_is_told_where_it_happened(self) -> None:
        if not hasattr(self, "edge"):
            return
        assert _gaps(self.out) == [item.lost for item in self.out]

    def teardown(self) -> None:
        if not hasattr(self, "edge"):
            return
        while len(self.edge):
            self.out.append(self.edge.take())
        gaps = _gaps(self.out)
        assert gaps == [item.lost for item in self.out]
        trailing = self.index - 1 - (self.out[-1].payload if self.out else -1)
        assert sum(gaps) + trailing == self.edge.statistics().dropped


def _gaps(out: Sequence[Packet[int]]) -> list[int]:
    """How many packets are missing before each one."""
    payloads = [-1, *(item.payload for item in out)]
    return [b - a - 1 for a, b in itertools.pairwise(payloads)]


EdgeBooks.TestCase.settings = settings(max_examples=50, stateful_step_count=30)
TestEdgeBooks = EdgeBooks.TestCase
