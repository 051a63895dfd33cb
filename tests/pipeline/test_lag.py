"""Delays: each word's own, in parts that add up, in a live run whose delays are known."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from pipeline.clock import ms, seconds
from pipeline.lag import LagLog, played_at, word_delays
from pipeline.media import Speech, Text, Word
from pipeline.packet import PARTS, Delay, Packet
from tests.parts import Gain, Script, frame
from tests.pipeline.cast import Decides, Hears, Reader, Speaks, Translates
from tests.pipeline.running import graph

pytestmark = pytest.mark.anyio


def in_ms(delay: Delay) -> tuple[int, ...]:
    return tuple(round(getattr(delay, part) / 1e6) for part in PARTS)


async def interpreted() -> tuple[dict[str, list[Packet[Any]]], dict[str, Any]]:
    """Four words, one each 100 ms: heard in 30 ms, decided in pairs, translated in 20 ms, spoken in 10 ms."""
    what = graph(
        {
            "talk": Script(count=4, every_ms=100, pace="realtime"),
            "words": Hears(30),
            "unit": Decides(2),
            "target": Translates(20),
            "voice": Speaks(10, behind_ms=200),
        },
        {
            "words.audio": "talk.audio",
            "unit.words": "words.words",
            "target.unit": "unit.unit",
            "voice.text": "target.translation",
        },
    )
    outputs = ("words.words", "unit.unit", "target.translation", "voice.speech")
    found: dict[str, list[Packet[Any]]] = {name: [] for name in outputs}
    with anyio.fail_after(100):
        async with what.run(*outputs) as run:
            async for name, packet in run:
                found[name].append(packet)
    return found, run.report().lag


async def test_each_part_of_the_way_is_known_and_they_add_up() -> None:
    packets, _ = await interpreted()
    heard, decided, translated, spoken = packets.values()
    assert [in_ms(packet.delay()) for packet in heard] == [(30, 0, 0, 0, 0)] * 4
    assert [in_ms(packet.delay()) for packet in decided] == [(30, 0, 0, 0, 0)] * 2
    assert [in_ms(packet.delay()) for packet in translated] == [(30, 0, 20, 0, 0)] * 2
    assert [in_ms(packet.delay()) for packet in spoken] == [(30, 0, 20, 10, 0)] * 2
    for packet in [*heard, *decided, *translated, *spoken]:
        assert packet.delay().total == packet.left - packet.end


async def test_a_word_that_waited_for_the_rest_of_its_unit_waited_longer() -> None:
    packets, lag = await interpreted()
    [first, second] = [in_ms(delay) for _, delay in word_delays(packets["unit.unit"][0])]
    assert (sum(first), sum(second)) == (130, 30)
    spoken = [sum(in_ms(delay)) for _, delay in word_delays(packets["voice.speech"][0])]
    assert spoken == [300, 200]  # from each word's end to the moment at which it plays
    assert set(lag) == {"words.words", "unit.unit", "target.translation", "voice.speech"}
    for parts in lag.values():
        assert parts["total"]["words"] == 4
        assert sum(parts[part]["mean"] for part in PARTS) == pytest.approx(parts["total"]["mean"])
    assert lag["target.translation"]["total"]["mean"] == pytest.approx(0.1)
    assert lag["target.translation"]["total"]["p95"] == pytest.approx(0.15)


async def test_waiting_for_a_busy_node_is_queueing() -> None:
    what = graph(
        {"talk": Script(count=3, every_ms=10, pace="realtime"), "words": Hears(25), "read": Reader()},
        {"words.audio": "talk.audio", "read.text": "words.words"},
    )
    with anyio.fail_after(100):
        async with what.run("words.words") as run:
            delays = [in_ms(packet.delay()) async for _, packet in run]
    assert delays == [(25, 0, 0, 0, 0), (25, 0, 0, 0, 15), (25, 0, 0, 0, 30)]
    assert run.report().lag["words.words"]["queueing"]["p95"] == pytest.approx(0.03)


async def test_a_run_that_is_not_live_tells_no_delays() -> None:
    what = graph({"talk": Script(count=3), "words": Hears()}, {"words.audio": "talk.audio"})
    async with what.run() as run:
        await run.wait()
    assert run.report().lag == {}


async def test_what_waits_at_the_door_of_a_source_is_queueing() -> None:
    """The source itself is kept from yielding: 64 fit into the edge, the others come late."""
    what = graph(
        {"talk": Script(count=5, every_ms=10, pace="realtime"), "loud": Gain()}, {"loud.audio": "talk.audio"}
    )
    async with what.run("talk.audio") as run:
        queued = [packet.queued async for _, packet in run]
    assert [round(one / 1e6) for one in queued] == [0] * 5


def words(*ends_ms: float) -> tuple[Word, ...]:
    return tuple(Word(f"w{end}", ms(end - 10), ms(end)) for end in ends_ms)


def test_a_recogniser_answers_for_words_that_wait_where_nobody_decides() -> None:
    packet = Packet(Text(words(100, 200)), 0, ms(200), left=ms(250))
    assert [in_ms(delay) for _, delay in word_delays(packet)] == [(150, 0, 0, 0, 0), (50, 0, 0, 0, 0)]


def test_a_decider_answers_for_words_that_wait_where_there_is_one() -> None:
    packet = Packet(Text(words(100, 200)), 0, ms(200), left=ms(250), worked=(ms(20), 0, 0))
    assert [in_ms(delay) for _, delay in word_delays(packet)] == [(30, 120, 0, 0, 0), (30, 20, 0, 0, 0)]


def test_speech_counts_until_it_plays() -> None:
    speech = Speech(frame().samples, 16_000, "hi", "en", plays_at=ms(400), words=words(200))
    packet = Packet(speech, 0, ms(200), left=ms(250), worked=(0, 0, ms(10)))
    assert played_at(packet) == ms(400)
    assert [in_ms(delay) for _, delay in word_delays(packet)] == [(40, 0, 0, 10, 150)]


def test_what_has_no_words_has_no_delay() -> None:
    log = LagLog()
    log.note("a", "sound", Packet(frame(), 0, 1))
    log.note("a", "text", Packet(Text(), 0, 1))
    assert log.summary() == {}


def test_the_summary_is_in_seconds() -> None:
    log = LagLog()
    for late in range(1, 101):
        log.note("a", "text", Packet(Text(words(100)), 0, ms(100), left=ms(100) + seconds(late)))
    total = log.summary()["a.text"]["total"]
    assert total == {
        "mean": 50.5,
        "p50": pytest.approx(50.5, abs=1),
        "p95": pytest.approx(95, abs=1),
        "words": 100,
    }


async def test_what_was_heard_is_known_though_what_is_said_speaks_of_less() -> None:
    packets, _ = await interpreted()
    heard, decided, translated, spoken = packets.values()
    assert [packet.heard for packet in heard] == [ms(100), ms(200), ms(300), ms(400)]
    for later in (decided, translated, spoken):
        assert [packet.heard for packet in later] == [ms(200), ms(400)]
    for packet in [*heard, *decided, *translated, *spoken]:
        assert packet.left - packet.heard - packet.waited >= ms(
            30
        )  # the recogniser's work, and what came after


async def test_work_since_what_was_heard_is_no_waiting() -> None:
    what = graph(
        {"talk": Script(count=4, every_ms=100, pace="realtime"), "words": Hears(250)},
        {"words.audio": "talk.audio"},
    )
    found: list[Packet[Any]] = []
    async with what.run("words.words") as run:
        async for _, packet in run:
            found.append(packet)
    assert [round((p.left - p.heard - p.waited) / 1e6) for p in found] == [250] * 4
    assert [round(p.waited / 1e6) for p in found] == [0, 150, 300, 450]
