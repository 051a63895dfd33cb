"""`dragoman graphs`, `check`, `draw`, `schema`, `nodes`, `new-node`: what they print, and what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.commands.columns import columns, fitted
from pipeline.graph import shipped_graphs
from tests.command import dragoman

WRONG = "nodes:\n  a: {uses: source.tne}\n  b: {uses: vad.energy, inputs: {audio: a.sound}}\n"


def test_graphs_come_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "graphs")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [path.stem for path in shipped_graphs()]


def test_check_says_sound_on_stdout_and_faults_on_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG)
    said = dragoman(capsys, "check", wrong, tmp_path / "nosuch.yaml", tmp_path, "interpret")
    assert (said.code, said.out) == (2, "interpret: sound\n")
    first, second, third = said.err.splitlines()
    assert first == f"{wrong}:2:7: no node 'source.tne'; did you mean 'source.tone'?"
    assert second == f"{tmp_path}/nosuch.yaml: no such graph file; `dragoman graphs` lists the shipped ones"
    assert third == f"{tmp_path}: is a folder; give a YAML graph file"


def test_check_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG)
    said = dragoman(capsys, "check", "--json", wrong)
    [fault] = json.loads(said.out)
    assert said.code == 2
    assert (fault["line"], fault["column"], fault["remedy"]) == (2, 7, "did you mean 'source.tone'?")
    assert json.loads(dragoman(capsys, "check", "--json", "interpret").out) == []


def test_check_with_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert dragoman(capsys, "check", "interpret", "--set", "words.step_ms=900").code == 0
    said = dragoman(capsys, "check", "interpret", "--set", "words.stepms=900")
    assert (said.code, said.err) == (
        2,
        "--set words.stepms: unknown setting 'stepms'; did you mean 'step_ms'?\n",
    )


def test_draw(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = dragoman(capsys, "draw", "interpret")
    assert said.code == 0
    assert said.out.startswith("flowchart LR\n")
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed: no SVG")
    assert dragoman(capsys, "draw", "interpret", "--svg", tmp_path / "it.svg").code == 0
    assert "</svg>" in (tmp_path / "it.svg").read_text()
    assert dragoman(capsys, "draw", "interpret", "--svg", tmp_path / "no" / "it.svg").code == 1


def test_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = dragoman(capsys, "schema")
    assert dragoman(capsys, "schema", "--out", tmp_path / "graph.json").out == ""
    assert json.loads(said.out) == json.loads((tmp_path / "graph.json").read_text())


def test_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "nodes")
    assert said.code == 0
    assert "\nvad.silero " in said.out
    one = dragoman(capsys, "nodes", "vad.silero")
    assert "Settings, with their defaults\n" in one.out
    wrong = dragoman(capsys, "nodes", "vad.silro")
    assert (wrong.code, wrong.err) == (2, "dragoman: no node 'vad.silro'; did you mean 'vad.silero'?\n")


def test_new_node_says_what_to_type_next(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = dragoman(capsys, "new-node", "loudness")
    assert (said.code, said.out) == (
        0,
        "wrote loudness.py\nwrote test_loudness.py\ntry:  python -m pytest test_loudness.py\n",
    )
    again = dragoman(capsys, "new-node", "loudness")
    assert again.code == 2
    assert "loudness.py: is there already" in again.err


def test_a_narrow_terminal_wraps_under_the_column(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = dragoman(capsys, "nodes").out.splitlines()
    assert max(len(line) for line in lines) <= 60
    at = lines[0].index("Recognise")
    assert lines[1][:at].strip() == ""
    assert lines[1][at] != " "


def test_columns_stand_under_one_another() -> None:
    assert columns([("a", "bcd", "e"), ("fgh", "", "")], indent=2) == "  a    bcd  e\n  fgh\n"
    assert fitted("ab  cdefg hijkl\n", 30) == "ab  cdefg hijkl\n"
    assert fitted("name  " + "word " * 8 + "\n", 30).splitlines()[1].startswith("      word")
