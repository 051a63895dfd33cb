"""Manifest: the recordings to evaluate, with their references, from a file of any kind that the field uses.

Decides: what a recording must have before it is interpreted: a file that plays, the length it is said to have, an id
of its own, two languages, a reference whose sentences are in order and inside. Every fault is told with its line, and
its recording is left out. What the files look like is known to the readers in manifests/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice, pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from pipeline.errors import Fault, InputError, MediaError, did_you_mean
from pipeline.measure.manifests import covost, fleurs, jsonl, media, segmentation, simuleval
from pipeline.measure.manifests.entry import WHOLE, Entry, Reading, Wanted, is_name, lines_of, same_language
from pipeline.measure.manifests.length import seconds_of
from pipeline.measure.recording import LeftOut, Recording

KINDS: dict[str, ModuleType] = {
    "media": media,  # before jsonl: its lines have paths too, of where they come from
    "jsonl": jsonl,
    "fleurs": fleurs,
    "covost": covost,
    "segmentation": segmentation,
    "simuleval": simuleval,
}
SHARE, LEAST_S = 0.02, 0.5  # lengths that differ by less than either are the same
TOTAL = "all"  # the line of the whole in scores.tsv


class Manifest(msgspec.Struct, frozen=True):
    """What a manifest names."""

    path: Path
    kind: str
    digest: str  # SHA-256 of the file
    recordings: tuple[Recording, ...]
    left_out: tuple[LeftOut, ...]


def read(
    path: Path,
    wanted: Wanted | None = None,
    *,
    kind: str = "",
    only: Sequence[str] = (),
    limit: int | None = None,
) -> Manifest:
    """The recordings of a manifest that are wanted.

    Args:
        path: the file, or a folder with a manifest.jsonl in it.
        wanted: languages, references and folder that the manifest does not say; other languages are passed over.
        kind: a key of `KINDS`; empty: what the content looks like.
        only: ids, or patterns of ids (`talk-*`); empty: all.
        limit: at most this many, the first that have no fault.

    Raises `InputError` when the file cannot be read, is of no known kind, or has none of the ids wanted.
    """
    wanted = wanted or Wanted()
    file = path / "manifest.jsonl" if path.is_dir() else path
    if kind and kind not in KINDS:
        raise InputError(f"--kind {kind}: no such kind of manifest; {did_you_mean(kind, list(KINDS))}")
    reading = Reading()
    head = [text for _, text in islice(lines_of(file, reading), 1)]
    kind = kind or kind_of(file, head)
    found = KINDS[kind].read(file, wanted)
    entries = list(_chosen(_spoken(found.entries, wanted), only, file))
    checked = _Checking(found.faults, wanted)
    recordings = list(_first(checked.recordings(entries), limit))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    left_out = tuple(checked.left_out(entries))
    return Manifest(file.resolve(), kind, digest, tuple(recordings), left_out)


def kind_of(path: Path, head: list[str]) -> str:
    """The kind of a manifest by its first line. Raises `InputError` that lists the kinds."""
    for name, reader in KINDS.items():
        if reader.fits(path, head):
            return name
    known = "\n".join(f"  {name:13}{reader.ABOUT}" for name, reader in KINDS.items())
    what = "is empty" if not head else "is no manifest of a known kind"
    raise InputError(f"{path}: {what}; give one of these, or name it with --kind:\n{known}")


def _spoken(entries: Iterable[Entry], wanted: Wanted) -> Iterator[Entry]:
    """Entries in the languages wanted, which fill in what the manifest leaves out."""
    for entry in entries:
        entry.from_, entry.to = entry.from_ or wanted.from_, entry.to or wanted.to
        pairs = ((entry.from_, wanted.from_), (entry.to, wanted.to))
        if all(not asked or same_language(said, asked) for said, asked in pairs):
            yield entry


def _chosen(entries: Iterable[Entry], only: Sequence[str], path: Path) -> Iterator[Entry]:
    entries = list(entries)
    for pattern in only:
        if entries and not any(fnmatchcase(entry.id, pattern) for entry in entries):
            known = [entry.id for entry in entries]
            raise InputError(f"--only {pattern}: no such id in {path}; {did_you_mean(pattern, known)}")
    for entry in entries:
        if not only or any(fnmatchcase(entry.id, pattern) for pattern in only):
            yield entry


def _first(recordings: Iterator[Recording], limit: int | None) -> Iterator[Recording]:
    """The first few; the files of the others are not even opened."""
    for count, recording in enumerate(recordings, 1):
        yield recording
        if count == limit:
            return


class _Checking:
    """What entries must keep; collects the faults."""

    def __init__(self, faults: list[Fault], wanted: Wanted) -> None:
        self._faults = list(faults)
        self._wanted = wanted
        self._lines: dict[str, int] = {}  # id -> line that has it first

    def recordings(self, entries: Iterable[Entry]) -> Iterator[Recording]:
        """The entries without a fault, as recordings."""
        for entry in entries:
            before = len(self._faults)
            seconds = self._length(entry)
            self._faults += [*self._named(entry), *_referenced(entry, seconds)]
            if len(self._faults) == before:
                yield _recording(entry, seconds)

    def left_out(self, entries: Iterable[Entry]) -> Iterator[LeftOut]:
        """The faults, in the order of their lines."""
        ids = {entry.place: entry.id for entry in entries}
        for fault in sorted(self._faults, key=lambda fault: (fault.line, fault.place)):
            yield LeftOut(ids.get(fault.place, ""), str(fault))

    def _named(self, entry: Entry) -> Iterator[Fault]:
        if not is_name(entry.id) or entry.id == TOTAL:
            yield entry.fault(f"id {entry.id!r} cannot name a folder", "use letters, digits and . _ - +")
        elif (first := self._lines.setdefault(entry.id, entry.line)) != entry.line:
            yield entry.fault(f"id {entry.id!r} stands in line {first} already", "give each an id of its own")
        for name, value in (("from", entry.from_), ("to", entry.to)):
            if not value and (name == "from" or entry.sentences):
                yield entry.fault(f"does not say its language {name!r}", f'write "{name}", or give --{name}')

    def _length(self, entry: Entry) -> float:
        """Seconds of the file; 0 where it cannot be played, which is told."""
        if not entry.path.is_file():
            self._faults.append(entry.fault(f"{entry.path}: no such file", "put it there, or give --audio"))
            return 0.0
        try:
            seconds = seconds_of(entry.path)
            if _differ(entry.seconds, seconds):
                seconds = seconds_of(entry.path, count=True)  # some heads only estimate
        except MediaError as error:
            what, _, remedy = str(error).partition("; ")
            self._faults.append(entry.fault(what, remedy))
            return 0.0
        if _differ(entry.seconds, seconds):
            what = f"says {entry.seconds:g} s, but {entry.path.name} has {seconds:.2f} s"
            self._faults.append(entry.fault(what, "correct one of them: times of the reference rest on it"))
        return seconds


def _differ(said: float | None, seconds: float) -> bool:
    return said is not None and abs(said - seconds) > max(LEAST_S, SHARE * seconds)


def _referenced(entry: Entry, seconds: float) -> Iterator[Fault]:
    """What is wrong with the reference of an entry whose file has `seconds` (0: not known)."""
    if not any(sentence.text.strip() for sentence in entry.sentences):
        into = f" in {entry.to}" if entry.to else ""
        yield entry.fault(f"no reference{into}", "add the translation, or leave the line out with --only")
        return
    for number, sentence in enumerate(entry.sentences, 1):
        if not sentence.end_ms > sentence.start_ms >= 0:
            span = f"{sentence.start_ms / 1000:g}-{sentence.end_ms / 1000:g} s"
            yield entry.fault(f"sentence {number} has the span {span}", "let each end after it starts")
    if any(two.start_ms < one.start_ms for one, two in pairwise(entry.sentences)):
        yield entry.fault("its sentences are not in order", "sort them by their start")
    ends = [sentence.end_ms / 1000 for sentence in entry.sentences if sentence.end_ms < WHOLE]
    if seconds and ends and max(ends) > seconds + max(LEAST_S, SHARE * seconds):
        what = f"its last sentence ends at {max(ends):g} s, the file at {seconds:.2f} s"
        yield entry.fault(what, "correct the times")


def _recording(entry: Entry, seconds: float) -> Recording:
    sentences = tuple(
        msgspec.structs.replace(sentence, end_ms=seconds * 1000) if sentence.end_ms == WHOLE else sentence
        for sentence in entry.sentences
    )
    return Recording(
        entry.id,
        entry.path.resolve(),
        entry.from_,
        entry.to,
        round(seconds, 6),
        sentences,
        entry.transcript,
        entry.terms,
        entry.line,
    )


def to_line(recording: Recording) -> bytes:
    """A recording as a line of our own manifest."""
    return msgspec.json.encode(recording, enc_hook=str) + b"\n"


def from_line(line: bytes) -> Recording:
    """The inverse of `to_line`. Raises `msgspec.DecodeError`."""
    return msgspec.json.decode(line, type=Recording, dec_hook=_path)


def _path(kind: type, value: Any) -> Any:
    return Path(value) if kind is Path else value


__all__ = ["KINDS", "Manifest", "Wanted", "from_line", "kind_of", "read", "to_line"]
