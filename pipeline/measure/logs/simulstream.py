"""simulstream's log: a line a step, with the tokens that it added and those that it took back.

`total_audio_processed` is the source heard and `computation_time` the step's own work, both seconds. simulstream counts a
word as said at their sum, as if nothing ever waited; when the words were there follows from one worker that does one
step after another. In our own logs the second is all that passed since the source was heard, waiting too.

A word that a later step lengthens or changes takes the time of that step. To read ours with simulstream, its settings for
evaluation say `detokenizer_type: simuleval` and `latency_unit: word` (or `char`).

Source: the documentation and the logs of simulstream 1.0, Gaido et al. 2025.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline.measure.logs.log import OURS, Log, Wrong, name_of, objects, put, trace, wav_of
from pipeline.measure.manifests.entry import Reading
from pipeline.measure.recording import Recording
from pipeline.measure.trace import Said, Trace, split

Tokens: TypeAlias = Literal["word", "char", "spm"]  # what a token is; spm: sentence pieces, ▁ begins a word
REMEDY = 'a step is {"id": 0, "total_audio_processed": s, "computation_time": s, "generated_tokens": [], "deleted_tokens": []}'


class _Metadata(msgspec.Struct):
    wav_name: str
    clock: str = ""  # of `computation_time`, where the log is ours


class _Line(msgspec.Struct):
    """Any line: the time of loading, the name of a recording, or a step."""

    id: int | str | None = None
    metadata: _Metadata | None = None
    total_audio_processed: float | None = None  # s
    computation_time: float | None = None  # s
    generated_tokens: list[str] = []
    deleted_tokens: list[str] = []


def write(path: Path, pairs: Sequence[tuple[Recording, Trace]]) -> None:
    """Write what was said of each recording, without what was shown and taken back. Raises `OutputError`."""
    lines: list[dict[str, Any]] = [{"model_loading_time": 0.0}]
    for number, (recording, found) in enumerate(pairs):
        lines.append({"id": number, "metadata": {"wav_name": wav_of(recording), "clock": OURS}})
        lines += _steps(number, split(found.translation.said, recording.unit))
    put(path, lines)


def read(path: Path, tokens: Tokens = "word") -> Log:
    """What a log tells, and how much was taken back. A recording with a step that does not fit is left out.

    The length of a recording is the source heard at its last step. Raises `InputError` when the log cannot be read at all.
    """
    reading = Reading()
    growing: dict[int | str, _Growing] = {}
    wrong: set[int | str | None] = set()
    for number, line in objects(path, _Line, REMEDY, reading):
        try:
            if line.metadata is not None and line.id is not None:
                if line.id in growing:
                    raise Wrong(f"id {line.id} was told of before", "give each recording an id of its own")
                growing[line.id] = _Growing(line.metadata, tokens)
            elif line.total_audio_processed is not None:
                if line.id not in growing:
                    raise Wrong(f"no recording has the id {line.id}", "a line with its metadata comes first")
                growing[line.id].step(line)
        except Wrong as fault:
            wrong.add(line.id)
            reading.fault(path, number, fault.what, fault.remedy)
    good = {grown.name: grown.trace() for key, grown in growing.items() if key not in wrong}
    return Log(good, {}, reading.faults)


def _steps(number: int, units: Sequence[Said]) -> Iterator[dict[str, Any]]:
    for (heard, out), group in groupby(units, key=lambda unit: (unit.heard, unit.out)):
        yield {
            "id": number,
            "total_audio_processed": round(heard / 1000, 9),
            "computation_time": round((out - heard) / 1000, 9),
            "generated_tokens": [unit.text for unit in group],
            "deleted_tokens": [],
        }


class _Growing:
    """A translation while its steps are read."""

    def __init__(self, metadata: _Metadata, tokens: Tokens) -> None:
        self.name = name_of(metadata.wav_name)
        self._waits = metadata.clock != OURS  # `computation_time` is work alone: waiting is to be added
        self._kind: Tokens = tokens
        self._tokens: list[str] = []
        self._before: list[int] = []  # of each token, the units that were there when it came
        self._said: list[Said] = []
        self._heard = self._free = 0.0  # ms: of the source; when the worker had ended its last step
        self._shown = self._erased = 0

    def step(self, line: _Line) -> None:
        """Take a step. Raises `Wrong` for one that does not fit what came before."""
        heard, work = 1000 * (line.total_audio_processed or 0.0), 1000 * (line.computation_time or 0.0)
        if heard < self._heard or work < 0:
            what = f"{line.total_audio_processed:g} s of audio, after {self._heard / 1000:g} s"
            raise Wrong(what if work >= 0 else "computation_time below 0", "times never run backwards")
        gone = len(line.deleted_tokens)
        if gone and self._tokens[-gone:] != line.deleted_tokens:
            raise Wrong("deleted_tokens are not the last that were generated", "see how it was written")
        out = max(heard, self._free if self._waits else 0.0) + work
        self._heard, self._free = heard, out
        self._erased += len(self._units(line.deleted_tokens))
        self._shown += len(self._units(line.generated_tokens))
        now = Said("", heard, work, out, heard, heard)
        self._grow(len(self._tokens) - gone, [], now)
        self._grow(len(self._tokens), line.generated_tokens, now)

    def trace(self) -> Trace:
        """What was read."""
        said = [unit for unit in self._said if not unit.text.isspace()]
        return trace(self.name, self._heard, said, shown=self._shown, erased=self._erased)

    def _grow(self, keep: int, more: Sequence[str], now: Said) -> None:
        """Keep so many tokens and add more. Units that are new have come now, and the last one if it changed."""
        begin = keep
        while begin and self._kind == "spm" and not self._begins_word(begin):
            begin -= 1
        first = self._before[begin] if begin < len(self._before) else len(self._said)
        tail = [*self._tokens[begin:keep], *more]
        texts, old = self._units(tail), self._said[first:]
        same = min(len(texts), len(old))
        if same and old[same - 1].text != texts[same - 1]:
            same -= 1
        new = [msgspec.structs.replace(now, text=text) for text in texts[same:]]
        self._said[first:] = old[:same] + new
        self._tokens[begin:] = tail
        self._before[begin:] = [first + len(self._units(tail[:index])) for index in range(len(tail))]

    def _begins_word(self, index: int) -> bool:
        return index < len(self._tokens) and self._tokens[index].startswith("▁")

    def _units(self, tokens: Sequence[str]) -> list[str]:
        """The words (or characters) that tokens make."""
        if self._kind == "char":
            return list("".join(tokens))
        text = "".join(tokens).replace("▁", " ") if self._kind == "spm" else " ".join(tokens)
        return text.split()


__all__ = ["read", "write"]
