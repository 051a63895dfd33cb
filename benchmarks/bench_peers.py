"""Dragoman beside WhisperLiveKit and simulstream: the same recordings, the same Whisper weights, the same scorer.

    python -m benchmarks.bench_peers [--only es-en it-en] [--system dragoman wlk simulstream] [--peers DIR] [--out DIR]

Dragoman and WhisperLiveKit run at the pace of life, one after the other; simulstream has no such mode, so its clock is
made from what each chunk cost, as if one worker did one after another. Each becomes an evaluation in `--out`, with a
page, for `dragoman compare`. The peers live in an environment of their own:

    python -m venv benchmarks/peers/.venv-live
    benchmarks/peers/.venv-live/bin/python -m pip install -r benchmarks/peers/requirements-live.txt
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import peer_simulstream, peer_wlk
from benchmarks.live_recordings import Recording, long_recordings
from pipeline import models
from pipeline.measure.evaluation.adopt import adopt
from pipeline.measure.evaluation.evaluate import run
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.recording import Recording as Measured
from pipeline.measure.recording import Sentence
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.trace import Trace

HEAD = ("system", "chrF", "LongYAAL s", "CPU s/s", "words")
Drive = Callable[[Recording, Path, Path, Path], tuple[Trace, dict[str, Any]]]


def whisperlivekit(
    recording: Recording, peers: Path, weights: Path, out: Path
) -> tuple[Trace, dict[str, Any]]:
    """Its own policy that runs on these weights: LocalAgreement with faster-whisper."""
    return peer_wlk.run(recording, peers, weights, out, "--backend-policy", "localagreement")


FOREIGN: dict[str, tuple[str, Drive]] = {
    "wlk": ("WhisperLiveKit", whisperlivekit),
    "simulstream": ("simulstream", peer_simulstream.run),
}


def measured(recording: Recording) -> Measured:
    """A recording of the benchmarks as the measuring room knows them."""
    sentences = tuple(Sentence(s.reference, s.start_s * 1000, s.end_s * 1000) for s in recording.segments)
    return Measured(
        recording.name, recording.path, recording.from_, recording.to, recording.seconds, sentences
    )


def ours(recordings: list[Recording], out: Path) -> Evaluation:
    """What `dragoman interpret` runs, less the captions of the source."""
    plan = Plan(
        tuple(measured(one) for one in recordings),
        out=out,
        pace="realtime",
        source_captions=False,
        name="Dragoman",
    )
    return run(plan)


def foreign(system: str, recordings: list[Recording], peers: Path, out: Path) -> Evaluation:
    """Another system on the same recordings, one after the other."""
    name, drive = FOREIGN[system]
    traces, reports = {}, {}
    for one in recordings:
        folder = out / "logs" / one.name
        traces[one.name], report = drive(one, peers, models.path("whisper-base"), folder)
        cpu = report["cpu_s_per_media_s"]
        reports[one.name] = {**report, "media_s": one.seconds, "cpu_s": cpu * one.seconds}
        print(f"  {name} {one.name}: {report}", flush=True)
    return adopt(out, name, [measured(one) for one in recordings], traces, reports=reports)


def row(name: str, found: dict[str, float]) -> str:
    """A line of the table; a dash for what is not known."""
    cells = [("chrf", 1, ".1f"), ("long_yaal_ms_queue", 1000, ".2f"), ("cpu", 1, ".2f"), ("words", 1, ".0f")]
    shown = [f"{found[key] / scale:{form}}" if key in found else "-" for key, scale, form in cells]
    return f"{name:<28}" + "".join(cell.rjust(12) for cell in shown)


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=["es-en", "it-en"], help="recordings, such as es-en")
    parser.add_argument("--system", nargs="+", default=["dragoman", *FOREIGN], choices=["dragoman", *FOREIGN])
    parser.add_argument("--peers", type=Path, default=Path("benchmarks/peers/.venv-live"))
    parser.add_argument("--out", type=Path, default=Path("out/bench/peers"))
    given = parser.parse_args()
    recordings = [one for one in long_recordings() if not given.only or one.name in given.only]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for system in given.system:
        out = given.out / system
        evaluation = (
            ours(recordings, out) if system == "dragoman" else foreign(system, recordings, given.peers, out)
        )
        found[system] = {id_: scores.values for id_, scores in evaluation.scores.items()}
        found[system]["all"] = evaluation.total.values
    print(f"{HEAD[0]:<28}" + "".join(cell.rjust(12) for cell in HEAD[1:]))
    for system, scores in found.items():
        for id_, values in scores.items():
            print(row(f"{system} {id_}", values))
    (given.out / "peers.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
