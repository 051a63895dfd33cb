"""Evaluation: run a graph over recordings with references, score what came out, and keep all of it in a folder.

Decides: what is run and what is there already, and what is written where (docs/evaluate.md has the table). A run that
has its `done` is not repeated; `done` holds a digest of all that the run depends on, and is written last. References
are no part of it: correcting one costs a new scoring, not a new run.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from pipeline.clock import stamp
from pipeline.errors import InputError, OutputError, need
from pipeline.graph import Graph
from pipeline.measure.evaluation import results
from pipeline.measure.evaluation.graph_text import text_of
from pipeline.measure.evaluation.lock import alone
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.evaluation.process import DONE, Job
from pipeline.measure.evaluation.wiring import graph_of
from pipeline.measure.evaluation.workers import Step, Watch, cores, fitting, load_average, work
from pipeline.measure.recording import LeftOut, Recording
from pipeline.measure.scores.evaluation import Evaluation

SOURCE = "source.json"
PLACE = "RECORDING"  # stands in a pattern where a recording has its name; with a slash before it, its path


def run(plan: Plan, watch: Watch | None = None) -> Evaluation:
    """Run what is not there yet, score everything, and write the results into `plan.out`.

    `watch` is told of every step. Stopped and begun again, it goes on where it was.

    Raises `InputError` when no recording can be run, when the folder has runs of something else, or when another
    evaluation writes into it; `OutputError` where the folder cannot be written.
    """
    if plan.pace == "virtual" and find_spec("trio") is None:
        raise need("trio", "cli", "virtual time")
    patterns, left_out = built(plan)
    recordings = [recording for recording in plan.recordings if recording.id in patterns]
    count = at_once(plan, patterns.values())
    with alone(plan.out):
        jobs = [_job(plan, recording, patterns[recording.id]) for recording in recordings]
        todo = [job for job in jobs if plan.again or not _done(job)]
        if not plan.again:
            _refuse_others(plan.out, todo)
        results.write_head(plan.out, _about(plan, patterns, left_out, count), recordings)
        _work(jobs, todo, count, watch or (lambda step: None))
        return results.write(plan.out, listen=plan.listen)


def _work(jobs: Sequence[Job], todo: Sequence[Job], count: int, told: Watch) -> None:
    """Run what is not done, and tell what is."""
    begun = {job.id for job in todo}
    for job in jobs:
        if job.id not in begun:
            told(Step(job.id, "kept"))
    for job in todo:
        _clear(job)
    work(todo, count, told)


class Pattern(msgspec.Struct, frozen=True):
    """The graph of the recordings of one pair of languages, with a word where each has its path."""

    graph: Graph
    text: str


def built(plan: Plan) -> tuple[dict[str, Pattern], list[LeftOut]]:
    """The graph of every recording by its id, and the recordings that are left out, those of the manifest first.

    Raises `InputError` with every fault when there is no graph for any of them.
    """
    known: dict[tuple[object, ...], Pattern | InputError] = {}
    patterns: dict[str, Pattern] = {}
    left_out = list(plan.left_out)
    for recording in plan.recordings:
        key = (recording.from_, recording.to, recording.terms)
        if key not in known:
            known[key] = _pattern(plan, recording)
        found = known[key]
        if isinstance(found, Pattern):
            patterns[recording.id] = found
        else:
            left_out.append(LeftOut(recording.id, str(found)))
    if not patterns:
        every = dict.fromkeys(one.why for one in reversed(left_out))  # what stops all before what stops one
        raise InputError("\n".join(every) or "no recording to evaluate; see --from, --to, --only")
    return patterns, left_out


def _pattern(plan: Plan, recording: Recording) -> Pattern | InputError:
    try:
        graph = graph_of(plan, msgspec.structs.replace(recording, path=Path("/", PLACE)))
    except InputError as error:
        return error
    return Pattern(graph, text_of(graph))


def at_once(plan: Plan, patterns: Iterable[Pattern]) -> int:
    """How many recordings run side by side: in virtual time never more than do not slow one another."""
    if plan.pace == "realtime":
        return plan.jobs or 1
    most = fitting([pattern.graph for pattern in patterns])
    return min(plan.jobs or most, most)


def _job(plan: Plan, recording: Recording, pattern: Pattern) -> Job:
    with open(recording.path, "rb") as file:
        sound = hashlib.file_digest(file, "sha256").hexdigest()
    of = [recording.id, sound, pattern.text, plan.pace, dragoman_version()]
    digest = hashlib.sha256(msgspec.json.encode(of)).hexdigest()
    folder = (plan.out / results.RUNS / recording.id).absolute()
    return Job(folder, recording.path, _filled(pattern.text, recording.path), plan.pace == "virtual", digest)


def _filled(text: str, path: Path) -> str:
    """A pattern as the graph of one recording."""
    for word, value in ((f"/{PLACE}", str(path)), (PLACE, path.name)):
        text = text.replace(f": {word}\n", f": {msgspec.json.encode(value).decode()}\n")
    return text


def _done(job: Job) -> bool:
    done = job.folder / DONE
    return done.is_file() and done.read_text(encoding="utf-8").strip() == job.digest


def _refuse_others(out: Path, todo: list[Job]) -> None:
    """Raise `InputError` rather than lose the runs of another evaluation."""
    others = [job.id for job in todo if (job.folder / DONE).is_file()]
    if others:
        few = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        raise InputError(
            f"--out {out}: has runs of another graph, settings, pace, sound or version ({few}); "
            "choose another folder, or write over them with --again"
        )


def _clear(job: Job) -> None:
    """An empty folder for a run: nothing of one that was cut off stays."""
    try:
        if job.folder.is_dir():
            shutil.rmtree(job.folder)
        job.folder.mkdir(parents=True)
        (job.folder / SOURCE).write_bytes(msgspec.json.encode({"path": str(job.recording)}) + b"\n")
    except OSError as error:
        raise OutputError(f"{job.folder}: cannot be made ({error.strerror}); choose another --out") from error


def _about(plan: Plan, patterns: dict[str, Pattern], left_out: list[LeftOut], count: int) -> dict[str, Any]:
    """What ran: evaluation.json."""
    recordings = [recording for recording in plan.recordings if recording.id in patterns]
    return {
        "name": plan.name or Path(plan.graph).stem or "interpret",
        "graph": plan.graph,
        "graph_text": _texts(patterns),
        "settings": plan.settings,
        "pace": plan.pace,
        "latency": "" if plan.graph else plan.latency,
        "voice": plan.voice,
        "source_captions": plan.source_captions,
        "jobs": count,
        "manifest": plan.manifest,
        "manifest_sha256": plan.digest,
        "dragoman": dragoman_version(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": cores(),
        "load": round(load_average(), 2),
        "started": stamp(),
        **results.listed(recordings, left_out),
    }


def _texts(patterns: dict[str, Pattern]) -> str:
    """The graphs that run, each once, under the ids that it is for."""
    ids: dict[str, list[str]] = {}
    for name, pattern in patterns.items():
        ids.setdefault(pattern.text, []).append(name)
    return "\n".join(f"# {' '.join(names)}\n{text}" for text, names in ids.items())


def dragoman_version() -> str:
    """The version of the package, or what stands for one that is not installed."""
    try:
        return version("dragoman")
    except PackageNotFoundError:
        return "(not installed)"


__all__ = ["at_once", "built", "run"]
