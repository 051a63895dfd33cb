"""Joins: which packets come together, and that it does not depend on which of them came first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import FOREVER, ms
from pipeline.edge import Edge
from pipeline.join import Feed, Join, make_join, starved
from pipeline.media import AudioFrame, Terms
from pipeline.node import JoinName
from pipeline.packet import Packet
from pipeline.port import Input
from tests.parts import frame

NEVER = FOREVER  # no more after this
Span = tuple[int, int]  # milliseconds


def inputs(*ports: Input[Any], live: bool = False, gather_ms: float = 0) -> list[Feed]:
    """Feeds named a, b, c …; the first one gathers if asked to."""
    feeds = []
    for index, port in enumerate(ports):
        port.name = "abc"[index]
        feeds.append(Feed(port, Edge(capacity=1000), ms(gather_ms) if index == 0 else 0, live))
    return feeds


def offer(feed: Feed, *spans: Span, left_ms: float = 0) -> None:
    """Packets that carry their name and start."""
    for start, end in spans:
        assert feed.edge.offer(Packet(Terms.of(f"{feed.name}{start}"), ms(start), ms(end), left=ms(left_ms)))


def plain(value: Any) -> Any:
    """What a set says: the names of its packets."""
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return None if value is None else value.payload.terms[0].text


def sets(join: Join, now_ms: float = 0) -> list[tuple[Any, ...]]:
    """All sets that are complete, as names."""
    found = []
    while (given_set := join.next(ms(now_ms))) is not None:
        found.append(tuple(plain(given_set[feed.name]) for feed in join.feeds))
    return found


def two(rule: JoinName, *ports: Input[Any]) -> tuple[Feed, Feed, Join]:
    feeds = inputs(*(ports or (Input(Terms), Input(Terms))))
    return feeds[0], feeds[1], make_join(rule, feeds)


# One input


def test_one_input_gives_each_packet_as_it_comes() -> None:
    [feed] = inputs(Input(Terms))
    join = make_join("aligned", [feed])
    offer(feed, (0, 10), (10, 20))
    assert sets(join) == [("a0",), ("a10",)]
    assert not join.ended()
    feed.edge.end()
    assert join.ended()


# Aligned


def test_aligned_brings_together_what_starts_together() -> None:
    a, b, join = two("aligned")
    offer(a, (0, 10), (10, 20), (20, 30))
    offer(b, (0, 30), (20, 40))
    assert sets(join) == [("a0", "b0"), ("a10", None), ("a20", "b20")]


def test_aligned_waits_until_the_other_input_has_said_its_word() -> None:
    a, b, join = two("aligned")
    offer(a, (0, 10))
    assert sets(join) == []
    b.edge.advance(ms(0))  # something at 0 may still come
    assert sets(join) == []
    b.edge.advance(1)
    assert sets(join) == [("a0", None)]


def test_aligned_goes_on_without_an_input_that_has_ended() -> None:
    a, b, join = two("aligned")
    offer(a, (0, 10), (10, 20))
    offer(b, (0, 10))
    b.edge.end()
    assert sets(join) == [("a0", "b0"), ("a10", None)]


def test_aligned_with_a_gathered_input_waits_for_what_is_being_gathered() -> None:
    a, b = inputs(Input(AudioFrame), Input(Terms), gather_ms=20)
    join = make_join("aligned", [a, b])
    offer(b, (0, 20))
    a.edge.offer(Packet(frame(1), 0, ms(10)))
    assert join.next(0) is None  # takes the first half and waits for the other
    a.edge.advance(ms(10))
    assert join.next(0) is None
    a.edge.offer(Packet(frame(2), ms(10), ms(20)))
    together = join.next(0)
    assert together is not None
    assert together["a"].end == ms(20)
    assert plain(together["b"]) == "b0"


# Covering


def test_covering_gives_what_covers_the_start_of_the_leading_packet() -> None:
    a, b, join = two("covering")
    offer(a, (0, 20), (20, 40), (40, 60), (60, 80))
    offer(b, (0, 33), (33, 50), (70, 90))
    assert sets(join) == [("a0", "b0"), ("a20", "b0"), ("a40", "b33"), ("a60", None)]


def test_covering_the_whole_span_gives_all_that_overlaps() -> None:
    a, b, join = two("covering", Input(Terms), Input(Terms, whole_span=True))
    offer(a, (0, 100), (100, 200), (200, 300))
    offer(b, (0, 40), (40, 120), (120, 130), (310, 320))
    assert sets(join) == [("a0", ("b0", "b40")), ("a100", ("b40", "b120")), ("a200", ())]


def test_covering_the_whole_span_gives_what_speaks_of_an_instant_exactly_once() -> None:
    a, b, join = two("covering", Input(Terms), Input(Terms, whole_span=True))
    offer(a, (0, 100), (100, 200))
    offer(b, (0, 0), (50, 50), (100, 100))
    b.edge.end()
    assert sets(join) == [("a0", ("b0", "b50")), ("a100", ("b100",))]


def test_covering_the_whole_span_waits_until_the_whole_span_is_settled() -> None:
    a, b, join = two("covering", Input(Terms), Input(Terms, whole_span=True))
    offer(a, (0, 100))
    offer(b, (0, 40))
    b.edge.advance(ms(99))
    assert sets(join) == []
    b.edge.advance(ms(100))
    assert sets(join) == [("a0", ("b0",))]


def test_latest_gives_the_last_one_however_long_ago() -> None:
    a, b, join = two("covering", Input(Terms), Input(Terms, latest=True))
    offer(a, (0, 10), (10, 20), (500, 510))
    offer(b, (5, 6), (20, 21))
    b.edge.end()
    assert sets(join) == [("a0", None), ("a10", "b5"), ("a500", "b20")]


def test_covering_throws_away_what_has_nobody_to_cover_any_more_and_then_ends() -> None:
    a, b, join = two("covering")
    offer(a, (0, 10))
    a.edge.end()
    offer(b, (0, 10), (10, 20), (20, 30))
    assert sets(join) == [("a0", "b0")]
    assert len(b.edge) == 0
    assert not join.ended()
    b.edge.end()
    assert join.ended()


# Arrival


def test_arrival_gives_each_packet_by_itself_the_earliest_first() -> None:
    a, b, join = two("arrival")
    offer(a, (10, 20))
    offer(b, (0, 5), (10, 12))
    assert sets(join) == [(None, "b0"), ("a10", None), (None, "b10")]
    offer(a, (20, 30))
    assert sets(join) == [("a20", None)]  # waits for nobody


# Gathering


def gathered(
    spans: Sequence[Span], *, live: bool, ended: bool = True, gather_ms: float = 40
) -> list[tuple[float, float]]:
    [feed] = inputs(Input(AudioFrame), live=live, gather_ms=gather_ms)
    for start, end in spans:
        feed.edge.offer(Packet(frame(start), ms(start), ms(end)))
    if ended:
        feed.edge.end()
    join, found = make_join("aligned", [feed]), []
    while (given_set := join.next(0)) is not None:
        packet = given_set["a"]
        found.append((packet.start / 1e6, packet.end / 1e6))
    return found


FRAMES = [(at, at + 10) for at in range(0, 150, 10)]


def test_gathering_is_exact_when_nobody_waits() -> None:
    assert gathered(FRAMES, live=False) == [(0, 40), (40, 80), (80, 120), (120, 150)]


def test_gathering_takes_all_that_waits_in_a_live_run_that_is_behind() -> None:
    assert gathered(FRAMES, live=True) == [(0, 150)]


def test_gathering_waits_for_enough_and_gives_the_rest_at_the_end() -> None:
    assert gathered(FRAMES[:3], live=True, ended=False) == []
    assert gathered(FRAMES[:3], live=False, ended=False) == []
    assert gathered(FRAMES[:3], live=True) == [(0, 30)]


@pytest.mark.parametrize("live", [True, False])
def test_what_was_gathered_before_a_gap_goes_by_itself(live: bool) -> None:
    spans = [(0, 10), (10, 20), (100, 110), (110, 120)]
    assert gathered(spans, live=live) == [(0, 20), (100, 120)]


def test_a_gathered_packet_is_the_sound_of_its_parts_and_tells_of_what_was_lost_before() -> None:
    [feed] = inputs(Input(AudioFrame), gather_ms=20)
    feed.edge = Edge(capacity=2, when_full="drop_oldest")
    for index in range(5):
        feed.edge.offer(Packet(frame(index), ms(10 * index), ms(10 * index + 10)))
    whole = make_join("aligned", [feed]).next(0)
    assert whole is not None
    assert (whole["a"].start, whole["a"].end, whole["a"].lost) == (ms(30), ms(50), 3)
    assert list(whole["a"].payload.samples[::160]) == [3, 4]


def test_time_that_is_being_gathered_is_not_settled_for_others() -> None:
    [feed] = inputs(Input(AudioFrame), gather_ms=40)
    join = make_join("aligned", [feed])
    feed.edge.offer(Packet(frame(0), ms(10), ms(20)))
    assert join.next(0) is None
    assert join.bound() == ms(10)


def test_an_input_is_gathered_or_waited_for_not_both() -> None:
    with pytest.raises(ValueError, match="give gather_ms or lateness_ms"):
        Input(AudioFrame, gather_ms=400, lateness_ms=100)


# Lateness: a live run may bound the wait


@pytest.mark.parametrize("rule", ["aligned", "covering"])
def test_a_live_join_waits_no_longer_than_it_was_told(rule: JoinName) -> None:
    a, b = inputs(Input(Terms), Input(Terms, lateness_ms=100), live=True)
    join = make_join(rule, [a, b])
    offer(a, (0, 10), left_ms=50)
    assert sets(join, now_ms=149) == []
    assert join.deadline(ms(149)) == ms(150)
    assert sets(join, now_ms=150) == [("a0", None)]
    assert join.deadline(ms(150)) is None


def test_no_clock_bounds_the_wait_when_the_run_is_not_live() -> None:
    a, b, join = two("covering", Input(Terms), Input(Terms, lateness_ms=100))
    offer(a, (0, 10), left_ms=50)
    assert sets(join, now_ms=10_000) == []
    assert join.deadline(0) is None
    offer(b, (0, 10), (10, 20))
    assert sets(join, now_ms=10_000) == [("a0", "b0")]


def test_a_wait_that_is_over_is_no_deadline_while_another_input_is_still_awaited() -> None:
    a, b, c = inputs(Input(Terms), Input(Terms, lateness_ms=100), Input(Terms), live=True)
    join = make_join("covering", [a, b, c])
    offer(a, (0, 10), left_ms=0)
    assert join.deadline(ms(50)) == ms(100)
    assert join.deadline(ms(200)) is None
    assert sets(join, now_ms=200) == []
    offer(c, (0, 10), (10, 20))
    assert sets(join, now_ms=200) == [("a0", None, "c0")]


def test_aligned_drops_what_comes_after_its_wait_was_over_and_says_so() -> None:
    a, b = inputs(Input(Terms), Input(Terms, lateness_ms=0), live=True)
    join = make_join("aligned", [a, b])
    offer(a, (0, 10), (10, 20))
    assert sets(join) == [("a0", None), ("a10", None)]
    assert join.bound() >= ms(0)
    offer(b, (0, 10), (10, 20), (20, 30))
    offer(a, (20, 30))
    late = join.next(0)
    assert late is not None
    assert (plain(late["a"]), plain(late["b"]), late["b"].lost) == ("a20", "b20", 2)
    assert b.edge.statistics().dropped == 2


def test_covering_keeps_what_came_late_for_the_leads_to_come() -> None:
    a, b = inputs(Input(Terms), Input(Terms, lateness_ms=0), live=True)
    join = make_join("covering", [a, b])
    offer(a, (0, 10))
    assert sets(join) == [("a0", None)]
    offer(b, (0, 100))
    offer(a, (10, 20))
    assert sets(join) == [("a10", "b0")]


# What depends on nothing but stream time


@st.composite
def streams(draw: st.DrawFn) -> list[list[Span]]:
    """Two or three streams on different grids, with holes."""
    found = []
    for step in draw(st.lists(st.sampled_from([5, 10, 20, 25]), min_size=2, max_size=3)):
        starts = sorted(draw(st.sets(st.integers(0, 12), max_size=8)))
        found.append([(start * step, start * step + draw(st.integers(0, 2 * step))) for start in starts])
    return found


def ports(count: int, kind: str) -> list[Input[Any]]:
    options: dict[str, Any] = {"whole_span": kind == "whole", "latest": kind == "latest"}
    return [Input(Terms, **options) for _ in range(count)]


def at_once(rule: JoinName, kind: str, spans: list[list[Span]]) -> list[tuple[Any, ...]]:
    feeds = inputs(*ports(len(spans), kind))
    for feed, those in zip(feeds, spans, strict=True):
        offer(feed, *those)
        feed.edge.end()
    return sets(make_join(rule, feeds))


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("aligned", ""), ("covering", ""), ("covering", "whole"), ("covering", "latest")],
)
@given(spans=streams(), order=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_sets_do_not_depend_on_which_input_came_first(
    rule: JoinName, kind: str, spans: list[list[Span]], order: Any
) -> None:
    feeds = inputs(*ports(len(spans), kind))
    join, found = make_join(rule, feeds), []
    waiting = [list(those) for those in spans]
    while any(not feed.edge.ended for feed in feeds):
        index = order.choice([i for i, feed in enumerate(feeds) if not feed.edge.ended])
        feed, rest = feeds[index], waiting[index]
        move = order.choice(["packet", "bound", "look"])
        if not rest:
            feed.edge.end()
        elif move == "packet":
            offer(feed, rest.pop(0))
        elif move == "bound":  # time may be settled up to the next packet at any moment
            feed.edge.advance(ms(rest[0][0]) - order.choice([0, 1, ms(3)]))
        else:
            found += sets(join)
    found += sets(join)
    assert found == at_once(rule, kind, spans)
    assert join.ended()


@given(spans=streams())
@settings(max_examples=60)
def test_aligned_uses_every_packet_once_and_in_order(spans: list[list[Span]]) -> None:
    found = at_once("aligned", "", spans)
    for index, those in enumerate(spans):
        names = [one[index] for one in found if one[index] is not None]
        assert names == [f"{'abc'[index]}{start}" for start, _ in those]


@given(spans=streams())
@settings(max_examples=60)
def test_covering_the_whole_span_misses_nothing_that_overlaps(spans: list[list[Span]]) -> None:
    lead, other, *_ = spans
    found = at_once("covering", "whole", [lead, other])
    assert [one[0] for one in found] == [f"a{start}" for start, _ in lead]
    for (start, end), (_, covers) in zip(lead, found, strict=True):
        slow = [f"b{s}" for s, e in other if ms(s) < ms(end) and max(ms(e), ms(s) + 1) > ms(start)]
        assert list(covers) == slow


def test_a_join_is_starved_when_one_input_waits_for_another() -> None:
    a, _, join = two("aligned")
    assert not starved(join)
    offer(a, (0, 10))
    assert starved(join)
