"""Our own manifest: a JSON object a line. The form is in docs/evaluate.md; `recordings.jsonl` of an evaluation is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pipeline.measure.manifests.entry import Entry, Reading, Wanted, lines_of, name_of, one_sentence
from pipeline.measure.recording import Sentence

ABOUT = 'a JSON object a line: {"path": "talk.wav", "from": "en", "to": "pt", "reference": "…"}'
FORM = "see docs/evaluate.md for the form of a line"
Length = Annotated[float, Meta(ge=0)]


class _Timed(msgspec.Struct):
    text: str
    start_ms: Length
    end_ms: Length


class _Line(msgspec.Struct):
    path: str
    id: str = ""
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    reference: str = ""
    sentences: list[_Timed] = []
    transcript: str = ""
    terms: list[str] = []
    seconds: Length | None = None


def fits(path: Path, head: list[str]) -> bool:
    """A first line that is an object with a path."""
    return bool(head) and '"path"' in head[0] and head[0].lstrip().startswith("{")


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a manifest. Paths are relative to it, or to `wanted.audio`."""
    reading = Reading()
    for number, text in lines_of(path, reading):
        try:
            line = msgspec.json.decode(text, type=_Line)
        except msgspec.ValidationError as error:
            reading.fault(path, number, str(error), FORM)
        except msgspec.DecodeError as error:
            reading.fault(path, number, f"not JSON: {_why(text, error)}", "write one object a line")
        else:
            reading.entries.append(_entry(path, number, line, wanted))
    return reading


def _why(text: str, error: msgspec.DecodeError) -> str:
    try:
        json.loads(text)
    except ValueError as better:  # says at which column
        return str(better)
    return str(error)


def _entry(path: Path, number: int, line: _Line, wanted: Wanted) -> Entry:
    timed = tuple(Sentence(each.text, each.start_ms, each.end_ms) for each in line.sentences)
    return Entry(
        f"{path}:{number}",
        number,
        line.id or name_of(Path(line.path).stem),
        (wanted.audio or path.parent) / line.path,
        line.from_,
        line.to,
        line.seconds,
        timed or one_sentence(line.reference),
        line.transcript,
        tuple(line.terms),
    )
