"""Overload: a producer at twice the consumer's speed for a minute, once for each rule of an edge, all side by side.

    python -m benchmarks.bench_overload [--seconds 60] [--json FILE]

Checked, not only printed: what is offered is what passed, was dropped or waits; the gaps that the consumer is told of
are the drops; a `wait` edge loses nothing; latency stays below what the room of the edge allows; memory is flat.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import anyio
import numpy as np
import psutil

from pipeline.clock import RunClock, ms
from pipeline.graph import Graph
from pipeline.media import AudioFrame
from pipeline.node import Node, Place, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.scheduler import start
from pipeline.spec import EdgeSpec

FRAME_MS = 10
SERVICE_MS = 2 * FRAME_MS
ROOM = 8
SLACK_MS = 250  # of a shared machine: how late a thread may wake
EDGES = {
    "wait": EdgeSpec("talk.audio", ROOM),
    "drop_oldest": EdgeSpec("talk.audio", ROOM, when_full="drop_oldest"),
    "drop_newest": EdgeSpec("talk.audio", ROOM, when_full="drop_newest"),
    "latest": EdgeSpec("talk.audio", ROOM, when_full="latest"),
    "drop_oldest, 200 ms": EdgeSpec("talk.audio", 10_000, 200, "drop_oldest"),
}


@dataclass
class Talk(Source):
    """Frames at the pace of life, from before they are due when the graph lets it."""

    count: int = 6000  # frames

    audio = Output(AudioFrame)

    @property
    def live(self) -> bool:
        return True

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        frame = AudioFrame(np.zeros(160, np.float32), 16_000)
        for index in range(self.count):
            end = ms((index + 1) * FRAME_MS)
            await clock.until(end)
            yield self.audio(frame, ms(index * FRAME_MS), end)


@dataclass
class Slow(Node):
    """Takes twice as long as a frame lasts, as a library that waits for its own thread would."""

    runs_on: ClassVar[Place] = "thread"

    audio = Input(AudioFrame)
    sound = Output(AudioFrame)

    def open(self) -> None:
        self._never = threading.Event()
        self.lost = 0

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        self.lost += audio.lost
        self._never.wait(SERVICE_MS / 1000)
        yield self.sound(audio.payload)


async def overload(rule: str, seconds: float) -> dict[str, Any]:
    """One minute of too much."""
    frames = round(seconds * 1000 / FRAME_MS)
    graph = Graph.of({"talk": Talk(count=frames), "slow": Slow()}, {"slow.audio": EDGES[rule]})
    process = psutil.Process()
    waits: list[float] = []
    sizes: list[int] = []
    async with start(graph, ["slow.sound"]) as run:
        async for _, packet in run:
            waits.append((packet.left - packet.born) / 1e6)
            if len(waits) % 100 == 0:
                sizes.append(process.memory_info().rss)
        lost = run.node("slow").lost
        edge = next(edge for edge in run.report().edges if edge.target == "slow")
    held = min(ROOM, 200 // FRAME_MS + 1) if "ms" not in rule else 200 // FRAME_MS + 1
    bound = (held + 1) * SERVICE_MS + SLACK_MS
    untold = edge.dropped - lost  # dropped after the last packet that was taken: nobody is left to tell
    return {
        "rule": rule,
        "offered": edge.offered,
        "passed": edge.passed,
        "dropped": edge.dropped,
        "told": lost,
        "p50_ms": float(np.median(waits)),
        "max_ms": max(waits),
        "bound_ms": bound,
        "rss_growth_mb": (sizes[-1] - sizes[len(sizes) // 4]) / 1e6 if len(sizes) > 4 else 0.0,
        "exact": edge.offered == edge.passed + edge.dropped + edge.waiting
        and 0 <= untold <= ROOM + frames % 1,
        "bounded": max(waits) <= bound,
        "whole": rule != "wait" or (edge.dropped == 0 and edge.passed == frames),
    }


def main() -> None:
    """Run all rules side by side and print the table. Exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", default="out/bench/overload.json")
    given = parser.parse_args()
    results: list[dict[str, Any]] = []

    async def body() -> None:
        async def one(rule: str) -> None:
            results.append(await overload(rule, given.seconds))

        async with anyio.create_task_group() as group:
            for rule in EDGES:
                group.start_soon(one, rule)

    anyio.run(body)
    results.sort(key=lambda result: list(EDGES).index(result["rule"]))
    print(f"{given.seconds:g} s, a frame each {FRAME_MS} ms, {SERVICE_MS} ms to take one")
    print(
        f"{'rule':<22}{'offered':>9}{'passed':>9}{'dropped':>9}{'told':>9}{'p50 ms':>9}{'max ms':>9}{'bound':>8}"
    )
    for r in results:
        counts = "".join(f"{r[key]:>9}" for key in ("offered", "passed", "dropped", "told"))
        print(f"{r['rule']:<22}{counts}{r['p50_ms']:>9.0f}{r['max_ms']:>9.0f}{r['bound_ms']:>8.0f}")
    kept = {key: all(r[key] for r in results) for key in ("exact", "bounded", "whole")}
    kept["flat"] = max(r["rss_growth_mb"] for r in results) < 20
    print("promises kept:", ", ".join(f"{key} {'yes' if good else 'NO'}" for key, good in kept.items()))
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"promises": kept, "rules": results}, indent=1) + "\n")
    raise SystemExit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main()
