"""Results: what is in the folder of an evaluation: runs, their scores, the logs that the field's scorers read.

`load` reads a folder, also one whose evaluation was cut off: what ended is scored, and what did not is left out with
the reason. Nothing in a folder is believed before it is read to its end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import DragomanError, InputError, OutputError
from pipeline.measure.logs import simuleval, simulstream
from pipeline.measure.manifest import LeftOut, from_line
from pipeline.measure.one import DONE, FAILED
from pipeline.measure.recording import Recording
from pipeline.measure.score import Measured, Scores, measure, total
from pipeline.measure.tables import tsv
from pipeline.measure.trace import Trace, read_events
from pipeline.measure.wiring import EVENTS

CPU = "cpu"  # CPU seconds for a second of audio
HEARD = ("listened_", "speech_mos")  # how keys begin of what was measured by listening
HEAD, RECORDINGS, RUNS, SCORES = "evaluation.json", "recordings.jsonl", "runs", "scores.json"


class Evaluation(msgspec.Struct):
    """All that an evaluation left behind. The mappings have each of `recordings` by its id."""

    folder: Path
    about: dict[str, Any]  # evaluation.json
    recordings: list[Recording]  # those that were run and can be scored
    traces: dict[str, Trace]
    reports: dict[str, dict[str, Any]]  # report.json of each run
    scores: dict[str, Scores]
    total: Scores
    left_out: list[LeftOut]


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
        return _score(found, listening=False)
    found.scores, found.total = kept.recordings, kept.all
    return found


def write(folder: Path, *, listening: bool = False) -> Evaluation:
    """Score the runs of a folder, and write the scores, the logs and the page beside them. Raises as `load` does,
    and `OutputError` where the folder cannot be written.
    """
    from pipeline.measure import page

    found = _score(_runs(folder), listening=listening)
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


def _score(found: Evaluation, *, listening: bool) -> Evaluation:
    """Put the scores in: of each recording, and of all."""
    measured: list[Measured] = []
    for recording in list(found.recordings):
        trace = found.traces[recording.id]
        measured.append(measure(recording, trace))
        found.scores[recording.id] = total(measured[-1:])
        if listening:
            _listen(found, recording, trace)
    found.total = total(measured) if measured else Scores({})
    for recording in found.recordings:
        report = found.reports[recording.id]
        found.scores[recording.id].values[CPU] = report["cpu_s_per_media_s"]
    _sum_up(found)
    return found


def _listen(found: Evaluation, recording: Recording, trace: Trace) -> None:
    from pipeline.measure.speech import listen

    heard = listen(recording, trace, found.folder / RUNS / recording.id)
    found.scores[recording.id].values.update(heard.values)
    found.scores[recording.id].notes.update(heard.notes)


def _sum_up(found: Evaluation) -> None:
    """What is not in a trace, over all recordings: CPU by the second of audio, means of what was heard."""
    reports = [found.reports[recording.id] for recording in found.recordings]
    media_s = sum(report["media_s"] for report in reports)
    if media_s:
        found.total.values[CPU] = sum(report["cpu_s"] for report in reports) / media_s
    every = {key for scores in found.scores.values() for key in scores.values if key.startswith(HEARD)}
    for key in sorted(every):
        values = [scores.values[key] for scores in found.scores.values() if key in scores.values]
        found.total.values[key] = sum(values) / len(values)
