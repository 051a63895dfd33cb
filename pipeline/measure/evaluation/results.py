"""Results: what is in the folder of an evaluation: runs, their scores, the logs that the field's scorers read.

`load` reads a folder, also one whose evaluation was cut off: what ended is scored, and what did not is left out with
the reason. Nothing in a folder is believed before it is read to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import DragomanError, InputError, OutputError
from pipeline.measure import page
from pipeline.measure.evaluation import disturbance, listening
from pipeline.measure.evaluation.process import DONE, FAILED
from pipeline.measure.evaluation.tables import tsv
from pipeline.measure.evaluation.wiring import EVENTS
from pipeline.measure.logs import simuleval, simulstream
from pipeline.measure.manifests.manifest import from_line, to_line
from pipeline.measure.recording import LeftOut, Recording
from pipeline.measure.scores.evaluation import CPU, SLOWED, Evaluation
from pipeline.measure.scores.score import Scores, total
from pipeline.measure.trace import read_events

HEAD, RECORDINGS, RUNS, SCORES = "evaluation.json", "recordings.jsonl", "runs", "scores.json"


class _Scored(msgspec.Struct):
    """The form of scores.json."""

    recordings: dict[str, Scores]
    all: Scores
    left_out: list[LeftOut]


def load(folder: Path) -> Evaluation:
    """An evaluation from its folder. Scores that are there are read; of one that was cut off, they are computed.

    Raises `InputError` when it is not the folder of an evaluation.
    """
    found = _runs(folder)
    kept = _kept(folder / SCORES)
    ids = [recording.id for recording in found.recordings]
    if kept is None or list(kept.recordings) != ids:
        return _score(found, listen=False)
    found.scores, found.total = kept.recordings, kept.all
    return found


def write(folder: Path, *, listen: bool = False) -> Evaluation:
    """Score the runs of a folder, and write the scores, the logs and the page beside them.

    `listen` recognises speech that nobody listened to yet. Raises as `load` does, and `OutputError` where the folder
    cannot be written.
    """
    found = _score(_runs(folder), listen=listen)
    pairs = [(recording, found.traces[recording.id]) for recording in found.recordings]
    scored = _Scored(found.scores, found.total, found.left_out)
    try:
        (folder / SCORES).write_bytes(msgspec.json.format(msgspec.json.encode(scored)) + b"\n")
        (folder / "scores.tsv").write_text(tsv(found), encoding="utf-8")
        simuleval.write(folder / "instances.log", pairs)
        simulstream.write(folder / "simulstream.jsonl", pairs)
        page.write(found, folder / "report.html")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); free space there") from error
    return found


def write_head(folder: Path, about: dict[str, Any], recordings: Sequence[Recording]) -> None:
    """Write what an evaluation is of, before anything is scored. Raises `OutputError`."""
    try:
        (folder / HEAD).write_bytes(msgspec.json.format(msgspec.json.encode(about)) + b"\n")
        (folder / RECORDINGS).write_bytes(b"".join(map(to_line, recordings)))
    except OSError as error:
        raise OutputError(f"--out {folder}: cannot be written ({error.strerror}); choose another") from error


def listed(recordings: Sequence[Recording], left_out: Sequence[LeftOut]) -> dict[str, Any]:
    """What evaluation.json says of recordings."""
    return {
        "recordings": [
            {"id": one.id, "from": one.from_, "to": one.to, "seconds": one.seconds} for one in recordings
        ],
        "left_out": msgspec.to_builtins(list(left_out)),
    }


def _runs(folder: Path) -> Evaluation:
    """The runs of a folder; no scores yet."""
    about, recordings = _head(folder)
    told = [LeftOut(one["id"], one["why"]) for one in about.get("left_out", [])]
    found = Evaluation(folder, about, [], {}, {}, {}, Scores({}), told)
    for recording in recordings:
        run = folder / RUNS / recording.id
        try:
            _ended(run)
            trace = read_events(run / EVENTS, recording.id, recording.seconds * 1000)
            report = msgspec.json.decode((run / "report.json").read_bytes(), type=dict[str, Any])
        except (DragomanError, OSError, msgspec.DecodeError) as error:
            found.left_out.append(LeftOut(recording.id, str(error)))
            continue
        found.recordings.append(recording)
        found.traces[recording.id] = trace
        found.reports[recording.id] = report
    return found


def _head(folder: Path) -> tuple[dict[str, Any], list[Recording]]:
    try:
        about = msgspec.json.decode((folder / HEAD).read_bytes(), type=dict[str, Any])
        lines = (folder / RECORDINGS).read_bytes().splitlines()
        return about, [from_line(line) for line in lines]
    except (OSError, msgspec.DecodeError) as error:
        what = f"{folder}: is not the folder of an evaluation ({error})"
        raise InputError(f"{what}; make one with dragoman evaluate") from error


def _ended(run: Path) -> None:
    """Raise `InputError` that says why, where a run did not come to its end."""
    if (run / DONE).is_file():
        return
    if (run / FAILED).is_file():
        why = (run / FAILED).read_text(encoding="utf-8").strip()
        raise InputError(f"{run}: the run failed: {why}")
    raise InputError(f"{run}: the run did not come to its end; the same command runs it again")


def _kept(path: Path) -> _Scored | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Scored)
    except (OSError, msgspec.DecodeError):
        return None


def _score(found: Evaluation, *, listen: bool) -> Evaluation:
    """Put the scores in: of each recording, and of all."""
    for recording in found.recordings:
        scores = found.scores[recording.id] = total([found.measured(recording.id)])
        if (cpu := found.reports[recording.id].get("cpu_s_per_media_s")) is not None:
            scores.values[CPU] = cpu
        _listened(found, recording, listen=listen)
        _disturbed(found, recording)
    if found.recordings:
        found.total = total([found.measured(one.id) for one in found.recordings])
    found.total.values.update(found.of_runs([one.id for one in found.recordings]))
    if found.busy:
        count = f"{len(found.busy)} of {len(found.recordings)} recordings"
        found.total.notes[SLOWED] = f"the machine was busy during {count}: their delays are too long"
    return found


def _listened(found: Evaluation, recording: Recording, *, listen: bool) -> None:
    """Scores of the speech: heard now, if that is wanted, or before, if it is still the same speech."""
    folder = found.folder / RUNS / recording.id
    hear = listening.listen if listen else listening.kept
    heard = hear(recording, found.traces[recording.id], folder)
    if heard is not None:
        found.scores[recording.id].values.update(heard.values)
        found.scores[recording.id].notes.update(heard.notes)


def _disturbed(found: Evaluation, recording: Recording) -> None:
    """How much a run was slowed, and a note where other programs did it."""
    met = disturbance.read(found.folder / RUNS / recording.id)
    if met is None:
        return
    scores = found.scores[recording.id]
    scores.values[SLOWED] = met.slowed
    if met.by_others:
        why = f"others had {met.others:.1f} cores, computing took {met.slowed:.1f} times as long"
        scores.notes[SLOWED] = f"the machine was busy: delays of this recording are too long ({why})"
