"""CPU of one hop of a 20 ms audio packet, Dragoman and its peers in one run.

    python -m benchmarks.bench_hop [--packets 20000] [--rounds 5] [--json FILE]

A chain of 1 and one of 11 pass-through nodes; the difference of their CPU seconds, by 10 hops and by packets, is the cost of
a hop. Systems take turns in each round, so that a busy machine hits all; the median of the rounds counts. Peers run in
an environment of their own (benchmarks/peers, made by benchmarks/run.sh) and are left out, with a line, without it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers" / ".venv" / "bin" / "python"
OURS = ("dragoman", "asyncio.Queue", "anyio stream")
THEIRS = ("pipecat-ai", "ezmsg")
LONG, SHORT = 11, 1


def cpu_seconds(system: str, nodes: int, packets: int) -> float:
    """CPU seconds for one chain, in a process of its own."""
    python = str(PEERS) if system in THEIRS else sys.executable
    command = [python, str(HERE / "hop_systems.py"), system, str(nodes), str(packets)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"{system}: {done.stderr[-800:]}")
    return float(done.stdout.split()[-1])


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packets", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", default="out/bench/hop.json")
    given = parser.parse_args()
    systems = [*OURS, *(THEIRS if PEERS.exists() else ())]
    if not PEERS.exists():
        print("peers left out: no benchmarks/peers/.venv; benchmarks/run.sh makes it")
    costs: dict[str, list[float]] = {system: [] for system in systems}
    for _ in range(given.rounds):
        for system in systems:
            packets = given.packets if system in OURS else given.packets // 5
            spent = cpu_seconds(system, LONG, packets) - cpu_seconds(system, SHORT, packets)
            costs[system].append(spent / (LONG - SHORT) / packets * 1e6)
    floor = statistics.median(costs["asyncio.Queue"])
    rows: list[dict[str, Any]] = []
    print(f"{'system':<16}{'us a hop':>10}{'least':>8}{'most':>8}{'of asyncio.Queue':>18}")
    for system, values in costs.items():
        middle = statistics.median(values)
        rows.append(
            {
                "system": system,
                "us": middle,
                "least": min(values),
                "most": max(values),
                "ratio": middle / floor,
            }
        )
        print(f"{system:<16}{middle:>10.2f}{min(values):>8.2f}{max(values):>8.2f}{middle / floor:>18.2f}")
    print("goal: at most 3 us, at most twice an asyncio.Queue, a tenth of pipecat-ai")
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"packets": given.packets, "systems": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
