"""An hour of audio (a recording looped): memory and lag do not grow.

    python -m benchmarks.bench_soak RECORDING --from en --to pt [--minutes 60] [--virtual] [--json FILE]

Runs what `dragoman interpret` would run, files included (in a temporary folder). In virtual time an hour takes as
long as its compute. Prints memory and lag every five minutes of audio.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import psutil

from benchmarks.live_recordings import RATE_HZ, decode, write
from pipeline.clock import run_virtual
from pipeline.commands.running import write_to
from pipeline.interpreter import Talk, interpretation
from pipeline.lag import word_delays
from pipeline.scheduler import start

STEP_S = 300


def main() -> None:
    """Run and print. Exit code 1 when memory grows by 20 MB or the lag grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("--from", dest="from_", default="en")
    parser.add_argument("--to", default="pt")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--virtual", action="store_true")
    parser.add_argument("--json", default="out/bench/soak.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = decode(Path(given.recording))
        looped = Path(folder) / "looped.wav"
        write(
            looped,
            np.resize(np.append(samples, np.zeros(RATE_HZ, np.float32)), int(given.minutes * 60 * RATE_HZ)),
        )
        rows = soak(looped, given, Path(folder) / "out")
    early = [row for row in rows if row["minutes"] >= 5] or rows
    growth = early[-1]["rss_mb"] - early[0]["rss_mb"]
    slope = early[-1]["lag_s"] - early[0]["lag_s"]
    print(f"after the first five minutes: memory {growth:+.1f} MB (goal < 20), lag {slope:+.2f} s")
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        json.dumps({"memory_growth_mb": growth, "lag_growth_s": slope, "rows": rows}, indent=1) + "\n"
    )
    raise SystemExit(0 if growth < 20 and slope < 1.0 else 1)


def soak(path: Path, given: argparse.Namespace, out: Path) -> list[dict[str, Any]]:
    """Memory and mean lag for each five minutes of audio."""
    talk = interpretation(Talk(str(path), given.to, given.from_))
    graph = write_to(talk.graph, out)
    rows: list[dict[str, Any]] = []
    process = psutil.Process()
    print(f"{'minutes':>8}{'RSS MB':>9}{'lag s':>8}{'words':>8}", flush=True)

    async def body() -> None:
        lags: list[float] = []
        async with start(graph, [talk.target_text]) as run:
            async for _, packet in run:
                lags += [delay.total / 1e9 for _, delay in word_delays(packet)]
                if packet.end / 1e9 >= STEP_S * (len(rows) + 1) and lags:
                    add(lags)
            if lags:
                add(lags)

    def add(lags: list[float]) -> None:
        row = {"minutes": STEP_S * (len(rows) + 1) / 60, "rss_mb": process.memory_info().rss / 1e6}
        row |= {"lag_s": float(np.mean(lags)), "words": len(lags)}
        rows.append(row)
        lags.clear()
        print(f"{row['minutes']:>8.0f}{row['rss_mb']:>9.1f}{row['lag_s']:>8.2f}{row['words']:>8}", flush=True)

    if given.virtual:
        run_virtual(body)
    else:
        anyio.run(body)
    return rows


if __name__ == "__main__":
    main()
