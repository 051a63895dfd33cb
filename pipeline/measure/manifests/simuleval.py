"""SimulEval's lists: a file with the path of a recording a line (`--source`), and one with a reference a line (`--target`)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline.errors import InputError
from pipeline.measure.manifests.entry import (
    SOUND,
    Entry,
    Reading,
    Wanted,
    lines_of,
    name_of,
    one_sentence,
)

ABOUT = "SimulEval: a list of recordings, with --reference the list of references"
NAMES = (("source", "target"), ("src", "tgt"))  # how the two lists are called


def fits(path: Path, head: list[str]) -> bool:
    """A first line that is the path of a recording."""
    return bool(head) and Path(head[0].strip()).suffix.lower() in SOUND


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a list with their references, line by line. Raises `InputError` where the lists do not fit."""
    reading = Reading()
    target = wanted.reference or _beside(path)
    sources = list(lines_of(path, reading, empty=True))
    references = list(lines_of(target, reading, empty=True))
    if len(sources) != len(references):
        raise InputError(
            f"{target}: {len(references)} references for the {len(sources)} recordings of {path}; "
            "give a line for each, in the same order"
        )
    often = Counter(Path(text.strip()).stem for _, text in sources)
    for (number, text), (_, reference) in zip(sources, references, strict=True):
        if not text.strip():
            continue  # a line that is not UTF-8 was told already
        recording = Path(text.strip())
        name = recording.stem if often[recording.stem] == 1 else f"{recording.stem}-{number}"
        where = (wanted.audio or path.parent) / recording
        reading.entries.append(
            Entry(f"{path}:{number}", number, name_of(name), where, sentences=one_sentence(reference))
        )
    return reading


def _beside(path: Path) -> Path:
    """The list of references that goes with a list of recordings, by its name. Raises `InputError`."""
    for source, target in NAMES:
        other = path.with_name(path.name.replace(source, target))
        if other != path and other.is_file():
            return other
    raise InputError(f"{path}: is a list of recordings; give the list of their references with --reference")
