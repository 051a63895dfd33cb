"""Adopting: what another system said of the recordings of a manifest, as an evaluation like our own.

It gets the same folder, so it is scored by the same code, has the same page, and can be compared. What a log does not
tell is absent: CPU, parts of the delay, speech, and (beyond their number) words that were shown and taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from pipeline.clock import stamp
from pipeline.errors import InputError, OutputError
from pipeline.measure.evaluation import results
from pipeline.measure.evaluation.lock import alone
from pipeline.measure.evaluation.process import DONE
from pipeline.measure.evaluation.wiring import EVENTS
from pipeline.measure.recording import LeftOut, Recording
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.trace import Said, Trace


def adopt(
    out: Path,
    name: str,
    recordings: Sequence[Recording],
    traces: Mapping[str, Trace],
    *,
    reports: Mapping[str, dict[str, Any]] | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Evaluation:
    """Make an evaluation folder of what a system called `name` said, and score it.

    `traces` and `reports` (cpu_s, media_s, cpu_s_per_media_s; or nothing) are by the id of a recording; a recording
    without a trace is left out. Raises `InputError` when there is none, or when the folder has an evaluation that was
    run by us; `OutputError` where it cannot be written.
    """
    there = [recording for recording in recordings if recording.id in traces]
    if not there:
        raise InputError(f"{name}: says nothing of these recordings; its names must be their ids")
    missing = [
        LeftOut(
            one.id, f"{name}: says nothing of {one.id}; run the system on it, or leave it out with --only"
        )
        for one in recordings
        if one.id not in traces
    ]
    about = {
        "name": name,
        "system": name,
        "pace": "",
        "started": stamp(),
        **results.listed(there, [*left_out, *missing]),
    }
    with alone(out):
        _refuse_ours(out)
        results.write_head(out, about, there)
        for recording in there:
            report = (reports or {}).get(recording.id, {})
            _write_run(out / results.RUNS / recording.id, recording, traces[recording.id], report)
        return results.write(out)


def _refuse_ours(out: Path) -> None:
    head = out / results.HEAD
    if head.is_file() and "system" not in msgspec.json.decode(head.read_bytes(), type=dict[str, Any]):
        raise InputError(f"--out {out}: has an evaluation of a graph; choose another folder")


def _write_run(folder: Path, recording: Recording, trace: Trace, report: dict[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = (msgspec.json.encode(event) + b"\n" for event in events(trace, recording.to))
        (folder / EVENTS).write_bytes(b"".join(lines))
        (folder / "report.json").write_bytes(msgspec.json.encode(report) + b"\n")
        (folder / "source.json").write_bytes(msgspec.json.encode({"path": str(recording.path)}) + b"\n")
        (folder / DONE).write_text("adopted\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from error


def events(trace: Trace, lang: str) -> Iterator[dict[str, Any]]:
    """The translation of a trace as lines of `events.jsonl`: a line for all words that came at once."""
    for (out, heard, compute), group in groupby(trace.translation.said, _moment):
        words = list(group)
        yield {
            "kind": "translation",
            "clock_s": out / 1000,
            "heard_s": heard / 1000,
            "work_s": compute / 1000,
            "start_s": words[0].start / 1000,
            "end_s": max(word.end for word in words) / 1000,
            "text": " ".join(word.text for word in words),
            "tentative": "",
            "committed": True,
            "lang": lang,
            "words": [[word.text, word.start / 1000, word.end / 1000] for word in words],
        }


def _moment(word: Said) -> tuple[float, float, float]:
    return word.out, word.heard, word.compute


__all__ = ["adopt", "events"]
