"""A glossary file: a term and its rendering a line. Pure but for reading the file.

Decides: which files are glossaries, and what is wrong with those that are not. All faults are told at once, each with
its line.

The form. UTF-8; `.tsv` or `.txt` with a tab between term and rendering, or `.csv` with a comma (or a semicolon, if the
first line has one and no comma) and quotes where a cell has a comma itself. An empty or missing rendering: the term is
expected and translated freely. Empty lines, and lines that begin with `#`, say nothing. No heading.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.media import Term

MOST_TERMS = 10_000
LONGEST = 200  # characters of a term or a rendering
MOST_FAULTS = 20  # told at once
SEPARATORS = {".tsv": "\t", ".txt": "\t", ".csv": ","}

Row = tuple[int, list[str]]  # line number, cells


def read_glossary(path: str | Path, to: str = "") -> list[Term]:
    """The terms of a file, in its order, with renderings in `to` (BCP 47). Raises `InputError` with every fault."""
    file = Path(path)
    separator = SEPARATORS.get(file.suffix.lower())
    if separator is None:
        raise InputError(
            f"{file}: a glossary does not end in {file.suffix!r}; give a .tsv, .txt or .csv file"
        )
    text = _text(file)
    faults: list[str] = []
    terms: dict[str, Term] = {}
    lines: dict[str, int] = {}
    for line, cells in _rows(file, text, separator, faults):
        fault = _fault(cells, separator)
        term = Term(cells[0], cells[1] if len(cells) > 1 else "", to, "glossary")
        if not fault and terms.get(term.text, term) != term:
            fault = (
                f"{term.text!r} is rendered {term.rendering!r}, but {terms[term.text].rendering!r} in "
                f"line {lines[term.text]}; keep one of them"
            )
        if fault:
            faults.append(f"{file}:{line}: {fault}")
        else:
            terms[term.text] = term
            lines.setdefault(term.text, line)
    _refuse(file, faults, len(terms))
    return list(terms.values())


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such glossary; give a file that exists") from None
    except OSError as error:
        raise InputError(
            f"{file}: the glossary cannot be read ({error.strerror}); give another file"
        ) from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{file}: is UTF-16; save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}:{line}: is not UTF-8; save the glossary as UTF-8") from None


def _rows(file: Path, text: str, separator: str, faults: list[str]) -> Iterator[Row]:
    """Rows that say something, cells without spaces around them; a broken quote ends the file."""
    lines = text.splitlines()
    if separator == "\t":
        read = enumerate((line.split("\t") for line in lines), 1)
        yield from ((at, _stripped(cells)) for at, cells in read if _says(cells))
        return
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    mark = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
    try:
        yield from ((reader.line_num, _stripped(cells)) for cells in reader if _says(cells))
    except csv.Error as error:
        faults.append(
            f"{file}:{reader.line_num}: {error}; put quotes around the whole cell, and double those in it"
        )


def _stripped(cells: list[str]) -> list[str]:
    cells = [cell.strip() for cell in cells]
    while len(cells) > 1 and not cells[-1]:  # what spreadsheets leave behind
        cells.pop()
    return cells


def _says(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#")


def _fault(cells: list[str], separator: str) -> str:
    """What is wrong with a row, and the remedy; empty where nothing is."""
    if len(cells) > 2:
        between = "a tab" if separator == "\t" else "a comma"
        return f"has {len(cells)} columns; give term and rendering, with {between} between them"
    if not cells[0]:
        return f"has a rendering ({cells[1]!r}) and no term; put the term before it"
    for cell in cells:
        if len(cell) > LONGEST:
            return f"{cell[:30]!r}… has {len(cell)} characters; give at most {LONGEST}"
        if not cell.isprintable():
            return f"{cell!r} has control characters; take them out"
        if cell and not any(character.isalnum() for character in cell):
            return f"{cell!r} has no letter and no digit; give a word"
    return ""


def _refuse(file: Path, faults: list[str], count: int) -> None:
    if len(faults) > MOST_FAULTS:
        faults = [
            *faults[:MOST_FAULTS],
            f"{file}: {len(faults) - MOST_FAULTS} more faults; put these right first",
        ]
    if faults:
        raise InputError("\n".join(faults))
    if not count:
        raise InputError(f"{file}: has no terms; write a term and its rendering in each line")
    if count > MOST_TERMS:
        raise InputError(f"{file}: has {count} terms; give at most {MOST_TERMS}")
