"""Contents: what of the recordings a page can hold: their time lines, and their sound, within a few megabytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.measure.page.sound import Track, envelope, track
from pipeline.measure.page.timeline import timeline
from pipeline.measure.recording import Recording
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.trace import Trace
from pipeline.packet import PARTS

HOURS = 3.0  # of recordings that have a time line; an hour takes a megabyte
SOUND_BYTES = 6e6  # of sound inside the page, source and speech together


def held(evaluation: Evaluation, page: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The recordings with a time line as plain data for the page's script, and the ids of those without one.

    Where there are too many, the ones with the latest words come first.
    """
    chosen = _chosen(evaluation.recordings, evaluation.traces)
    found, room = [], SOUND_BYTES
    for one in chosen:
        drawn = timeline(one, evaluation.traces[one.id])
        peaks = envelope(one.path, one.seconds)
        sound = {"source": track(one.path, page, one.seconds, room)}
        room -= _size(sound["source"])
        sound["speech"] = _speech(evaluation, one, page, room)
        room -= _size(sound["speech"])
        drawn["peaks"] = peaks.to_dict() if peaks else None
        drawn["sound"] = {kind: {"url": one.url, "note": one.note} for kind, one in sound.items()}
        found.append(drawn)
    names = {one.id for one in chosen}
    return found, [one.id for one in evaluation.recordings if one.id not in names]


def data(recordings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the page's script is given."""
    return {"parts": PARTS, "recordings": recordings}


def _chosen(recordings: Sequence[Recording], traces: Mapping[str, Trace]) -> list[Recording]:
    room = HOURS * 3600
    names: set[str] = set()
    for one in sorted(recordings, key=lambda one: -_latest(traces[one.id])):
        if one.seconds <= room or not names:
            names.add(one.id)
            room -= one.seconds
    return [one for one in recordings if one.id in names]


def _latest(trace: Trace) -> float:
    return max((word.out - word.end for word in trace.translation.said), default=0.0)


def _speech(evaluation: Evaluation, one: Recording, page: Path, room: float) -> Track:
    if not evaluation.traces[one.id].speech:
        return Track()
    folder = evaluation.folder / "runs" / one.id
    files = sorted(folder.glob("speech.*.wav"))
    return track(files[0], page, one.seconds, room) if files else Track(note="the run kept no speech.wav")


def _size(sound: Track) -> int:
    return len(sound.url) if sound.url.startswith("data:") else 0
