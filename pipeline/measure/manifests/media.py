"""The manifest of a folder of test media: a JSON object a line, with `file`, `kind`, `lang` and references by language.

Recordings put together from utterances have `segments` with their times and `reference_<language>`. Lines of
pictures and of films without speech are not recordings and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from pipeline.measure.manifests.entry import (
    Entry,
    Reading,
    Wanted,
    lines_of,
    name_of,
    one_sentence,
    same_language,
)
from pipeline.measure.recording import Sentence

ABOUT = 'test media: {"file": …, "kind": …, "lang": …, "reference": {"en": …}, "segments": […]}'


class _Line(msgspec.Struct):
    file: str
    lang: str | None = None
    transcript: str | None = None
    reference: dict[str, str | None] | None = None
    seconds: float | None = None
    audio: str | None = None
    segments: list[dict[str, Any]] | None = None


def fits(path: Path, head: list[str]) -> bool:
    """A first line that is an object with a file and a kind."""
    return bool(head) and head[0].lstrip().startswith("{") and '"file"' in head[0] and '"kind"' in head[0]


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a manifest, one for each language of a reference (`wanted.to`, where it is said)."""
    reading = Reading()
    for number, text in lines_of(path, reading):
        try:
            line = msgspec.json.decode(text, type=_Line)
            entries = list(_entries(path, number, line, wanted)) if line.audio and line.lang else []
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            reading.fault(path, number, f"not a line of media: {error}", "see the README of the folder")
        else:
            reading.entries += entries
    return reading


def _entries(path: Path, number: int, line: _Line, wanted: Wanted) -> Iterator[Entry]:
    references = {tag: text for tag, text in (line.reference or {}).items() if text}
    lang = line.lang or ""
    if wanted.to:
        targets = [tag for tag in references if same_language(tag, wanted.to)] or [wanted.to]
    else:
        targets = list(references) or [""]
    for to in targets:
        if to and same_language(to, lang):
            continue  # nothing to interpret
        stem = Path(line.file).with_suffix("")
        yield Entry(
            f"{path}:{number}",
            number,
            name_of(".".join(stem.parts)) + (f"-{to}" if to else ""),
            (wanted.audio or path.parent) / line.file,
            lang,
            to,
            line.seconds,
            _timed(line.segments or [], to) or one_sentence(references.get(to, "")),
            line.transcript or "",
        )


def _timed(segments: list[dict[str, Any]], to: str) -> tuple[Sentence, ...]:
    """The reference by segment, where every segment has one."""
    texts = [segment.get(f"reference_{to}") for segment in segments]
    if not texts or not all(texts):
        return ()
    return tuple(
        Sentence(str(text), segment["start"] * 1000, segment["end"] * 1000)
        for text, segment in zip(texts, segments, strict=True)
    )
