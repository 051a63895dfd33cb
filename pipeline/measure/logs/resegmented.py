"""instances.resegmented.jsonl: a line a sentence, after a recording was laid on its reference. OmniSTEval's form.

Times are ms from the beginning of the sentence. `emission_cu` is the source heard, `emission_ca` a clock with compute: in
what we write, the run's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pipeline.errors import Fault
from pipeline.measure.logs.log import objects, put, rounded
from pipeline.measure.manifests.entry import Reading
from pipeline.measure.recording import Recording
from pipeline.measure.scores.longform import segments
from pipeline.measure.trace import Trace, clock, split

REMEDY = (
    'a line is {"index": 0, "docid": 0, "segid": 0, "prediction": …, "reference": …, "source_length": ms}'
)


class Line(msgspec.Struct, omit_defaults=True):
    """A sentence of a reference, and what was said of it."""

    index: int  # among all sentences
    docid: int  # of its recording
    segid: int  # among the sentences of its recording
    prediction: str
    reference: str
    source_length: float | None = None  # ms
    emission_cu: list[float] = []  # ms, of each unit
    emission_ca: list[float] = []
    time_to_recording_end: float | None = None  # ms


def lines(pairs: Sequence[tuple[Recording, Trace]]) -> Iterator[Line]:
    """The sentences of all recordings with what fell to each."""
    index = 0
    for number, (recording, found) in enumerate(pairs):
        units = split(found.translation.said, recording.unit)
        heard, out = clock(units, "cu"), clock(units, "queue")
        end = max((sentence.end_ms for sentence in recording.sentences), default=0.0)
        for inside, segment in enumerate(segments(recording, found.translation.said)):
            start = segment.sentence.start_ms
            line = Line(index, number, inside, segment.text, segment.reference)
            line.source_length = segment.sentence.end_ms - start
            if segment.at:
                line.emission_cu = rounded(heard[at] - start for at in segment.at)
                line.emission_ca = rounded(out[at] - start for at in segment.at)
                line.time_to_recording_end = end - start
            yield line
            index += 1


def write(path: Path, pairs: Sequence[tuple[Recording, Trace]]) -> None:
    """Write the sentences of all recordings with what fell to each. Raises `OutputError`."""
    put(path, lines(pairs))


def read(path: Path) -> tuple[list[Line], list[Fault]]:
    """The lines of such a log, and what is wrong in it. Raises `InputError` when it cannot be read at all."""
    reading = Reading()
    found = [line for _, line in objects(path, Line, REMEDY, reading)]
    return found, reading.faults


__all__ = ["Line", "lines", "read", "write"]
