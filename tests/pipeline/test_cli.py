"""The command itself: help, mistyped words, exit codes, pipes; each verb has a file of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands import nodes as nodes_command
from pipeline.errors import NodeError
from tests.command import ROOT, dragoman, started

HEAVY = "av ctranslate2 faster_whisper fxtranslate hibari onnxruntime scipy sounddevice soxr torch trio rich"
VERBS = [
    "interpret",
    "run",
    "graphs",
    "check",
    "draw",
    "schema",
    "nodes",
    "new-node",
    "models",
    "languages",
    "doctor",
]


def test_without_arguments_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys)
    assert said.code == 2
    assert said.out == ""
    assert "examples:" in said.err
    assert all(f"\n    {verb} " in said.err for verb in VERBS)


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_goes_to_stdout(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    said = dragoman(capsys, *verb.split(), "-h")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("usage: dragoman")


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "--version")
    assert said.code == 0
    assert said.out.startswith("dragoman ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("nod", "dragoman: 'nod': no such command; did you mean 'nodes'"),
        ("models verfy", "dragoman models: 'verfy': no such action; did you mean 'verify'"),
        ("interpret talk.mp4", "dragoman interpret: the following arguments are required: --to"),
        ("interpret a.wav --to pt --stop-s -4", "'-4' is no time; give seconds, 0 or more"),
        ("interpret a.wav --to pt --stop-s soon", "'soon' is no time; give seconds, 0 or more"),
        ("interpret a.wav --to pt --frm en", "unrecognized arguments: --frm en; see dragoman -h"),
    ],
)
def test_a_wrong_option_gets_one_line(capsys: pytest.CaptureFixture[str], words: str, message: str) -> None:
    said = dragoman(capsys, *words.split())
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_what_is_said_more_may_stand_before_or_after_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["-v", "draw", "nosuch"], ["draw", "nosuch", "-v"]):
        said = dragoman(capsys, *words)
        assert said.code == 2
        assert "Traceback" in said.err
    assert "Traceback" not in dragoman(capsys, "draw", "nosuch").err


def test_a_fault_of_the_house_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(given: object) -> int:
        raise KeyError("that")

    monkeypatch.setattr(nodes_command, "nodes", broken)
    said = dragoman(capsys, "nodes")
    assert said.code == 1
    assert said.err.startswith("dragoman: KeyError: 'that'; this is a fault of Dragoman")
    assert "Traceback" not in said.err
    assert "Traceback" in dragoman(capsys, "nodes", "-v").err


def test_an_error_says_which_node(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(given: object) -> int:
        error = NodeError("it broke; mend it")
        error.add_note("in node 'a' (mine:A)")
        raise error

    monkeypatch.setattr(nodes_command, "nodes", failing)
    assert dragoman(capsys, "nodes") == (1, "", "dragoman: it broke; mend it\n  in node 'a' (mine:A)\n")


def test_ctrl_c_in_a_command_that_only_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(given: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(nodes_command, "nodes", stopped)
    assert dragoman(capsys, "nodes") == (1, "", "stopped\n")


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    with started("schema", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "{\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(20) in (0, 1)


def test_listing_imports_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; from pipeline.cli import main; "
        "[main(verb.split()) for verb in ('nodes', 'nodes asr.whisper', 'graphs', 'models', 'schema', 'check interpret')]; "
        f"print(sorted(set({HEAVY.split()!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert done.stderr == "[]\n"


def test_messages_leave_no_trace_in_a_program_that_calls_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = list(sys.path)
    dragoman(capsys, "graphs")
    assert sys.path == before


def test_a_run_that_cannot_be_written_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = dragoman(capsys, "schema", "--out", tmp_path / "no" / "such.json")
    assert said.code == 1
    assert said.err.endswith("such.json: cannot be written (No such file or directory); give another path\n")


def test_products_of_matrices_stay_on_one_core() -> None:
    pytest.importorskip("threadpoolctl")
    code = "from pipeline.cli import main; main(['nodes', '--help'])"
    told = "import numpy, threadpoolctl; print([x['num_threads'] for x in threadpoolctl.threadpool_info()])"
    script = f"try:\n {code}\nexcept SystemExit: pass\n{told}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.splitlines()[-1] in ("[1]", "[]")  # none where NumPy has no pool of its own
