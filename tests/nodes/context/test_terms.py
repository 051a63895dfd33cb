"""Terms come once, at the beginning, in the order in which they were written; a glossary that is none says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodes.context._glossary_file import read_glossary
from nodes.context.terms import FixedTerms
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.media import Term


def told(node: FixedTerms) -> list[Term]:
    return [
        term
        for _, packet in Graph.of({"names": node}, {}).stream("names.expected")
        for term in packet.payload.terms
    ]


def written(folder: Path, text: str | bytes, name: str = "talk.tsv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_terms_come_once_at_the_beginning() -> None:
    graph = Graph.of({"names": FixedTerms(["Defarge", "Carton"])}, {})
    [(_, packet)] = graph.stream("names.expected")
    assert [term.text for term in packet.payload.terms] == ["Defarge", "Carton"]
    assert (packet.start, packet.end) == (0, 0)


def test_without_terms_nothing_comes() -> None:
    assert told(FixedTerms()) == []


def test_terms_renderings_and_a_glossary_are_one_list_without_repetition(tmp_path: Path) -> None:
    path = written(tmp_path, "Carton\tCartão\nBastille\tBastilha\n")
    found = told(FixedTerms(["Carton", "Defarge"], {"Tellson": "Télson"}, str(path), "pt"))
    assert [(term.text, term.rendering, term.to) for term in found] == [
        ("Carton", "Cartão", "pt"),
        ("Defarge", "", "pt"),
        ("Tellson", "Télson", "pt"),
        ("Bastille", "Bastilha", "pt"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "# names\n\nBastille\tBastilha\nCarton\n"),
        ("a.txt", "\ufeffBastille\t Bastilha \t\r\nCarton\t\r\n"),
        ("a.csv", 'Bastille,"Bastilha"\nCarton,\n'),
        ("a.csv", "Bastille;Bastilha\nCarton;\n"),
    ],
)
def test_the_forms_of_a_glossary(tmp_path: Path, name: str, text: str) -> None:
    found = read_glossary(written(tmp_path, text, name))
    assert [(term.text, term.rendering, term.origin) for term in found] == [
        ("Bastille", "Bastilha", "glossary"),
        ("Carton", "", "glossary"),
    ]


def test_a_comma_inside_quotes_is_part_of_a_term(tmp_path: Path) -> None:
    [term] = read_glossary(written(tmp_path, '"Manette, Dr.","Dr. ""Manette"""\n', "a.csv"))
    assert (term.text, term.rendering) == ("Manette, Dr.", 'Dr. "Manette"')


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a\tb\tc", "has 3 columns; give term and rendering, with a tab between them"),
        ("\tBastilha", "has a rendering ('Bastilha') and no term; put the term before it"),
        ("...\tb", "'...' has no letter and no digit; give a word"),
        ("Carton\t--", "'--' has no letter and no digit; give a word"),
        ("a\x07b\tc", "'a\\x07b' has control characters; take them out"),
        ("x" * 201, f"'{'x' * 30}'… has 201 characters; give at most 200"),
        (
            "Bastille\tFortaleza",
            "'Bastille' is rendered 'Fortaleza', but 'Bastilha' in line 1; keep one of them",
        ),
    ],
)
def test_every_fault_of_a_glossary_is_told_with_its_line(tmp_path: Path, line: str, fault: str) -> None:
    path = written(tmp_path, f"Bastille\tBastilha\n\n{line}\n{line}\n")
    with pytest.raises(InputError) as caught:
        read_glossary(path)
    assert str(caught.value).split("\n") == [f"{path}:3: {fault}", f"{path}:4: {fault}"]


def test_a_broken_quote_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, 'Bastille,Bastilha\n"Carton"s,x\n', "a.csv")
    with pytest.raises(InputError, match=r"a\.csv:2: .*; put quotes around the whole cell"):
        read_glossary(path)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"Bastille\tBastilha\nCaf\xe9\tx\n", r"talk\.tsv:2: is not UTF-8; save the glossary as UTF-8"),
        ("Bastille\tx\n".encode("utf-16"), r"talk\.tsv: is UTF-16; save it as UTF-8"),
        (b"# nothing\n\n", r"talk\.tsv: has no terms; write a term and its rendering in each line"),
        (b"".join(b"w%d\n" % n for n in range(10_001)), r"talk\.tsv: has 10001 terms; give at most 10000"),
        (b"a\tb\tc\n" * 30, r"talk\.tsv: 10 more faults; put these right first"),
    ],
)
def test_a_file_that_is_no_glossary(tmp_path: Path, data: bytes, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        read_glossary(written(tmp_path, data))


def test_a_file_that_is_not_there_or_cannot_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.tsv: there is no such glossary; give a file that exists"):
        read_glossary(tmp_path / "no.tsv")
    with pytest.raises(InputError, match=r"a\.xlsx: a glossary does not end in '\.xlsx'; give a \.tsv"):
        read_glossary(tmp_path / "a.xlsx")
    (tmp_path / "folder.tsv").mkdir()
    with pytest.raises(InputError, match=r"folder\.tsv: the glossary cannot be read \("):
        read_glossary(tmp_path / "folder.tsv")
