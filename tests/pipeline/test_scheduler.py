"""Running graphs: the same packets on any schedule and in any place, nothing lost, and every way to end."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import RunClock, ms, run_virtual
from pipeline.edge import WhenFull
from pipeline.errors import InputError, NodeError
from pipeline.graph import Graph
from pipeline.media import AudioFrame
from pipeline.node import Node, Place, Source
from pipeline.port import Emission, Output
from pipeline.scheduler import Run, run_to_end
from pipeline.spec import EdgeSpec
from tests.parts import Add, Every, Gain, Hold, Keep, Script, Trouble, frame
from tests.pipeline.cast import Beside, Diary, Endless, Gathers, Listener, Reader, Remote, Timeless
from tests.pipeline.running import (
    Value,
    balanced,
    chain,
    collected,
    edge,
    finished,
    graph,
    node,
    values,
)

pytestmark = pytest.mark.anyio
PLACES: list[Place] = ["loop", "thread", "process"]
BOTH = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])


# The same packets wherever and however


@BOTH
@pytest.mark.parametrize("place", PLACES)
async def test_a_chain_gives_the_same_wherever_it_runs(place: Place) -> None:
    what = chain(Script(count=7), Gain(2), Hold(3), place=place)
    expected = [(10 * i, 10 * i + 10, 2 * i) for i in range(7)]
    assert await collected(what, "c.sound") == {"c.sound": expected}


def kinds(draw: st.DrawFn) -> Node:
    light = [Gain(2), Gain(-1), Every(2), Every(3), Hold(2), Hold(4)]
    return draw(
        st.sampled_from([*light, Gathers(25), Gathers(60), Add(), Add(), Beside(), Remote(takes_ms=7)])
    )


@st.composite
def dags(draw: st.DrawFn) -> tuple[dict[str, Node], dict[str, str], dict[str, int], dict[str, Place]]:
    """One or two scripts, and up to six nodes fed by anything before them; room and place for each."""
    nodes: dict[str, Node] = {}
    outputs: list[str] = []
    for i in range(draw(st.integers(1, 2))):
        nodes[f"s{i}"] = Script(count=draw(st.integers(0, 12)), every_ms=draw(st.sampled_from([10, 20, 30])))
        outputs.append(f"s{i}.audio")
    wires: dict[str, str] = {}
    for i in range(draw(st.integers(1, 6))):
        nodes[f"n{i}"] = kinds(draw)
        for port in nodes[f"n{i}"].inputs:
            wires[f"n{i}.{port}"] = draw(st.sampled_from(outputs))
        outputs.append(f"n{i}.sound")
    room = {target: draw(st.integers(1, 4)) for target in wires}
    places: dict[str, Place] = {
        name: draw(st.sampled_from(["loop", "loop", "thread"]))
        for name, one in nodes.items()
        if not isinstance(one, Source | Remote | Gathers)
    }
    return nodes, wires, room, places


@given(dag=dags())
@settings(max_examples=40)
def test_any_graph_on_any_schedule_with_any_room_gives_the_same_packets(
    dag: tuple[dict[str, Node], dict[str, str], dict[str, int], dict[str, Place]],
) -> None:
    nodes, wires, room, places = dag
    tight = graph(nodes, {t: EdgeSpec(s, capacity=room[t]) for t, s in wires.items()}, runs_on=places)
    roomy = graph(nodes, {t: EdgeSpec(s, capacity=10_000) for t, s in wires.items()})
    outputs = [f"{name}.{port}" for name, one in nodes.items() for port in one.outputs]

    async def both() -> tuple[dict[str, list[Value]], dict[str, list[Value]]]:
        return await collected(tight, *outputs), await collected(roomy, *outputs)

    tightly, roomily = run_virtual(both, rate=0.0)
    assert tightly == roomily


@given(dag=dags(), after_ms=st.integers(0, 150), failing=st.booleans())
@settings(max_examples=30)
def test_any_graph_stopped_or_failing_at_any_moment_ends_in_order(
    dag: tuple[dict[str, Node], dict[str, str], dict[str, int], dict[str, Place]],
    after_ms: int,
    failing: bool,
) -> None:
    nodes, wires, room, places = dag
    nodes = {
        name: Endless(pace="realtime") if isinstance(one, Script) else one for name, one in nodes.items()
    }
    bad = Trouble([after_ms // 10]) if failing else Gain()
    nodes, wires = {**nodes, "bad": bad, "end": Diary()}, {**wires, "bad.audio": "s0.audio"}
    last = [f"{name}.sound" for name in nodes if name.startswith("n")][-1]
    edges = {t: EdgeSpec(s, capacity=room.get(t, 1)) for t, s in {**wires, "end.audio": last}.items()}
    what = graph(nodes, edges, runs_on=places)

    told: list[str] = []

    async def stopped() -> Run:
        with anyio.fail_after(3600):
            try:
                async with what.run() as run:
                    await anyio.sleep(after_ms / 1000)
                    if not failing:
                        run.stop()
                    await run.wait()
            except NodeError as error:
                told.append(str(error).partition(" (")[0])
        return run

    run = run_virtual(stopped, rate=0.0)
    assert (run.ended, told) == (("failed", ["node 'bad'"]) if failing else ("stopped", []))
    assert run.node("end").calls[-2:] == ["finish", "close"]
    assert run.node("end").calls.count("close") == run.node("end").calls.count("open") == 1
    for one in run.report().edges:
        assert one.offered == one.passed + one.dropped + one.waiting
        assert one.waiting == 0 or one.target == "bad"


async def test_a_join_with_a_starved_input_does_not_hang_a_graph_with_little_room() -> None:
    """One branch says something only now and then; the other would be full long before."""
    for slow in (Every(50), Hold(50)):
        what = graph(
            {"talk": Script(count=60), "slow": slow, "fast": Gain(), "sum": Add()},
            {
                "slow.audio": EdgeSpec("talk.audio", capacity=1),
                "fast.audio": EdgeSpec("talk.audio", capacity=1),
                "sum.a": EdgeSpec("slow.sound", capacity=1),
                "sum.b": EdgeSpec("fast.sound", capacity=1),
            },
        )
        found = await values(what, "sum.sound")
        both = range(60) if isinstance(slow, Hold) else [49]
        assert found == [2 * i if i in both else i for i in range(60)]


@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_a_join_ends_when_what_leads_has_ended_however_much_the_others_still_say(place: Place) -> None:
    what = graph(
        {"lead": Script(count=1), "other": Script(count=200), "both": Beside()},
        {"both.a": EdgeSpec("lead.audio", capacity=1), "both.b": EdgeSpec("other.audio", capacity=1)},
        runs_on={"both": place},
    )
    assert await values(what, "both.sound") == [0]
    report, _ = await finished(what)
    assert report.ended == "done"
    assert balanced(report)


async def test_an_optional_input_that_is_not_connected_gives_none() -> None:
    what = graph(
        {"talk": Script(count=2), "words": Listener(), "read": Reader()},
        {"words.audio": "talk.audio", "read.text": "words.text"},
    )
    _, run = await finished(what)
    assert [packet.payload.text for packet in run.node("read").kept] == ["…", "…"]


async def test_two_graphs_run_side_by_side_in_one_process() -> None:
    found: dict[int, list[int]] = {}

    async def one(factor: int) -> None:
        found[factor] = await values(chain(Script(count=5), Gain(factor), place="thread"), "b.sound")

    async with anyio.create_task_group() as group:
        for factor in range(4):
            group.start_soon(one, factor)
    assert found == {factor: [factor * i for i in range(5)] for factor in range(4)}


async def test_one_graph_can_be_run_again() -> None:
    what = chain(Script(count=5), Hold(2))
    assert await values(what, "b.sound") == await values(what, "b.sound") == [0, 1, 2, 3, 4]


async def test_a_long_chain_of_light_nodes_runs() -> None:
    names = [f"n{i}" for i in range(100)]
    nodes: dict[str, Node] = {"talk": Script(count=3), **{name: Gain() for name in names}}
    wires = {f"{b}.audio": f"{a}.sound" for a, b in itertools.pairwise(names)}
    found = await values(graph(nodes, {"n0.audio": "talk.audio", **wires}), "n99.sound")
    assert found == [0, 1, 2]


# Backpressure and rules for when it is full


@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_nothing_is_lost_on_its_way_to_a_slow_consumer(place: Place) -> None:
    what = graph(
        {"talk": Script(count=300), "loud": Gain(), "slow": Remote(takes_ms=5), "keep": Keep()},
        {
            "loud.audio": EdgeSpec("talk.audio", capacity=2),
            "slow.audio": EdgeSpec("loud.sound", capacity=3),
            "keep.audio": EdgeSpec("slow.sound", capacity=1),
        },
        runs_on={"loud": place},
    )
    report, run = await finished(what)
    assert run.node("keep").values == list(range(300))
    assert balanced(report)
    assert all(one.peak <= one.capacity and one.dropped == 0 for one in report.edges)
    assert report.clock_s >= 300 * 0.005 - 1e-6  # the source waited with it


async def test_a_full_edge_holds_up_its_producer_and_no_other_branch_for_ever() -> None:
    what = graph(
        {"talk": Script(count=50), "slow": Remote(takes_ms=5), "keep": Keep(), "other": Keep()},
        {
            "slow.audio": EdgeSpec("talk.audio", capacity=1),
            "keep.audio": EdgeSpec("slow.sound"),
            "other.audio": EdgeSpec("talk.audio", capacity=1),
        },
    )
    _, run = await finished(what)
    assert run.node("keep").values == run.node("other").values == list(range(50))


@pytest.mark.parametrize(
    ("when_full", "kept"),
    [
        # A frame each 10 ms; an answer takes 33 ms; room for two. At 43 ms, frames 1, 2 and 3 have come.
        ("drop_oldest", [0, 2, 5, 8, 12, 15, 18, 19]),
        ("drop_newest", [0, 1, 2, 4, 7, 10, 14, 17]),
        ("latest", [0, 3, 6, 9, 12, 15, 18, 19]),
    ],
)
async def test_what_is_dropped_when_a_node_is_too_slow_is_exact(when_full: WhenFull, kept: list[int]) -> None:
    what = graph(
        {"talk": Script(count=20, pace="realtime"), "slow": Remote(takes_ms=33), "keep": Keep()},
        {"slow.audio": EdgeSpec("talk.audio", capacity=2, when_full=when_full), "keep.audio": "slow.sound"},
    )
    report, run = await finished(what)
    books = edge(report, "talk.audio -> slow.audio")
    assert modelled(when_full, 20, every=10, takes=33, room=2) == kept
    assert run.node("keep").values == kept
    assert (books.offered, books.passed, books.dropped) == (20, len(kept), 20 - len(kept))
    assert balanced(report)


def modelled(when_full: WhenFull, count: int, every: int, takes: int, room: int) -> list[int]:
    """The same by hand: which frames a slow consumer gets."""
    waiting: list[int] = []
    got: list[int] = []
    free_at = 0
    for index in range(count):
        at = (index + 1) * every
        while waiting and free_at <= at:  # it takes what waited, at the moment it is free
            got.append(waiting.pop(0))
            free_at += takes
        if free_at <= at and not waiting:
            got.append(index)
            free_at = at + takes
            continue
        if len(waiting) == room:
            if when_full == "drop_newest":
                continue
            del waiting[: room if when_full == "latest" else 1]
        waiting.append(index)
    return got + waiting


async def test_a_dropping_edge_keeps_to_its_room_while_a_join_starves() -> None:
    what = graph(
        {"talk": Script(count=40), "slow": Hold(40), "sum": Add(), "keep": Keep()},
        {
            "slow.audio": "talk.audio",
            "sum.a": EdgeSpec("talk.audio", capacity=2, when_full="latest"),
            "sum.b": "slow.sound",
            "keep.audio": "sum.sound",
        },
    )
    report, _ = await finished(what)
    assert edge(report, "talk.audio -> sum.a").peak == 2


@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_gathering_works_with_less_room_than_it_gathers(place: Place) -> None:
    what = graph(
        {"talk": Script(count=10), "gather": Every(1), "big": Gathers()},
        {
            "gather.audio": EdgeSpec("talk.audio", capacity=1),
            "big.audio": EdgeSpec("gather.sound", capacity=1),
        },
        runs_on={"gather": place},
    )
    assert await collected(what, "big.sound") == {"big.sound": [(0, 40, 0), (40, 80, 4), (80, 100, 8)]}


async def test_a_live_run_that_is_behind_catches_up_with_one_step() -> None:
    """Frames of 10 ms, 40 gathered, 93 for an answer: what came meanwhile is taken together."""
    live = chain(Script(count=30, pace="realtime"), Gathers(takes_ms=93))
    assert await collected(live, "b.sound") == {
        "b.sound": [(0, 40, 0), (40, 130, 4), (130, 220, 13), (220, 300, 22)]
    }
    asap = chain(Script(count=30), Gathers(takes_ms=93))
    assert [end - start for start, end, _ in (await collected(asap, "b.sound"))["b.sound"]] == [40] * 7 + [20]


async def test_a_live_join_waits_for_a_late_input_by_the_clock_and_no_longer() -> None:
    what = graph(
        {
            "talk": Script(count=4, every_ms=100, pace="realtime"),
            "late": Remote(takes_ms=70),
            "both": Beside(),
        },
        {"late.audio": "talk.audio", "both.a": "talk.audio", "both.b": "late.sound"},
    )
    left: list[tuple[int, int]] = []
    with anyio.fail_after(100):
        async with what.run("both.sound") as run:
            async for _, packet in run:
                left.append((round(packet.left / 1e6), int(packet.payload.samples[0])))
    assert left == [(150, -1), (250, -1), (350, -1), (450, -1)]
    assert await values(what.with_settings({"late.takes_ms": 20.0}), "both.sound") == [0, 1, 2, 3]


@dataclass
class Sparse(Source):
    """Sound on one output, and on the other something only at the start."""

    tell: bool = True  # say that the other output is silent

    audio = Output(AudioFrame)
    other = Output(AudioFrame)

    @property
    def live(self) -> bool:
        return True

    @property
    def held_since(self) -> int | None:
        return self._at if self.tell else None

    def open(self) -> None:
        self._at = 0

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        yield self.other(frame(100), 0, ms(10))
        for index in range(5):
            await clock.until(ms(10 * index + 10))
            self._at = ms(10 * index + 10)
            yield self.audio(frame(index), ms(10 * index), ms(10 * index + 10))


async def test_a_source_can_say_that_an_output_is_silent_so_that_no_join_starves() -> None:
    async def delays(tell: bool) -> list[int]:
        what = graph(
            {"s": Sparse(tell), "sum": Add()},
            {"sum.a": "s.audio", "sum.b": "s.other"},
        )
        with anyio.fail_after(100):
            async with what.run("sum.sound") as run:
                return [round(packet.left / 1e6) async for _, packet in run]

    assert await delays(True) == [10, 20, 30, 40, 50]
    assert await delays(False) == [10, 50, 50, 50, 50]


# The end


@BOTH
@pytest.mark.parametrize("place", PLACES)
async def test_the_end_runs_down_and_everything_is_finished_and_closed_once(place: Place) -> None:
    what = chain(Script(count=2), Diary(), place=place)
    with anyio.fail_after(60):
        async with what.run("b.sound") as run:
            got = [int(packet.payload.samples[0]) async for _, packet in run]
    assert got == [0, 1, 99]
    assert run.ended == "done"
    if place != "process":
        assert run.node("b").calls == ["open", "process", "process", "finish", "close"]


async def test_stop_drains_what_was_heard_to_whoever_iterates() -> None:
    what = graph(
        {"talk": Endless(), "slow": Remote(takes_ms=10), "keep": Keep()},
        {"slow.audio": EdgeSpec("talk.audio", capacity=5), "keep.audio": "slow.sound"},
    )
    got: list[int] = []
    with anyio.fail_after(100):
        async with what.run("slow.sound") as run:
            async for _, packet in run:
                got.append(int(packet.payload.samples[0]))
                if len(got) == 10:
                    run.stop()
    assert run.ended == "stopped"
    assert got == run.node("keep").values == list(range(len(got)))
    assert len(got) > 10
    assert balanced(run.report())
    assert run.node("talk").left
    assert run.node("keep").closed == 1


async def test_leaving_the_block_early_stops_the_run_in_order() -> None:
    what = graph(
        {"talk": Endless(), "slow": Remote(takes_ms=10), "keep": Keep()},
        {"slow.audio": EdgeSpec("talk.audio", capacity=5), "keep.audio": "slow.sound"},
    )
    with anyio.fail_after(100):
        async with what.run("slow.sound") as run:
            async for _ in run:
                break
    assert run.ended == "stopped"
    assert run.node("keep").values == list(
        range(8)
    )  # one seen, one in work, five that waited, one at the door
    assert run.node("keep").closed == 1


async def test_abort_drops_what_waits_and_still_closes() -> None:
    what = graph(
        {"talk": Endless(), "slow": Remote(takes_ms=10), "keep": Keep()},
        {"slow.audio": EdgeSpec("talk.audio", capacity=5), "keep.audio": "slow.sound"},
    )
    with anyio.fail_after(100):
        async with what.run("slow.sound") as run:
            async for _ in run:
                run.abort()
    assert run.ended == "aborted"
    assert len(run.node("keep").values) <= 2
    assert run.node("keep").closed == 1
    assert not run.node("slow").is_open


@BOTH
async def test_an_error_in_the_block_aborts_the_run_and_comes_out_as_it_is() -> None:
    with pytest.raises(KeyError, match="mine"):  # noqa: PT012 - leaving it raises
        async with chain(Endless(), Diary(), place="thread").run("b.sound") as run:
            async for _ in run:
                raise KeyError("mine")
    assert run.ended == "aborted"
    assert run.node("b").calls[-1] == "close"
    assert run.node("b").calls.count("close") == 1


async def test_a_run_that_is_cancelled_from_outside_closes_its_nodes() -> None:
    with anyio.move_on_after(1):
        async with chain(Endless(pace="realtime"), Diary()).run() as run:
            await anyio.sleep_forever()
    assert run.ended == "aborted"
    assert run.node("b").calls[-1] == "close"


async def test_a_run_that_is_cancelled_while_it_opens_closes_what_was_open() -> None:
    closed: list[bool] = []

    @dataclass
    class SlowToOpen(Remote):
        async def open(self) -> None:  # type: ignore[override]
            await anyio.sleep(60)

    @dataclass
    class Watched(Gain):
        def close(self) -> None:
            closed.append(True)

    what = Graph.of(
        {"a": Script(), "b": Watched(), "c": SlowToOpen()}, {"b.audio": "a.audio", "c.audio": "a.audio"}
    )
    with anyio.move_on_after(1) as scope:
        async with what.run():
            pytest.fail("it never opened")
    assert scope.cancelled_caught
    assert closed == [True]


async def test_abort_after_the_end_changes_nothing() -> None:
    _, run = await finished(chain(Script(count=1), Keep()))
    run.abort()
    run.stop()
    assert run.ended == "done"


# Iterating


async def test_outputs_are_iterated_by_name_and_take_turns() -> None:
    what = chain(Script(count=3), Gain(10), Keep())
    names = []
    async with what.run("a.audio", "b.sound") as run:
        async for name, packet in run:
            names.append((name, int(packet.payload.samples[0])))
    assert sorted(names) == [("a.audio", i) for i in range(3)] + [("b.sound", 10 * i) for i in range(3)]
    assert [i for name, i in names if name == "b.sound"] == [0, 10, 20]


async def test_a_program_that_reads_slowly_holds_the_run_up_and_misses_nothing() -> None:
    got: list[int] = []
    async with chain(Script(count=1000), Gain()).run("b.sound") as run:
        async for _, packet in run:
            if len(got) % 100 == 0:
                await anyio.sleep(1)
            got.append(packet.start)
    assert got == [ms(10 * i) for i in range(1000)]


async def test_waiting_for_the_end_throws_away_what_nobody_reads() -> None:
    async with chain(Script(count=1000), Gain(), Keep()).run("b.sound") as run:
        await run.wait()
        assert len(run.node("c").kept) == 1000


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("b.sund", r"graph: no output 'b.sund'; did you mean 'b.sound'\?"),
        ("nobody.x", "graph: no output 'nobody.x'"),
        ("b", "graph: no output 'b'"),
    ],
)
async def test_an_output_that_is_not_there_is_refused_before_anything_opens(output: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        async with chain(Script(), Gain(), place="thread").run(output):
            pytest.fail("it opened")


async def test_a_node_knows_which_outputs_somebody_wants() -> None:
    what = graph(
        {"s": Sparse(), "keep": Keep(), "idle": Gain()}, {"keep.audio": "s.audio", "idle.audio": "s.other"}
    )
    _, run = await finished(what)
    assert run.node("s").wanted == {"audio", "other"}
    assert run.node("idle").wanted == frozenset()
    _, alone = await finished(what.without("idle"))
    assert alone.node("s").wanted == {"audio"}
    with pytest.raises(InputError, match="no node 'kep'"):
        run.node("kep")


def test_a_program_without_async_iterates_too() -> None:
    found = [
        (name, int(packet.payload.samples[0]))
        for name, packet in chain(Script(count=4), Gain(3)).stream("b.sound")
    ]
    assert found == [("b.sound", 0), ("b.sound", 3), ("b.sound", 6), ("b.sound", 9)]


def test_a_program_without_async_may_stop_in_the_middle() -> None:
    stream = chain(Endless(), Gain()).stream("b.sound")
    assert next(stream)[0] == "b.sound"
    stream.close()  # type: ignore[attr-defined]
    for _, packet in chain(Endless(), Gain()).stream("b.sound"):
        assert packet.start == 0
        break


def test_a_program_without_async_gets_the_error() -> None:
    got = []
    with pytest.raises(NodeError, match=r"node 'a' .* raised ValueError: the tape tore"):  # noqa: PT012 - it raises in the end
        for _, packet in chain(Script(count=9, fail_at=4), Gain()).stream("b.sound"):
            got.append(int(packet.payload.samples[0]))
    assert got == [0, 1, 2, 3]


# Books


async def test_the_report_adds_up() -> None:
    what = graph(
        {"talk": Script(count=20), "some": Every(4), "keep": Keep(), "all": Keep()},
        {"some.audio": "talk.audio", "keep.audio": "some.sound", "all.audio": "talk.audio"},
    )
    report = await run_to_end(what)
    assert report.ended == "done"
    assert report.media_s == 0.2
    assert balanced(report)
    assert {one.name: one.passed for one in report.edges} == {
        "talk.audio -> some.audio": 20,
        "talk.audio -> all.audio": 20,
        "some.sound -> keep.audio": 5,
    }
    assert {one.name: one.calls for one in report.nodes} == {"talk": 20, "some": 20, "keep": 5, "all": 20}
    assert json.loads(json.dumps(report.to_dict()))["media_s"] == 0.2


async def test_the_report_stands_still_once_the_run_has_ended() -> None:
    report, run = await finished(chain(Script(count=5, pace="realtime"), Keep()))
    assert report.clock_s == pytest.approx(0.05)
    await anyio.sleep(100)
    assert run.report() == report


def test_a_report_can_be_read_after_the_event_loop_is_gone() -> None:
    _, run = anyio.run(finished, chain(Script(count=5), Keep()))
    assert run.report().ended == "done"


async def test_a_report_can_be_read_while_it_runs() -> None:
    async with chain(Endless(pace="realtime"), Keep()).run() as run:
        await anyio.sleep(1)
        assert run.report().ended == "running"
        assert run.report().clock_s == pytest.approx(1)


async def test_a_source_that_forgets_the_time_is_told_how_to_say_it() -> None:
    with pytest.raises(
        NodeError, match=r"Timeless yielded without a time; .* yield self\.audio\(payload, start, end\)"
    ):
        await finished(chain(Timeless(), Keep()))


async def test_nothing_is_warned_of_in_a_good_run(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await finished(chain(Script(), Gain(), Keep(), place="thread"))
    assert caplog.records == []
    assert node((await finished(chain(Script(), Keep())))[0], "b").failed == 0
