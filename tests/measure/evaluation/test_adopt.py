"""Logs of other systems: scored by the same code as our own runs, and compared with them."""

from __future__ import annotations

import wave
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import InputError
from pipeline.measure.compare.comparison import compare
from pipeline.measure.evaluation import results
from pipeline.measure.evaluation.adopt import adopt
from pipeline.measure.logs import simuleval, simulstream
from pipeline.measure.manifests.manifest import to_line
from pipeline.measure.scores.evaluation import Evaluation
from tests.command import dragoman
from tests.measure.evaluations import REFERENCE, evaluated

pytest.importorskip("sacrebleu")
SAID = {"one": REFERENCE, "two": REFERENCE[::-1]}
SAME = ("chrf", "bleu", "long_yaal_ms_cu", "long_yaal_ms_queue", "stream_laal_ms_queue", "words")


@pytest.fixture
def ours(tmp_path: Path) -> Evaluation:
    return results.write(evaluated(tmp_path / "ours", SAID))


def recorded(ours: Evaluation, folder: Path) -> Path:
    """A manifest of these recordings, with files that are as long as it says."""
    lines = []
    for recording in ours.recordings:
        path = folder / f"{recording.id}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(2 * int(8000 * recording.seconds)))
        lines.append(to_line(msgspec.structs.replace(recording, path=path)))
    manifest = folder / "talks.jsonl"
    manifest.write_bytes(b"".join(lines))
    return manifest


@pytest.mark.parametrize(("name", "form"), [("instances.log", simuleval), ("simulstream.jsonl", simulstream)])
def test_a_log_scores_as_the_run_that_wrote_it(
    ours: Evaluation, name: str, form: object, tmp_path: Path
) -> None:
    log = form.read(ours.folder / name)  # type: ignore[attr-defined]
    theirs = adopt(tmp_path / "theirs", "theirs", ours.recordings, log.traces)
    for id_ in ("one", "two"):
        for key in SAME:
            assert theirs.scores[id_].values[key] == pytest.approx(ours.scores[id_].values[key], abs=0.01), (
                key
            )
    assert "cpu" not in theirs.total.values
    assert (theirs.folder / "report.html").is_file()


def test_it_is_compared_with_a_run_of_ours(ours: Evaluation, tmp_path: Path) -> None:
    theirs = adopt(tmp_path / "theirs", "theirs", ours.recordings, ours.traces)
    found = compare(ours, theirs)
    assert {one.verdict for one in found.total if one.key in SAME} <= {"no difference shown", ""}


def test_the_command_scores_a_log(
    ours: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = recorded(ours, tmp_path)
    told = dragoman(capsys, "score", ours.folder / "instances.log", manifest, "--out", tmp_path / "out")
    assert told.code == 0, told.err
    assert "chrF" in told.out
    assert results.load(tmp_path / "out").scores["one"].values["chrf"] == ours.scores["one"].values["chrf"]


def test_what_a_log_does_not_name_is_left_out_and_said(ours: Evaluation, tmp_path: Path) -> None:
    found = adopt(tmp_path / "theirs", "Theirs", ours.recordings, {"one": ours.traces["one"]})
    assert [one.id for one in found.left_out] == ["two"]
    assert "Theirs: says nothing of two" in found.left_out[0].why


def test_a_log_of_other_recordings(ours: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its names must be their ids"):
        adopt(tmp_path / "theirs", "theirs", ours.recordings, {"three": ours.traces["one"]})


def test_runs_of_ours_are_not_written_over(ours: Evaluation) -> None:
    with pytest.raises(InputError, match="has an evaluation of a graph; choose another folder"):
        adopt(ours.folder, "theirs", ours.recordings, ours.traces)


def test_what_is_no_log(ours: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = recorded(ours, tmp_path)
    told = dragoman(capsys, "score", manifest, manifest, "--out", tmp_path / "out")
    assert (told.code, told.out) == (2, "")
    assert "is no log that is known here; give SimulEval's instances.log" in told.err
