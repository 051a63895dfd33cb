"""Log: what the readers of this folder give, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.errors import Fault, OutputError
from pipeline.measure.manifests.entry import SOUND, Reading, lines_of
from pipeline.measure.recording import Recording
from pipeline.measure.trace import Said, Stream, Trace

OURS = "queue"  # the clock of a log of our own: with all waiting
T = TypeVar("T")


class Log(msgspec.Struct):
    """What a log tells; what could not be understood is in `faults`, and in nothing else."""

    traces: dict[str, Trace]  # by the name of the recording, without the suffix of its file
    references: dict[str, str]  # those that the log has
    faults: list[Fault]


class Wrong(Exception):
    """Something wrong in a line: what, and how to put it right."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def objects(path: Path, form: type[T], remedy: str, reading: Reading) -> Iterator[tuple[int, T]]:
    """The lines of a JSONL file that have a form, with their numbers; a fault for each that has not.

    Raises `InputError` when the file cannot be read.
    """
    for number, text in lines_of(path, reading):
        try:
            yield number, msgspec.json.decode(text, type=form)
        except msgspec.ValidationError as error:
            reading.fault(path, number, str(error), remedy)
        except msgspec.DecodeError:
            reading.fault(path, number, "is not JSON, or was cut off", remedy)


def name_of(source: str) -> str:
    """What a log calls a recording, as a name: no folder, no suffix of a sound file."""
    last = Path(source.strip()).name
    return Path(last).stem if Path(last).suffix.lower() in SOUND else last


def wav_of(recording: Recording) -> str:
    """What our logs call a recording: its id with the suffix of its file, which every reader takes off."""
    suffix = recording.path.suffix.lower()
    return recording.id + (suffix if suffix in SOUND else ".wav")


def rising(times: Sequence[float], called: str) -> None:
    """Raise `Wrong` unless times begin at 0 or later and never go back."""
    before = 0.0
    for number, at in enumerate(times, 1):
        if at < before:
            what = (
                f"{called} number {number} is {at:g}, after {before:g}"
                if number > 1
                else f"{called} is {at:g}"
            )
            raise Wrong(
                what, "times never run backwards, nor begin before the source; see how it was written"
            )
        before = at


def trace(name: str, source_ms: float, said: Iterable[Said], *, shown: int = 0, erased: int = 0) -> Trace:
    """A trace of which only the translation is known."""
    words = tuple(said)
    translation = Stream(said=words, shown=shown or len(words), erased=erased)
    return Trace(name, source_ms, Stream(), Stream(), translation, ())


def put(path: Path, lines: Iterable[object]) -> None:
    """Write lines of JSON. Raises `OutputError`."""
    try:
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); give another path") from error


def rounded(times: Iterable[float], digits: int = 6) -> list[float]:
    """Times without the dust of arithmetic."""
    return [round(at, digits) for at in times]


__all__ = ["OURS", "Log", "Wrong", "name_of", "objects", "put", "rising", "rounded", "trace", "wav_of"]
