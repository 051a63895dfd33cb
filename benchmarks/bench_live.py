"""Live interpretation at the pace of life: how late, how good, at what cost; and what reading units buy.

    python -m benchmarks.bench_live [--policy units sentences fixed] [--only es-en en-pt] [--virtual] [--json FILE]

Recordings: composed ones in es, fr, it, ru with an English reference (speech translated by translate.whisper), and
utterances put together for en-pt and pt-en (recognised, then translated). Beside each: an offline faster-whisper
pass with the same weights (beam 5, whole file). Delays are those of the run's own clock, with compute and queueing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import anyio

from benchmarks.live_recordings import Recording, composed, long_recordings
from benchmarks.live_scores import Timed, chrf, delay, growth, long_yaal
from pipeline import models, routes
from pipeline.clock import run_virtual
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation
from pipeline.lag import played_at
from pipeline.scheduler import start
from pipeline.settings import Uses

GOALS = "goals (mean): text <= 2.0 s, speech <= 2.3 s, p95 <= 4.5 s, chrF ratio >= 0.96, CPU <= 0.5"
SEGMENTERS: dict[str, dict[str, Any]] = {
    "units": {},
    "sentences": {"uses": "segment.sentences"},
    "fixed": {"uses": "segment.fixed"},
    "wait-k": {"uses": "segment.wait_k"},
}


def graph_for(recording: Recording, policy: str) -> tuple[Graph, str, str]:
    """The graph that `dragoman interpret` would run, less its files; and the outputs with text and with speech."""
    talk = interpretation(Talk(str(recording.path), recording.to, recording.from_, source_captions=False))
    graph = talk.graph
    sinks = [name for name, member in graph.members.items() if member.uses.startswith("sink.")]
    graph = graph.without(*sinks)
    text = talk.target_text
    if policy == "units":  # as shipped: where the speech itself is translated, what it commits is the unit
        return graph, text, talk.speech
    if "units" in graph.members:
        return graph.replace("units", SEGMENTERS[policy]["uses"]), text, talk.speech
    graph = graph.plus("units", SEGMENTERS[policy]["uses"], {"words": text}).wired("voice", text="units.unit")
    return graph, "units.unit", talk.speech


def interpret(recording: Recording, policy: str, virtual: bool) -> dict[str, Any]:
    """One live run, scored."""
    graph, text_output, speech_output = graph_for(recording, policy)
    text: list[Timed] = []
    speech: list[Timed] = []

    async def body() -> dict[str, Any]:
        async with start(graph, [text_output, speech_output]) as run:
            async for name, packet in run:
                if name == text_output:
                    words = packet.payload.committed
                    text.extend(Timed(w.text, packet.left / 1e9, w.end / 1e9) for w in words)
                else:
                    at = played_at(packet) / 1e9
                    speech.extend(Timed(w.text, at, w.end / 1e9) for w in packet.payload.words)
        return run.report().to_dict()

    report = run_virtual(body) if virtual else anyio.run(body)
    said = " ".join(word.text for word in text)
    return {
        "recording": recording.name,
        "policy": policy,
        "text_s": long_yaal(text, recording),
        "speech_s": long_yaal(speech, recording),
        "p50_s": delay(text, 50),
        "p95_s": delay(text, 95),
        "growth_s": growth(text),
        "chrf": chrf(said, recording.reference),
        "cpu": report["cpu_s_per_media_s"],
        "words": len(text),
        "text": said,
    }


def offline(recording: Recording) -> float:
    """chrF of an offline pass over the whole file with the same weights, and the same translator where there is one."""
    from faster_whisper import WhisperModel

    route = routes.find(recording.from_, recording.to)
    task = "translate" if route.shape == "direct" else "transcribe"
    model = WhisperModel(str(models.path("whisper-base")), device="cpu", compute_type="int8", cpu_threads=2)
    segments, _ = model.transcribe(str(recording.path), language=recording.from_, task=task, beam_size=5)
    text = " ".join(segment.text.strip() for segment in segments)
    if route.leg is not None:
        node: Any = Uses(uses=route.leg.uses, with_=dict(route.leg.settings)).make()
        node.open()
        text = node.translate(text)
        node.close()
    return chrf(text, recording.reference)


HEAD = (
    "recording",
    "policy",
    "text s",
    "speech s",
    "p50 s",
    "p95 s",
    "growth",
    "chrF",
    "ratio",
    "CPU",
    "words",
)


def row(result: dict[str, Any]) -> str:
    """One line of the table."""
    cells = [f"{result[key]:.2f}" for key in ("text_s", "speech_s", "p50_s", "p95_s")]
    cells += [
        f"{result['growth_s']:+.2f}",
        f"{result['chrf']:.1f}",
        f"{result['ratio']:.3f}",
        f"{result['cpu']:.2f}",
    ]
    cells += [f"{result['words']:.0f}"]
    return f"{result['recording']:<10}{result['policy']:<11}" + "".join(cell.rjust(9) for cell in cells)


def mean(results: list[dict[str, Any]], policy: str) -> dict[str, Any]:
    """The mean over the recordings of one policy."""
    chosen = [result for result in results if result["policy"] == policy]
    keys = [key for key, value in chosen[0].items() if isinstance(value, int | float)]
    return {"recording": "mean", "policy": policy} | {
        k: sum(r[k] for r in chosen) / len(chosen) for k in keys
    }


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policy", nargs="+", default=list(SEGMENTERS), choices=list(SEGMENTERS))
    parser.add_argument("--only", nargs="*", help="recordings, such as es-en")
    parser.add_argument("--virtual", action="store_true", help="in virtual time: the same delays, sooner")
    parser.add_argument("--json", default="out/bench/live.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recordings = [
            *long_recordings(),
            composed("en", "pt", Path(folder)),
            composed("pt", "en", Path(folder)),
        ]
        recordings = [r for r in recordings if not given.only or r.name in given.only]
        print(GOALS)
        print(f"{HEAD[0]:<10}{HEAD[1]:<11}" + "".join(cell.rjust(9) for cell in HEAD[2:]), flush=True)
        references = {recording.name: offline(recording) for recording in recordings}
        results: list[dict[str, Any]] = []
        for policy in given.policy:
            for recording in recordings:
                result = interpret(recording, policy, given.virtual)
                result["ratio"] = result["chrf"] / references[recording.name]
                results.append(result)
                print(row(result), flush=True)
            print(row(mean(results, policy)), flush=True)
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    pace = "virtual time" if given.virtual else "the pace of life"
    out.write_text(json.dumps({"pace": pace, "offline_chrf": references, "runs": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
