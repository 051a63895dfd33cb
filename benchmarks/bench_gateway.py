"""The gateway: how many live sessions, what it adds to a delay, what idle and vanished sessions cost.

    python -m benchmarks.bench_gateway [--parts live,added,idle,churn] [--sessions 1,2,4,6,8] [--seconds 60]
                                       [--late-s 4] [--idle 500] [--churn 200] [--json FILE]

live   talks at the pace of life over the WebSocket, more and more at a time, until 5 of 100 words come later than 4 s.
       A word's delay runs from its end in life to its arrival; first audio from the begin of the first turn.
added  a graph that costs nothing, through the gateway and without it: the difference is the gateway's own.
idle   connected and silent: CPU and memory of the server.
churn  sessions opened and closed, half of them without a goodbye: memory of the server.

Server and clients share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.gateway_probe import GRAPH
from benchmarks.gateway_sessions import HZ, PIECE, Server, Session, server, silent, talk, visit
from benchmarks.live_recordings import decode
from pipeline.demo import recording
from pipeline.graph import Graph
from pipeline.scheduler import start

ROUTE = ("--from", "en", "--to", "pt")
WISH = {"from": "en", "to": "pt", "speak": True}
WARM = 20  # sessions before memory is looked at

Part = Callable[[argparse.Namespace], dict[str, Any]]


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default="live,added,idle,churn")
    parser.add_argument("--sessions", default="1,2,4,6,8")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--late-s", type=float, default=4, help="p95 of a word's delay at which it is enough")
    parser.add_argument("--idle", type=int, default=500)
    parser.add_argument("--churn", type=int, default=200)
    parser.add_argument("--json", default="out/bench/gateway.json")
    given = parser.parse_args()
    parts: dict[str, Part] = {"live": live, "added": added, "idle": idle, "churn": churn}
    found = {name: parts[name](given) for name in given.parts.split(",")}
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n")


def pcm(seconds: float) -> bytes:
    """The recording of the demo, repeated; 16-bit."""
    samples = decode(recording())
    looped = np.resize(np.append(samples, np.zeros(HZ, np.float32)), int(seconds * HZ))
    return bytes(np.rint(np.clip(looped, -1, 1) * 32767).astype("<i2"))


def percentile(values: list[float], share: float) -> float:
    """Of at least one value, by the nearest rank below."""
    return sorted(values)[int(share * (len(values) - 1))] if values else float("nan")


def live(given: argparse.Namespace) -> dict[str, Any]:
    """Talks at a time, their delays and the CPU of the server."""
    sound = pcm(given.seconds)
    rows = []
    print("live      words   mean s    p50 s    p95 s   audio s   cores   errors")
    with server(*ROUTE) as at:
        asyncio.run(talk(at, sound[: 10 * 2 * HZ], WISH))  # what is loaded once is loaded now
        for count in map(int, given.sessions.split(",")):
            cpu_s, begin = at.cpu_s, time.monotonic()
            sessions = asyncio.run(_talks(at, count, sound))
            cores = (at.cpu_s - cpu_s) / (time.monotonic() - begin)
            rows.append(_row(count, sessions, cores))
            row = rows[-1]
            print(
                f"{count:>4}{row['words']:>11}{row['mean_s']:>9.2f}{row['p50_s']:>9.2f}{row['p95_s']:>9.2f}"
                f"{row['first_audio_s']:>10.2f}{cores:>8.2f}{len(row['errors']):>9}",
                flush=True,
            )
            if not row["p95_s"] <= given.late_s:
                break
    print("goal: at least 4 sessions with p95 under 4 s")
    return {"rows": rows}


async def _talks(at: Server, count: int, sound: bytes) -> list[Session]:
    # Apart by less than the recogniser's step, so that they do not all compute at the same moment.
    return await asyncio.gather(*(talk(at, sound, WISH, number * 0.7) for number in range(count)))


def _row(count: int, sessions: list[Session], cores: float) -> dict[str, Any]:
    delays = [delay for session in sessions for delay in session.delays_s]
    first = [session.first_audio_s for session in sessions if session.first_audio_s is not None]
    return {
        "sessions": count,
        "words": len(delays),
        "mean_s": statistics.fmean(delays) if delays else float("nan"),
        "p50_s": percentile(delays, 0.5),
        "p95_s": percentile(delays, 0.95),
        "first_audio_s": percentile(first, 0.5),
        "cores": cores,
        "errors": [error for session in sessions for error in session.errors],
    }


def added(given: argparse.Namespace) -> dict[str, Any]:
    """The same graph with the gateway and without."""
    sound = bytes(int(min(given.seconds, 30) * HZ) * 2)
    without = asyncio.run(_direct(sound))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "probe.yaml"
        file.write_text(GRAPH)
        with server(str(file), "--to", "en") as at:
            through = asyncio.run(talk(at, sound, {"to": "en", "speak": False})).delays_s
    found: dict[str, Any] = {"words": len(through)}
    print("added     p50 ms   p95 ms  p99 ms")
    for name, values in (("without", without), ("through", through)):
        found[name] = {share: percentile(values, share) * 1000 for share in (0.5, 0.95, 0.99)}
        print(f"{name:<8}" + "".join(f"{value:>8.1f}" for value in found[name].values()))
    found["added_ms"] = {
        share: found["through"][share] - found["without"][share] for share in (0.5, 0.95, 0.99)
    }
    print("added   " + "".join(f"{value:>8.1f}" for value in found["added_ms"].values()))
    print("goal: at most 30 ms")
    return found


async def _direct(sound: bytes) -> list[float]:
    """Delays of the words of the probe, in this process."""
    delays: list[float] = []
    samples = np.frombuffer(sound, "<i2").astype(np.float32)
    async with start(Graph.parse(GRAPH), ["probe.translation"]) as run:
        source: Any = run.node("talk")
        zero = time.monotonic()

        async def speak() -> None:
            for number, begin in enumerate(range(0, len(samples), PIECE), 1):
                await asyncio.sleep(max(0.0, zero + number * PIECE / HZ - time.monotonic()))
                await source.put(samples[begin : begin + PIECE], 0 if begin == 0 else None)
            source.end()

        speaker = asyncio.create_task(speak())
        async for _, packet in run:
            delays += [time.monotonic() - zero - word.end / 1e9 for word in packet.payload.committed]
        await speaker
    return delays


def idle(given: argparse.Namespace) -> dict[str, Any]:
    """Sessions that are connected and silent."""
    with server(*ROUTE) as at:
        found = asyncio.run(_idle(at, given.idle))
    print(
        f"idle: {given.idle} sessions; {found['cores']:.4f} cores, {found['mb']:+.1f} MB; "
        f"none: {found['cores_without']:.4f} cores"
    )
    return found


async def _idle(at: Server, count: int) -> dict[str, Any]:
    await asyncio.sleep(2)
    without, rss_mb = await _cores(at, 10), at.rss_mb
    sockets = [await silent(at) for _ in range(count)]
    await asyncio.sleep(2)
    cores = await _cores(at, 30)
    mb = at.rss_mb - rss_mb
    for socket in sockets:
        await socket.close()
    return {"sessions": count, "cores": cores, "cores_without": without, "mb": mb}


async def _cores(at: Server, seconds: float) -> float:
    before, begin = at.cpu_s, time.monotonic()
    await asyncio.sleep(seconds)
    return (at.cpu_s - before) / (time.monotonic() - begin)


def churn(given: argparse.Namespace) -> dict[str, Any]:
    """Sessions opened and closed."""
    with server(*ROUTE) as at:
        found = asyncio.run(_churn(at, given.churn))
    print(f"churn: {given.churn} sessions, half without a goodbye; memory {found['growth_mb']:+.1f} MB")
    return found


async def _churn(at: Server, count: int) -> dict[str, Any]:
    second = pcm(3)[2 * HZ :]
    await _visits(at, second, WARM)
    before = at.rss_mb
    middle = before
    for part in range(2):
        await _visits(at, second, count // 2)
        middle = at.rss_mb if part == 0 else middle
    after = at.rss_mb
    return {
        "sessions": count,
        "before_mb": before,
        "half_mb": middle,
        "after_mb": after,
        "growth_mb": after - before,
    }


async def _visits(at: Server, sound: bytes, count: int) -> None:
    for number in range(0, count, 2):
        await asyncio.gather(visit(at, sound, rude=False), visit(at, sound, rude=True))
        if number % 20 == 0:
            await at.emptied()
    await at.emptied()


if __name__ == "__main__":
    main()
