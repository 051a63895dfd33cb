"""FLEURS: a folder for each language with `<split>.tsv` and its recordings; sentences of one id mean the same.

Columns, without a head: id, file, raw transcription, transcription, characters, number of samples (16 kHz), gender.
Source: Conneau et al., FLEURS: Few-shot Learning Evaluation of Universal Representations of Speech, 2022
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.measure.manifests.entry import (
    Entry,
    Reading,
    Wanted,
    found_in,
    lines_of,
    name_of,
    one_sentence,
    same_language,
    tag_of,
)

ABOUT = "FLEURS: <language>/<split>.tsv; --to names the language whose folder beside it has the references"
RATE_HZ = 16_000
LEAST = 6  # columns


def fits(path: Path, head: list[str]) -> bool:
    """A table without a head: number, sound file, texts."""
    cells = head[0].split("\t") if head else []
    return len(cells) >= LEAST and cells[0].isdigit() and cells[1].endswith(".wav")


def read(path: Path, wanted: Wanted) -> Reading:
    """The recordings of a split. Raises `InputError` where the other language is not said or not there."""
    reading = Reading()
    references = {row[0]: row[2] for _, row in _rows(_other(path, wanted), reading)}
    folders = (wanted.audio, path.parent / "audio" / path.stem, path.parent / path.stem)
    for number, row in _rows(path, reading):
        entry = Entry(
            f"{path}:{number}",
            number,
            name_of(Path(row[1]).stem),
            found_in(folders, row[1]),
            tag_of(path.parent.name),
            wanted.to,
            int(row[5]) / RATE_HZ if row[5].isdigit() else None,
            one_sentence(references.get(row[0], "")),
            row[2],
        )
        reading.entries.append(entry)
    return reading


def _rows(path: Path, reading: Reading) -> list[tuple[int, list[str]]]:
    rows = []
    for number, text in lines_of(path, reading):
        cells = text.split("\t")
        if len(cells) < LEAST:
            reading.fault(path, number, f"{len(cells)} columns", "FLEURS has seven, between tabs")
        else:
            rows.append((number, cells))
    return rows


def _other(path: Path, wanted: Wanted) -> Path:
    """The same split in the language wanted. Raises `InputError`."""
    folders = sorted(folder for folder in path.absolute().parent.parent.iterdir() if folder.is_dir())
    known = [tag_of(folder.name) for folder in folders if (folder / path.name).is_file()]
    if not wanted.to:
        raise InputError(f"{path}: is a split of FLEURS; say with --to which language: {', '.join(known)}")
    if wanted.reference is not None:
        return wanted.reference
    for folder in folders:
        if same_language(tag_of(folder.name), wanted.to) and (folder / path.name).is_file():
            return folder / path.name
    raise InputError(
        f"--to {wanted.to}: no folder beside {path.parent} has a {path.name} in it; there are: {', '.join(known)}"
    )
