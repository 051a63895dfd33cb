"""Evaluation: recordings with what was said of them and how it scores. What the page, sweeps and comparisons read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.measure.recording import LeftOut, Recording
from pipeline.measure.scores.measure import Measured, measure
from pipeline.measure.scores.score import Scores
from pipeline.measure.trace import Trace

CPU = "cpu"  # CPU seconds for a second of audio
SLOWED = "slowed"  # time in which a run wanted a core, over the time in which it had one
OF_RUNS = (CPU, SLOWED, "listened_", "speech_mos")  # how keys begin of scores that no trace has


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
    _measured: dict[str, Measured] = {}

    def measured(self, id_: str) -> Measured:
        """A recording, measured; its text is laid on the reference once, whoever asks."""
        if id_ not in self._measured:
            [recording] = [one for one in self.recordings if one.id == id_]
            self._measured[id_] = measure(recording, self.traces[id_])
        return self._measured[id_]

    def of_runs(self, ids: Sequence[str]) -> dict[str, float]:
        """Scores that no trace has, over several recordings: CPU by the second of audio, means of the others."""
        found = _means(self.scores[id_].values for id_ in ids)
        told = [self.reports[id_] for id_ in ids if "cpu_s" in self.reports[id_]]
        if media_s := sum(report["media_s"] for report in told):
            # a second of a long recording counts as much as one of a short one
            found[CPU] = sum(report["cpu_s"] for report in told) / media_s
        return found

    @property
    def busy(self) -> list[str]:
        """The recordings whose delays are too long, because other programs had the cores that their runs wanted."""
        return [one.id for one in self.recordings if SLOWED in self.scores[one.id].notes]


def _means(each: Iterable[Mapping[str, float]]) -> dict[str, float]:
    there: dict[str, list[float]] = {}
    for values in each:
        for key in values:
            if key.startswith(OF_RUNS):
                there.setdefault(key, []).append(values[key])
    return {key: sum(values) / len(values) for key, values in sorted(there.items())}


__all__ = ["CPU", "SLOWED", "Evaluation"]
