"""`dragoman score`: a log of another system goes in; the same scores as for our own runs come out."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from pipeline.commands.columns import columns, show
from pipeline.commands.evaluate import FEW, read
from pipeline.errors import InputError
from pipeline.measure.evaluation import tables
from pipeline.measure.evaluation.adopt import adopt
from pipeline.measure.logs import simuleval, simulstream
from pipeline.measure.logs.log import Log
from pipeline.measure.recording import Recording, unit_of
from pipeline.measure.trace import read_events


def score(given: Namespace) -> int:
    """Score a log; 0 when all that the manifest names was scored, 1 when something was left out."""
    listed = read(given)
    path = Path(given.log)
    log = _log(path, listed.recordings)
    out = Path(given.out)
    found = adopt(
        out, given.name or path.parent.name, listed.recordings, log.traces, left_out=listed.left_out
    )
    for fault in log.faults[:FEW]:
        sys.stderr.write(f"{fault}\n")
    for one in found.left_out[:FEW]:
        sys.stderr.write(f"left out: {one.why}\n")
    if not given.quiet:
        show(columns(tables.shown(found)))
        sys.stdout.write(f"\n{out / 'report.html'}: open this\n")
    return 1 if found.left_out or log.faults else 0


def _log(path: Path, recordings: tuple[Recording, ...]) -> Log:
    """What a log tells, by the ids of the recordings. Raises `InputError`."""
    units = {unit_of(recording.to) for recording in recordings}
    if len(units) > 1:
        raise InputError("these recordings count in words and in characters; choose one language with --to")
    [unit] = units
    form = _form(path)
    if form == "events":
        if len(recordings) > 1:
            raise InputError(f"{path}: is the log of one recording; name it with --only")
        [one] = recordings
        return Log({one.id: read_events(path, one.id, one.seconds * 1000)}, {}, [])
    log = simulstream.read(path, unit) if form == "simulstream" else simuleval.read(path, unit)
    stems = {recording.path.stem: recording.id for recording in recordings}
    log.traces = {stems.get(name, name): trace for name, trace in log.traces.items()}
    return log


def _form(path: Path) -> str:
    """Which kind of log it is, by its first line. Raises `InputError`."""
    try:
        with path.open(encoding="utf-8") as file:
            head = file.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a log") from error
    for key, form in (('"kind"', "events"), ('"delays"', "simuleval")):
        if key in head:
            return form
    if '"model_loading_time"' in head or '"metadata"' in head or '"total_audio_processed"' in head:
        return "simulstream"
    raise InputError(
        f"{path}: is no log that is known here; give SimulEval's instances.log, simulstream's JSONL or an events.jsonl"
    )
