"""MuST-C and IWSLT: a YAML list of segments {wav, offset, duration}, and a line of reference for each.

All segments of one recording make one recording with as many sentences: it is interpreted as a whole, and scored
by sentence. Source: Di Gangi et al., MuST-C: a Multilingual Speech Translation Corpus, NAACL 2019
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from pipeline.errors import InputError
from pipeline.measure.manifests.entry import Entry, Reading, Wanted, found_in, lines_of, name_of
from pipeline.measure.recording import Sentence

ABOUT = "MuST-C, IWSLT: <split>.yaml with wav, offset, duration; <split>.<language> or --reference beside it"
REMEDY = "write {wav: talk.wav, offset: 1.5, duration: 3.2}, times in seconds"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Segment(msgspec.Struct):
    line: int
    wav: str
    offset: float  # s
    duration: float  # s


class _Part(msgspec.Struct, frozen=True):
    segment: _Segment
    reference: str | None  # None: cannot be read
    transcript: str


def fits(path: Path, head: list[str]) -> bool:
    """A YAML file whose first lines name a sound file, an offset or a duration."""
    return path.suffix in (".yaml", ".yml") or bool(
        head and re.match(r"-\s*\{?.*\b(wav|offset|duration)\b", head[0])
    )


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a segmentation. Raises `InputError` where there are not as many references as segments."""
    reading = Reading()
    from_, to = _languages(path, wanted)
    segments = list(_segments(path, reading))
    references = _texts(wanted.reference or path.with_suffix(f".{to}"), len(segments), path, reading)
    spoken = path.with_suffix(f".{from_}")
    transcripts = _texts(spoken, len(segments), path, reading) if spoken.is_file() else [None] * len(segments)
    by_wav: dict[str, list[_Part]] = {}
    for segment, reference, transcript in zip(segments, references, transcripts, strict=True):
        if segment is not None:
            by_wav.setdefault(segment.wav, []).append(_Part(segment, reference, transcript or ""))
    folders = (wanted.audio, path.parent.parent / "wav", path.parent / "wav", path.parent)
    for wav, parts in by_wav.items():
        first = min(part.segment.line for part in parts)
        if any(part.reference is None for part in parts):
            reading.fault(path, first, f"{wav}: a line of its reference cannot be read", "see that line")
            continue
        name, where = name_of(Path(wav).stem), found_in(folders, wav)
        entry = Entry(f"{path}:{first}", first, name, where, from_, to)
        entry.sentences, entry.transcript = _whole(parts)
        reading.entries.append(entry)
    return reading


def _whole(parts: list[_Part]) -> tuple[tuple[Sentence, ...], str]:
    """The sentences of a recording in order, and what is said in it."""
    parts.sort(key=lambda part: part.segment.offset)
    sentences = tuple(
        Sentence(text, 1000 * segment.offset, 1000 * (segment.offset + segment.duration))
        for segment, text in ((part.segment, (part.reference or "").strip()) for part in parts)
        if text
    )
    return sentences, " ".join(part.transcript.strip() for part in parts if part.transcript.strip())


def _segments(path: Path, reading: Reading) -> Iterator[_Segment | None]:
    """The segments with their lines; None for one that is not understood."""
    text = "\n".join(line for _, line in lines_of(path, reading, empty=True))
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise InputError(f"{place}: not valid YAML: {getattr(error, 'problem', error)}; {REMEDY}") from error
    if not isinstance(root, yaml.SequenceNode):
        raise InputError(f"{path}: is not a list of segments; {REMEDY}")
    for node in root.value:
        line = node.start_mark.line + 1
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        cells = {key.value: value.value for key, value in pairs}
        try:
            segment = _Segment(line, str(cells["wav"]), float(cells["offset"]), float(cells["duration"]))
        except (KeyError, TypeError, ValueError):
            reading.fault(path, line, "not a segment", REMEDY)
            yield None
            continue
        if segment.duration <= 0 or segment.offset < 0:
            reading.fault(path, line, f"lasts {segment.duration:g} s from {segment.offset:g} s", REMEDY)
        yield segment


def _texts(path: Path, count: int, segmentation: Path, reading: Reading) -> list[str | None]:
    """The lines of a text; None for one that cannot be read. Raises `InputError` where there are not `count`."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; give the references with --reference, a line a segment")
    before = len(reading.faults)
    lines = list(lines_of(path, reading, empty=True))
    wrong = {fault.line for fault in reading.faults[before:]}
    if len(lines) != count:
        raise InputError(
            f"{path}: {len(lines)} lines for the {count} segments of {segmentation}; give a line a segment"
        )
    return [None if number in wrong else text for number, text in lines]


def _languages(path: Path, wanted: Wanted) -> tuple[str, str]:
    """From which language into which: said, or by MuST-C's folder `en-de`. Raises `InputError`."""
    pairs = [re.fullmatch(r"([a-z]{2,3})-([a-z]{2,3})", part) for part in reversed(path.absolute().parts)]
    pair = next((found for found in pairs if found), None)
    from_, to = wanted.from_ or (pair[1] if pair else ""), wanted.to or (pair[2] if pair else "")
    if not from_ or not to:
        raise InputError(f"{path}: does not say its languages; give --from and --to")
    return from_, to
