"""Nodes that fail: what stops, what goes on, what is closed, and what the user reads."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import pytest
import trio.testing

from pipeline.errors import NodeError, PackageError, need
from pipeline.media import AudioFrame
from pipeline.node import MAX_YIELD, Node, Place, step
from pipeline.packet import Packet
from pipeline.port import Input, Output
from pipeline.spec import EdgeSpec, ErrorSpec
from tests.parts import Add, Every, Gain, Hold, Keep, Script, Trouble, frame
from tests.pipeline.cast import Diary, Dies, Endless, Flood, Hangs, Needy, One, RaisesCurious, Remote, Yields
from tests.pipeline.running import balanced, chain, edge, finished, graph, node, plain, values

pytestmark = pytest.mark.anyio
FAST = ("trio", {"clock": trio.testing.MockClock(rate=100, autojump_threshold=0)})
HURRIED = pytest.mark.parametrize("anyio_backend", [FAST], ids=["trio, hundredfold"])


async def failing(what: Any, output: str, **options: Any) -> tuple[list[int], NodeError, Any]:
    """Run something that fails: what came out before, the error, and the run to look at."""
    got: list[int] = []
    with anyio.fail_after(3600), pytest.raises(NodeError) as caught:  # noqa: PT012 - leaving it raises
        async with what.run(output, **options) as run:
            async for _, packet in run:
                got.append(plain(packet)[2])
    assert run.ended == "failed"
    assert run.report().ended == "failed"
    return got, caught.value, run


# Stop


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_a_node_that_raises_stops_the_run_once_what_came_before_is_drained(place: Place) -> None:
    what = graph(
        {"talk": Endless(), "t": Trouble([5]), "slow": Remote(takes_ms=20), "keep": Keep()},
        {
            "t.audio": EdgeSpec("talk.audio", capacity=2),
            "slow.audio": "t.sound",
            "keep.audio": "slow.sound",
        },
        runs_on={"t": place},
    )
    got, error, run = await failing(what, "slow.sound")
    assert got == run.node("keep").values == [0, 1, 2, 3, 4]
    assert str(error) == (
        "node 't' (tests.parts:Trouble) raised ValueError: cannot do this one; "
        "fix the node, or say on_error: skip, restart or fallback"
    )
    assert isinstance(error.__cause__, ValueError)
    assert run.node("keep").closed == 1
    assert node(run.report(), "t").failed == 1


async def test_an_error_names_the_node_that_raised_and_not_the_one_that_called_it() -> None:
    """On the loop, one node's step runs inside the other's offer."""
    _, error, _ = await failing(chain(Script(), Gain(), Gain(), Trouble([3])), "d.sound")
    assert "node 'd'" in str(error)
    _, error, _ = await failing(chain(Script(), Gain(), One(), Yields("back")), "d.sound")
    assert error.__notes__ == ["in node 'd' (tests.pipeline.cast:Yields)"]


async def test_a_source_that_raises_is_named_and_what_it_gave_arrives() -> None:
    got, error, _ = await failing(chain(Script(fail_at=4), Hold(3)), "b.sound")
    assert got == [0, 1, 2, 3]
    assert str(error).startswith("node 'a' (tests.parts:Script) raised ValueError: the tape tore")


async def test_other_branches_are_drained_when_one_fails() -> None:
    what = graph(
        {"talk": Script(count=100), "t": Trouble([5]), "slow": Remote(takes_ms=3), "keep": Keep()},
        {
            "t.audio": "talk.audio",
            "slow.audio": EdgeSpec("talk.audio", capacity=3),
            "keep.audio": "slow.sound",
        },
    )
    _, _, run = await failing(what, "t.sound")
    kept = run.node("keep").values
    assert kept == list(range(len(kept)))
    assert edge(run.report(), "talk.audio -> slow.audio").waiting == 0


async def test_a_join_goes_on_without_the_branch_that_failed() -> None:
    what = graph(
        {"talk": Script(count=10), "t": Trouble([3]), "sum": Add()},
        {"t.audio": "talk.audio", "sum.a": "talk.audio", "sum.b": "t.sound"},
    )
    got, _, _ = await failing(what, "sum.sound")
    assert got[:3] == [0, 2, 4]
    assert got[3:] == list(range(3, len(got)))


async def test_the_first_of_two_errors_is_the_one_that_is_told() -> None:
    what = graph(
        {"talk": Script(count=10), "one": Trouble([2]), "two": Trouble([], "close")},
        {"one.audio": "talk.audio", "two.audio": "talk.audio"},
    )
    _, error, _ = await failing(what, "one.sound")
    assert "node 'one'" in str(error)


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_an_error_of_the_house_keeps_its_class_and_gets_the_name_as_a_note(place: Place) -> None:
    what = chain(Script(), NeedsPackage(), place=place)
    with pytest.raises(PackageError, match="no_such_package") as caught:
        await finished(what)
    assert caught.value.__notes__ == [f"in node 'b' ({__name__}:NeedsPackage)"]


class NeedsPackage(Node):
    """A node whose package is not installed."""

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        raise need("no_such_package", "asr", "needs.package")

    def process(self, audio: Packet[AudioFrame]) -> None: ...


# The four calls, and close exactly once


@pytest.mark.parametrize("place", ["loop", "thread"])
@pytest.mark.parametrize(
    ("fail_in", "calls"),
    [
        ("open", ["open"]),
        ("process", ["open", "process", "close"]),
        ("finish", ["open", "process", "process", "finish", "close"]),
        ("close", ["open", "process", "process", "finish", "close"]),
    ],
)
async def test_close_is_called_once_if_open_returned_whatever_failed(
    place: Place, fail_in: str, calls: list[str]
) -> None:
    what = chain(Script(count=2), Diary(fail_in), Keep(), place=place)
    with pytest.raises(NodeError, match=f"node 'b' .* raised ValueError: no {fail_in}") as caught:
        await finished(what)
    assert isinstance(caught.value.__cause__, ValueError)
    assert OPENED[0].calls == calls


OPENED: list[Diary] = []


@pytest.fixture(autouse=True)
def _noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember the diaries that were opened: a run that cannot open cannot be asked."""
    real = Diary.open

    def open_(self: Diary) -> None:
        OPENED[:] = [self]
        real(self)

    monkeypatch.setattr(Diary, "open", open_)


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_when_one_node_cannot_open_those_that_did_are_closed(place: Place) -> None:
    keep = graph(
        {"a": Script(), "b": Trouble(place="open"), "c": Diary()},
        {"b.audio": "a.audio", "c.audio": "a.audio"},
        runs_on={"b": place},
    )
    with pytest.raises(NodeError, match=r"node 'b' .* raised OSError: no such device") as caught:
        async with keep.run():
            pytest.fail("it opened")
    assert isinstance(caught.value.__cause__, OSError)
    assert OPENED[0].calls == ["open", "close"]


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_a_failure_of_close_is_told_and_the_others_are_closed(place: Place) -> None:
    what = graph(
        {"a": Script(count=3), "b": Trouble(place="close"), "c": Keep()},
        {"b.audio": "a.audio", "c.audio": "b.sound"},
        runs_on={"b": place},
    )
    got, error, run = await failing(what, "b.sound")
    assert got == [0, 1, 2]
    assert "node 'b' (tests.parts:Trouble) raised OSError: will not shut" in str(error)
    assert run.node("c").closed == 1


# Skip, restart, fallback


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_skip_counts_and_goes_on(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    what = chain(Script(count=6), Trouble([1, 4]), Keep(), place=place, on_error=ErrorSpec("skip"))
    report, run = await finished(what)
    if place != "process":
        assert run.node("c").values == [0, 2, 3, 5]
    assert (node(report, "b").failed, node(report, "b").restarts, report.ended) == (2, 0, "done")
    assert "node 'b' (tests.parts:Trouble): ValueError: cannot do this one; skip" in caplog.text


async def test_skip_stops_when_its_budget_is_used_up() -> None:
    what = chain(Script(count=9), Trouble([1, 4, 6, 7]), on_error=ErrorSpec("skip", 2))
    got, error, _ = await failing(what, "b.sound")
    assert got == [0, 2, 3, 5]
    assert "cannot do this one" in str(error)


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_restart_closes_opens_and_goes_on_with_a_fresh_node(place: Place) -> None:
    what = chain(Script(count=8), Trouble([2, 5]), place=place, on_error=ErrorSpec("restart", 2))
    got: list[int] = []
    with anyio.fail_after(60):
        async with what.run("b.sound") as run:
            first = run.node("b")
            async for _, packet in run:
                got.append(plain(packet)[2])
    assert got == [0, 1, 3, 4, 6, 7]
    assert run.node("b") is not first
    books = node(run.report(), "b")
    assert (books.failed, books.restarts) == (2, 2)


async def test_restart_stops_when_its_budget_is_used_up() -> None:
    got, _, run = await failing(
        chain(Script(count=8), Trouble([2, 5]), on_error=ErrorSpec("restart", 1)), "b.sound"
    )
    assert got == [0, 1, 3, 4]
    assert node(run.report(), "b").restarts == 1


async def test_a_node_that_holds_back_loses_only_what_it_held_when_it_is_restarted() -> None:
    class Fragile(Hold):
        def process(self, audio: Packet[AudioFrame]) -> Any:
            if audio.payload.samples[0] == 4:
                raise ValueError("dropped it")
            yield from super().process(audio)

    assert Fragile.inputs
    what = chain(Script(count=9), Hold(3))
    what.members["b"].node = Fragile(3)
    what.members["b"].on_error = ErrorSpec("restart", 1)
    assert await values(what, "b.sound") == [0, 1, 2, 5, 6, 7, 8]


async def test_a_close_that_fails_at_a_restart_does_not_stop_the_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stubborn(Trouble):
        def close(self) -> None:
            if not hasattr(Stubborn, "once"):
                Stubborn.once = True  # type: ignore[attr-defined]
                raise OSError("will not shut")

    what = chain(Script(count=4), Trouble([1]))
    what.members["b"].node = Stubborn([1])
    what.members["b"].on_error = ErrorSpec("restart", 1)
    assert await values(what, "b.sound") == [0, 2, 3]
    assert "close() failed too: will not shut" in caplog.text


@pytest.mark.parametrize("place", ["loop", "thread", "process"])
async def test_a_fallback_takes_over_from_the_input_that_failed(place: Place) -> None:
    policy = ErrorSpec("fallback", 1, "tests.parts:Gain", {"factor": 10})
    what = chain(Script(count=5), Trouble([2]), place=place, on_error=policy)
    with anyio.fail_after(60):
        async with what.run("b.sound") as run:
            got = [plain(packet)[2] async for _, packet in run]
    assert got == [0, 1, 20, 30, 40]
    assert isinstance(run.node("b"), Gain)


@pytest.mark.parametrize("uses", ["tests.pipeline.cast:Remote", "tests.pipeline.test_runner:InThread"])
async def test_a_fallback_runs_where_its_own_class_says(uses: str) -> None:
    what = chain(Script(count=5), Trouble([2]), on_error=ErrorSpec("fallback", 1, uses, {}))
    assert await values(what, "b.sound") == [0, 1, 2, 3, 4]


class InThread(Node):
    """A gain that must not run on the loop; with an output that nobody asked for, and an input that nobody feeds."""

    runs_on = "thread"
    audio = Input(AudioFrame)
    sound = Output(AudioFrame)
    more = Output(AudioFrame)
    extra = Input(AudioFrame, optional=True)

    def open(self) -> None:
        assert threading.current_thread() is not threading.main_thread()

    def process(self, audio: Packet[AudioFrame], extra: Packet[AudioFrame] | None) -> Any:
        assert extra is None
        yield self.more(audio.payload)
        yield self.sound(audio.payload)


async def test_a_fallback_that_fails_stops_the_run() -> None:
    policy = ErrorSpec("fallback", 1, "tests.parts:Trouble", {"at": [2, 4]})
    _, error, _ = await failing(chain(Script(count=6), Trouble([2]), on_error=policy), "b.sound")
    assert "node 'b'" in str(error)
    policy = ErrorSpec("fallback", 1, "tests.parts:Trouble", {"at": [4]})
    got, _, _ = await failing(chain(Script(count=6), Trouble([2]), on_error=policy), "b.sound")
    assert got == [0, 1, 2, 3]


async def test_an_error_in_finish_is_skipped_where_errors_are() -> None:
    what = chain(Script(count=2), Diary("finish"), on_error=ErrorSpec("skip"))
    report, run = await finished(what)
    assert run.node("b").calls == ["open", "process", "process", "finish", "close"]
    assert (report.ended, node(report, "b").failed) == ("done", 1)


async def test_an_error_of_a_remote_service_is_handled_like_any_other() -> None:
    got, error, run = await failing(chain(Script(count=5), Remote(fail_at=2)), "b.sound")
    assert got == [0, 1]
    assert "node 'b' (tests.pipeline.cast:Remote) raised ConnectionError: no answer" in str(error)
    assert not run.node("b").is_open
    skipping = chain(Script(count=5), Remote(fail_at=2), on_error=ErrorSpec("skip"))
    assert await values(skipping, "b.sound") == [0, 1, 3, 4]


# What a node must not do, and what it reads when it does


@pytest.mark.parametrize("place", ["loop", "thread"])
@pytest.mark.parametrize(
    ("what", "words"),
    [
        (
            "payload",
            "Yields yielded AudioFrame, which none of its outputs made; "
            "yield self.<output>(payload), with an output of: sound, terms",
        ),
        ("packet", "Yields yielded Packet, which none of its outputs made"),
        ("value", "Yields.process returned int; yield what an output makes: `yield self.port(payload)`"),
        (
            "other kind",
            "Yields.sound carries AudioFrame, but got Terms; yield the kind that the port declares",
        ),
        ("other port", "Yields yielded Emission, which none of its outputs made"),
        ("ends before", "Yields.sound: end 5 before start 10; swap them"),
    ],
)
async def test_a_node_that_yields_the_wrong_thing_is_taught(place: Place, what: str, words: str) -> None:
    run = graph(
        {"a": Script(), "b": Yields(what), "c": Keep()},
        {"b.audio": "a.audio", "c.audio": "b.sound"},
        runs_on={"b": place},
    )
    _, error, _ = await failing(run, "b.sound")
    assert str(error).startswith(words)
    assert error.__notes__ == ["in node 'b' (tests.pipeline.cast:Yields)"]


@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_starts_that_go_back_are_refused_with_the_edge_and_the_node(place: Place) -> None:
    what = graph(
        {"a": Script(), "b": Yields("back"), "c": Keep()},
        {"b.audio": "a.audio", "c.audio": "b.sound"},
        runs_on={"b": place},
    )
    _, error, _ = await failing(what, "b.sound")
    assert "starts never go back, and a node that holds data back says so with held_since" in str(error)
    assert error.__notes__ == ["in node 'b' (tests.pipeline.cast:Yields)"]


async def test_a_remote_service_that_yields_the_wrong_thing_is_taught() -> None:
    _, error, _ = await failing(chain(Script(), Remote(wrong=True)), "b.sound")
    assert str(error).startswith("Remote yielded Packet, which none of its outputs made")


@pytest.mark.parametrize("place", ["loop", "thread"])
async def test_a_flood_is_refused(place: Place) -> None:
    _, error, _ = await failing(chain(Script(), Flood(), place=place), "b.sound")
    assert str(error) == (
        "Flood yielded more than 100000 times in one call; give its loop an end, or yield larger pieces"
    )


def test_much_is_no_flood() -> None:
    class Much(Flood):
        def process(self, audio: Packet[AudioFrame]) -> Any:
            yield from [self.sound(audio.payload)] * MAX_YIELD

    assert len(step(Much(), {"audio": Packet(frame(), 0, 1)})) == MAX_YIELD


async def test_a_remote_flood_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.node.MAX_YIELD", 50)

    class Torrent(Remote):
        async def process(self, audio: Packet[AudioFrame]) -> Any:
            while True:
                yield self.sound(audio.payload)

    what = chain(Script(), Remote())
    what.members["b"].node = Torrent()
    _, error, _ = await failing(what, "b.sound")
    assert "Torrent yielded more than 50 times" in str(error)


async def test_a_format_that_no_port_told_is_checked_when_packets_flow() -> None:
    what = graph({"a": Script(), "b": Gain(), "c": Needy("x")}, {"b.audio": "a.audio", "c.audio": "b.sound"})
    with pytest.raises(
        NodeError,
        match=r"Needy\.audio takes rate_hz 8000, but got rate_hz 16000; put audio\.resample between them",
    ):
        await finished(what)


# Processes


async def test_a_process_that_dies_is_told_with_its_code_and_the_others_are_drained() -> None:
    what = graph(
        {"a": Script(count=9), "b": Dies(2), "c": Keep()},
        {"b.audio": "a.audio", "c.audio": "b.sound"},
        runs_on={"b": "process"},
    )
    got, error, run = await failing(what, "b.sound")
    assert got == run.node("c").values == [0, 1]
    assert str(error) == "node 'b': its process ended with code 7 during step(); see what it printed"


async def test_a_process_that_dies_is_replaced_at_a_restart() -> None:
    what = chain(Script(count=6), Dies(2), place="process", on_error=ErrorSpec("restart", 1))
    assert await values(what, "b.sound") == [0, 1, 3, 4, 5]


async def test_what_cannot_be_sent_from_a_process_is_told() -> None:
    _, error, _ = await failing(chain(Script(), RaisesCurious(), place="process"), "b.sound")
    assert "raised RuntimeError: Curious: 3 times" in str(error)
    _, error, _ = await failing(
        chain(Script(), RaisesCurious(yields=True), Keep2(), place="process"), "b.sound"
    )
    assert "raised RuntimeError: Curious" in str(error)


class Keep2(Node):
    """Takes anything."""

    anything = Input(object)

    def process(self, anything: Packet[object]) -> None: ...


async def test_what_a_process_yields_must_be_sendable() -> None:
    what = chain(Script(), YieldsLock(), Keep2())
    what.members["b"].runs_on = "process"
    _, error, _ = await failing(what, "b.sound")
    assert str(error).startswith("YieldsLock: what it yields cannot be sent: ")


class YieldsLock(Node):
    """Yields what no pipe can carry."""

    audio = Input(AudioFrame)
    sound = Output(object)

    def process(self, audio: Packet[AudioFrame]) -> Any:
        yield self.sound(threading.Lock())


# Nodes that hang. The clock runs a hundredfold here, because a virtual one stands still while threads compute.


@HURRIED
@pytest.mark.parametrize("place", ["thread", "process"])
async def test_a_node_that_hangs_is_found_named_and_left_behind(
    place: Place, gate: str, caplog: pytest.LogCaptureFixture
) -> None:
    what = graph(
        {"a": Script(count=9), "b": Hangs(gate), "c": Keep()},
        {"b.audio": "a.audio", "c.audio": "b.sound"},
        runs_on={"b": place},
    )
    got, error, run = await failing(what, "b.sound", hang_s=50, close_s=3)
    assert got == run.node("c").values == [0]
    assert str(error) == (
        "node 'b' (tests.pipeline.cast:Hangs) has not returned from process() for 50 s; "
        "give it less to do at once, or a larger hang_s"
    )
    assert "did not close within 3 s; it is left behind" in caplog.text
    assert run.node("c").closed == 1


@HURRIED
async def test_a_remote_service_that_does_not_answer_is_given_up() -> None:
    _, error, run = await failing(chain(Script(), Remote(takes_ms=1e9)), "b.sound", hang_s=30)
    assert "has not returned from process() for 30 s" in str(error)
    assert not run.node("b").is_open


@HURRIED
async def test_a_node_that_hangs_can_be_restarted_in_a_thread_of_its_own(
    gate: str, caplog: pytest.LogCaptureFixture
) -> None:
    what = chain(Script(count=4), Hangs(gate), place="thread", on_error=ErrorSpec("restart", 1))
    assert await values(what, "b.sound", hang_s=50, close_s=1) == [0, 2, 3]
    assert "did not close within 1 s" in caplog.text


@HURRIED
async def test_stopping_is_bounded_when_a_node_hangs(gate: str, caplog: pytest.LogCaptureFixture) -> None:
    what = chain(Endless(pace="realtime"), Hangs(gate), place="thread")
    async with what.run(stop_s=2, close_s=1) as run:
        await anyio.sleep(1)
        run.stop()
        await run.wait()
    assert run.ended == "aborted"
    assert "not drained after 2 s (" in caplog.text
    assert "node 'b' (tests.pipeline.cast:Hangs) did not close within 1 s; it is left behind" in caplog.text


@HURRIED
async def test_a_close_that_hangs_is_left_behind(gate: str, caplog: pytest.LogCaptureFixture) -> None:
    report, _ = await finished(chain(Script(count=2), Hangs(gate, "close"), place="thread"), close_s=2)
    assert report.ended == "done"
    assert "did not close within 2 s; it is left behind" in caplog.text


@HURRIED
async def test_an_open_that_hangs_can_be_cancelled(gate: str) -> None:
    with anyio.move_on_after(2) as scope:
        async with chain(Script(count=2), Hangs(gate, "open"), place="thread").run():
            pytest.fail("it opened")
    assert scope.cancelled_caught


async def test_a_step_that_holds_the_loop_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    clock: Any = trio.lowlevel.current_clock()

    class Slow(Gain):
        def process(self, audio: Packet[AudioFrame]) -> Any:
            clock.jump(0.4)
            yield self.sound(audio.payload)

    what = chain(Script(count=3), Gain())
    what.members["b"].node = Slow()
    await finished(what)
    assert [record.message for record in caplog.records] == [
        "node 'b' (tests.parts:Gain): a step held the loop for 0.40 s; give it runs_on: thread"
    ]


async def test_a_loop_node_that_takes_a_large_bite_lets_others_run() -> None:
    what = graph(
        {"a": Script(count=500), "b": Gain(), "c": Every(100), "keep": Keep()},
        {"b.audio": EdgeSpec("a.audio", capacity=500), "c.audio": "b.sound", "keep.audio": "c.sound"},
        runs_on={"b": "thread"},
    )
    report, run = await finished(what)
    assert run.node("keep").values == [99, 199, 299, 399, 499]
    assert balanced(report)
