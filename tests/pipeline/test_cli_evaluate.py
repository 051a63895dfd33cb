"""`dragoman evaluate`: what it prints, what it refuses, its exit codes, and one evaluation with real models."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.command import ROOT, dragoman, ended, interrupt, started
from tests.measure.saying import graph, manifest
from tests.media import need_model, recordings

pytest.importorskip("sacrebleu")


def test_scores_are_a_table_and_the_page_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    talks, saying, out = manifest(tmp_path, {}, {}), graph(tmp_path), tmp_path / "out"
    said = dragoman(capsys, "evaluate", talks, "--graph", saying, "--out", out)
    assert said.code == 0
    head, *rows = said.out.strip("\n").splitlines()[:4]
    assert head.split()[0] == "chrF"
    assert [row.replace(" *", "").split()[:2] for row in rows] == [
        ["r1", "100.0"],
        ["r2", "100.0"],
        ["all", "100.0"],
    ]
    assert f"{out}/report.html" in said.out
    assert [line.split()[:4] for line in said.err.splitlines() if "busy" not in line] == [
        ["1", "of", "2", "r1"],
        ["2", "of", "2", "r2"],
    ]
    again = dragoman(capsys, "evaluate", talks, "--graph", saying, "--out", out)
    assert again.err == "1 of 2  r1  there already\n2 of 2  r2  there already\n"
    assert again.out == said.out
    said = dragoman(capsys, "-q", "evaluate", talks, "--graph", saying, "--out", out)
    assert (said.code, said.out, said.err) == (0, "", "")


def test_what_is_left_out_is_told_and_the_rest_is_scored(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    talks = manifest(tmp_path, {}, {"path": "absent.wav"}, {"reference": ""})
    said = dragoman(
        capsys, "evaluate", talks, "--graph", graph(tmp_path), "--out", tmp_path / "out", "--jobs", "64"
    )
    assert said.code == 1
    assert f"  {talks}:2: {tmp_path}/absent.wav: no such file; put it there, or give --audio\n" in said.err
    assert f"  {talks}:3: no reference in en; " in said.err
    assert "--jobs 64: more than " in said.err
    assert "r1" in said.out
    assert "no such file" in (tmp_path / "out" / "report.html").read_text()


def test_nothing_to_evaluate_is_wrong_input_with_every_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    talks = manifest(tmp_path, {"path": "absent.wav"}, {"reference": ""})
    said = dragoman(capsys, "evaluate", talks, "--to", "en", "--out", tmp_path / "out")
    assert said.code == 2
    first, *faults = said.err.splitlines()
    assert first == f"dragoman: {talks}: no recording to evaluate with --to en"
    assert [fault.split(": ")[0] for fault in faults] == [f"{talks}:1", f"{talks}:2"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--kind", "fleur"], "--kind fleur: no such kind of manifest; did you mean 'fleurs'?"),
        (["--limit", "0"], "argument --limit: '0' is no number of recordings; give 1 or more"),
        (["--graph", "nosuch"], "nosuch: no such graph file; `dragoman graphs` lists the shipped ones"),
        (["--graph", "G", "--voice", "none"], "a --graph says so itself; leave them out"),
        (
            ["--graph", "G", "--set", "target.troubel=raise"],
            "unknown setting 'troubel'; did you mean 'trouble'?",
        ),
        (
            ["--graph", "G", "--set", "target=raise"],
            "--set target=raise: not a setting; write --set node.key=value",
        ),
        (["--only", "r9"], "no such id in "),
    ],
)
def test_wrong_words_are_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], message: str
) -> None:
    talks, saying = manifest(tmp_path, {}), graph(tmp_path)
    words = [str(saying) if word == "G" else word for word in words]
    said = dragoman(capsys, "evaluate", talks, *words, "--out", tmp_path / "out")
    assert said.code == 2
    assert message in said.err
    assert not (tmp_path / "out").exists()


def test_ctrl_c_ends_it_at_once_and_the_next_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    talks, saying = manifest(tmp_path, {}, {}), graph(tmp_path)
    words = ("evaluate", talks, "--graph", saying, "--out", tmp_path / "out")
    with started(*words, "--pace", "realtime", cwd=ROOT) as process:
        assert process.stderr is not None
        while "1 of 2" not in process.stderr.readline():
            pass
        interrupt(process, signal.SIGINT)
        said = ended(process)
    assert (said.code, said.err.splitlines()[-1]) == (1, "stopped")
    assert not (tmp_path / "out" / "runs" / "r2" / "done").exists()
    said = dragoman(capsys, *words, "--pace", "realtime")
    assert said.code == 0
    assert "1 of 2  r1  there already\n" in said.err


@pytest.mark.timeout(180)
def test_a_real_recording_with_real_models(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("whisper-base", "silero-vad"):
        need_model(name)
    [line, *_] = recordings("a_speech", lang="it", under="asterisk")
    talks = tmp_path / "talks.jsonl"
    told = {"path": str(line["path"]), "from": "it", "to": "en", "reference": line["reference"]["en"]}
    talks.write_text(json.dumps({**told, "id": "prompt", "transcript": line["transcript"]}) + "\n")
    out = tmp_path / "out"
    said = dragoman(capsys, "evaluate", talks, "--voice", "none", "--out", out)
    assert said.code == 0
    values = json.loads((out / "scores.json").read_text())["recordings"]["prompt"]["values"]
    assert values["chrf"] > 20
    assert values["wer"] < 0.5
    assert values["word_delay_p50_ms"] > 0
    assert values["cpu"] > 0
