"""Reading units: what each of their features brings, by leaving it out; the presets, and the other policies, beside them.

    python -m benchmarks.bench_units [--beginnings N] [--json FILE]

Recordings are recognised once, with computing free, and each way of cutting gets the same words at the same moments, so
that only the cutting differs. As one run says little (a hypothesis heard 0.2 s later brings other words), each recording
is heard from several beginnings: so many silences before it, each a fraction of a second longer.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import numpy as np

from benchmarks.bench_live import SEGMENTERS, graph_for
from benchmarks.live_recordings import RATE_HZ, Recording, composed, decode, write
from benchmarks.live_scores import Timed, chrf, delay, long_yaal
from nodes.segment import _boundaries as features
from pipeline.clock import run_virtual
from pipeline.graph import Graph
from pipeline.latency import PRESETS
from pipeline.media import Text
from pipeline.node import finish, step
from pipeline.packet import Packet
from pipeline.port import Emission
from pipeline.scheduler import start

NEVER = 1e9  # ms
PAIRS = (("en", "pt"), ("pt", "en"))


class Way(msgspec.Struct, frozen=True):
    """One way of cutting: a policy, its settings, and figures of the features that are put out of action."""

    name: str
    policy: str = "units"
    settings: dict[str, Any] = {}
    figures: dict[str, Any] = {}


def ways() -> list[Way]:
    """All ways, the one that is shipped first."""
    presets = {name: PRESETS[name].get("segment.units", {}) for name in ("low", "quality")}
    return [
        Way("units, as shipped"),
        Way("without the translator's word", settings={"confirm": None}),
        Way("without clause marks", figures={"CLAUSE_MARK": features.PLAIN}),
        Way("without pauses", settings={"pause_ms": NEVER}),
        Way("without clause words", figures={"OPENER": features.PLAIN, "LEANER": features.PLAIN}),
        Way("without guards", figures={"bound": lambda *_, **__: False}),
        Way("with a bar that falls", settings={"floor": 0.65}),
        Way("without a limit", settings={"max_ms": NEVER}),
        *(Way(f"the units of `{name}`", settings=dict(settings)) for name, settings in presets.items()),
        *(Way(name, policy=name) for name in SEGMENTERS if name != "units"),
    ]


def beginnings(recording: Recording, count: int, folder: Path) -> Iterator[Recording]:
    """The recording behind 0, 1/count, 2/count, … seconds of silence."""
    samples = decode(recording.path)
    for number in range(count):
        silence_s = number / count
        path = folder / f"{recording.name}-{number}.wav"
        write(path, np.concatenate([np.zeros(round(silence_s * RATE_HZ), np.float32), samples]))
        moved = [
            msgspec.structs.replace(s, start_s=s.start_s + silence_s, end_s=s.end_s + silence_s)
            for s in recording.segments
        ]
        yield msgspec.structs.replace(
            recording, path=path, seconds=recording.seconds + silence_s, segments=moved
        )


def recognised(graph: Graph) -> list[Packet[Text]]:
    """What the recogniser says, each packet with the moment at which it came."""
    alone = graph.without(*(name for name in graph.members if name not in ("talk", "speech", "words")))

    async def body() -> list[Packet[Text]]:
        async with start(alone, ["words.transcript"]) as run:
            return [packet async for _, packet in run]

    return run_virtual(body, rate=0.0)


def translated(graph: Graph, words: list[Packet[Text]]) -> list[Timed]:
    """The translation of words cut by `units` and translated by `target`, at the moments at which the words came."""
    cutter: Any = graph["units"]
    target: Any = graph["target"]
    said: list[Timed] = []

    def tell(units: list[Emission[Any]], came: Packet[Text]) -> None:
        for unit in units:
            assert unit.start is not None
            assert unit.end is not None
            packet = Packet(unit.payload, unit.start, unit.end, left=came.left)
            collect(step(target, {"unit": packet, "terms": None}), came)

    def collect(texts: list[Emission[Any]], came: Packet[Text]) -> None:
        for text in texts:
            said.extend(Timed(word.text, came.left / 1e9, word.end / 1e9) for word in text.payload.committed)

    cutter.open()
    target.open()
    try:
        for packet in words:
            tell(step(cutter, {"words": packet}), packet)
        tell(finish(cutter, words[-1].end), words[-1])
        collect(finish(target, words[-1].end), words[-1])
    finally:
        target.close()
        cutter.close()
    return said


def score(way: Way, recording: Recording, words: list[Packet[Text]]) -> dict[str, float]:
    """Delays, s, and quality of one way."""
    graph, _, _ = graph_for(recording, way.policy)
    with ExitStack() as stack:
        for name, figure in way.figures.items():
            stack.enter_context(patch.object(features, name, figure))
        said = translated(graph.with_settings({f"units.{k}": v for k, v in way.settings.items()}), words)
    return {
        "long_yaal_s": long_yaal(said, recording),
        "p50_s": delay(said, 50),
        "p95_s": delay(said, 95),
        "chrf": chrf(" ".join(word.text for word in said), recording.reference),
    }


def main() -> None:
    """Run all ways and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--beginnings", type=int, default=4, help="of each recording")
    parser.add_argument("--json", default="out/bench/units.json")
    given = parser.parse_args()
    rows: dict[str, dict[str, list[dict[str, float]]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for from_, to in PAIRS:
            for recording in beginnings(composed(from_, to, folder), given.beginnings, folder):
                words = recognised(graph_for(recording, "units")[0])
                for way in ways():
                    pairs = rows.setdefault(way.name, {})
                    pairs.setdefault(recording.name, []).append(score(way, recording, words))
    print("cutting".ljust(32) + "".join(f"{a}-{b}: LongYAAL, p50, p95 s, chrF".rjust(40) for a, b in PAIRS))
    means = {
        way: {
            pair: {key: float(np.mean([r[key] for r in runs])) for key in runs[0]}
            for pair, runs in pairs.items()
        }
        for way, pairs in rows.items()
    }
    for way, pairs in means.items():
        cells = [
            f"{m['long_yaal_s']:.2f}  {m['p50_s']:.2f}  {m['p95_s']:.2f}  {m['chrf']:.1f}"
            for m in pairs.values()
        ]
        print(way.ljust(32) + "".join(cell.rjust(40) for cell in cells))
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(means, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
