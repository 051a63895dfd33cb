"""SimulEval's instances.log: one recording a line, with two times for each unit of its translation.

`delays` is the source heard, `elapsed` a clock with compute, both ms. SimulEval itself counts as `elapsed` the source
heard and all work since the start. Read it so, and the work of each step comes out as the differences; when the words
were there then follows from one worker that does one step after another.

Source: SimulEval, Ma et al. 2020 (arXiv:2007.16193), and its documentation of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pipeline.measure.logs.log import OURS, Log, Wrong, name_of, objects, put, rising, rounded, trace, wav_of
from pipeline.measure.manifests.entry import Reading
from pipeline.measure.metrics import queueing
from pipeline.measure.recording import Recording, Unit
from pipeline.measure.trace import Said, Trace, clock, split

REMEDY = (
    'a line is {"source": "talk.wav", "source_length": ms, "prediction": …, "delays": [ms], "elapsed": [ms]}'
)


class _Instance(msgspec.Struct):
    prediction: str
    delays: list[float]  # ms, of each unit
    source_length: float  # ms
    source: str | list[Any] = ""  # the path, or a list that begins with it
    elapsed: list[float] = []  # ms
    reference: str = ""
    index: int = 0
    clock: str = ""  # of `elapsed`, where the log is ours


def write(path: Path, pairs: Sequence[tuple[Recording, Trace]]) -> None:
    """Write what was said of each recording; `elapsed` is the run's own clock. Raises `OutputError`."""
    put(path, [_instance(index, *pair) for index, pair in enumerate(pairs)])


def read(path: Path, unit: Unit = "word") -> Log:
    """What a log tells. Raises `InputError` when it cannot be read at all; what is wrong in a line is a fault."""
    reading = Reading()
    log = Log({}, {}, reading.faults)
    for number, instance in objects(path, _Instance, REMEDY, reading):
        source = (
            instance.source[0] if isinstance(instance.source, list) and instance.source else instance.source
        )
        name = name_of(str(source or instance.index))
        try:
            if name in log.traces:
                raise Wrong(f"{name} was told of before", "give each recording one line")
            log.traces[name] = _trace(name, instance, unit)
            log.references[name] = instance.reference
        except Wrong as wrong:
            reading.fault(path, number, wrong.what, wrong.remedy)
    return log


def _instance(index: int, recording: Recording, found: Trace) -> dict[str, Any]:
    units = split(found.translation.said, recording.unit)
    between = " " if recording.unit == "word" else ""
    return {
        "index": index,
        "prediction": between.join(unit.text for unit in units),
        "delays": rounded(clock(units, "cu")),
        "elapsed": rounded(clock(units, "queue")),
        "prediction_length": len(units),
        "reference": recording.reference
        if recording.unit == "word"
        else recording.reference.replace(" ", ""),
        "source": [wav_of(recording)],
        "source_length": round(found.source_ms, 6),
        "clock": OURS,
    }


def _trace(name: str, instance: _Instance, unit: Unit) -> Trace:
    texts = instance.prediction.split() if unit == "word" else list(instance.prediction)
    elapsed = instance.elapsed or instance.delays
    for times, called in ((instance.delays, "delays"), (elapsed, "elapsed")):
        if len(times) != len(texts):
            raise Wrong(f"{len(times)} {called} for {len(texts)} {unit}s", _other(len(times), instance, unit))
        rising(times, called)
    if instance.source_length <= 0:
        raise Wrong(f"source_length is {instance.source_length:g}", "give the length of the recording, ms")
    said = _ours(texts, instance) if instance.clock == OURS else _theirs(texts, instance.delays, elapsed)
    return trace(name, instance.source_length, [word for word in said if not word.text.isspace()])


def _other(count: int, instance: _Instance, unit: Unit) -> str:
    """The remedy where the units do not fit: perhaps they are the other kind."""
    if unit == "word" and count == len(instance.prediction):
        return "they are of characters: read it so"
    if unit == "char" and count == len(instance.prediction.split()):
        return "they are of words: read it so"
    return "each has one; see how it was written"


def _ours(texts: Sequence[str], instance: _Instance) -> list[Said]:
    return [
        Said(text, heard, max(0.0, out - heard), out, heard, heard)
        for text, heard, out in zip(texts, instance.delays, instance.elapsed, strict=True)
    ]


def _theirs(texts: Sequence[str], delays: Sequence[float], elapsed: Sequence[float]) -> list[Said]:
    """Units of one step share its times; its work is what `elapsed` grew by beyond the source heard."""
    steps = [list(group) for _, group in groupby(range(len(texts)), key=lambda n: (delays[n], elapsed[n]))]
    arrivals = [delays[step[0]] for step in steps]
    work = queueing.work_of(arrivals, [elapsed[step[0]] for step in steps])
    outs = queueing.finished(np.asarray(arrivals), work)
    return [
        Said(texts[n], heard, float(took), float(out), heard, heard)
        for step, heard, took, out in zip(steps, arrivals, work, outs, strict=True)
        for n in step
    ]


__all__ = ["read", "write"]
