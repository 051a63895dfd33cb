"""Evaluations: what is run and what is not run twice, what is left out and why, and what is in the folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.measure.evaluation import disturbance, tables
from pipeline.measure.evaluation.evaluate import built, run
from pipeline.measure.evaluation.lock import alone
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.evaluation.results import load
from pipeline.measure.evaluation.workers import Step, cores, fitting
from pipeline.measure.manifests import manifest
from pipeline.measure.scores.evaluation import Evaluation
from tests.measure.evaluations import slowed
from tests.measure.saying import graph, wav
from tests.measure.saying import manifest as lines

pytest.importorskip("sacrebleu")
pytest.importorskip("trio")
COUNTED = Path("/proc/self/schedstat").is_file()
TROUBLE = "inputs: {audio: talk.audio}}\n  events"
WITH = "inputs: {audio: talk.audio}, with: {trouble: %s}}\n  events"


def plan(folder: Path, *told: dict[str, Any], trouble: str = "", **options: Any) -> Plan:
    """An evaluation of the graph that says a word a second."""
    listed = manifest.read(lines(folder, *(told or ({},))))
    saying = graph(folder, **({TROUBLE: WITH % trouble} if trouble else {}))
    usual = {"graph": str(saying), "left_out": listed.left_out, "out": folder / "out"}
    return Plan(recordings=listed.recordings, **{**usual, **options})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an evaluation of two recordings, r1 and r2, that came to its end."""
    folder = tmp_path_factory.mktemp("whole")
    run(plan(folder, {}, {}, {"reference": ""}, manifest="talks.jsonl", name="saying"))
    return folder


@pytest.fixture
def finished(whole: Path, tmp_path: Path) -> Plan:
    """That evaluation in a folder of one's own, to do it again."""
    shutil.copytree(whole / "out", tmp_path / "out")
    return plan(tmp_path, {}, {}, {"reference": ""})


def steps(given: Plan) -> tuple[Evaluation, list[tuple[str, str]]]:
    """Run an evaluation; also what was told of it, less how far it was."""
    told: list[Step] = []
    found = run(given, told.append)
    return found, [(step.id, step.state) for step in told if step.state != "at"]


def test_words_are_as_late_as_the_graph_makes_them(whole: Path) -> None:
    found = load(whole / "out")
    said = found.traces["r1"].translation.said
    assert [(word.text, word.start, word.end, word.heard) for word in said] == [
        ("one", 0, 1000, 1000),
        ("two", 1000, 2000, 2000),
        ("three", 2000, 3000, 3000),
    ]
    assert all(0 <= word.out - word.end < 900 for word in said)
    assert found.scores["r1"].values["chrf"] == pytest.approx(100)
    assert found.total.values["words"] == 6


def test_everything_is_in_the_folder(whole: Path) -> None:
    out = whole / "out"
    assert {path.name for path in out.iterdir()} == {
        *("evaluation.json", "recordings.jsonl", "scores.json", "scores.tsv", "report.html"),
        *("instances.log", "simulstream.jsonl", "runs"),
    }
    assert {path.name for path in (out / "runs" / "r1").iterdir()} - {"machine.json"} == {
        *("events.jsonl", "report.json", "graph.yaml", "source.json", "messages.txt", "done"),
    }
    about = json.loads((out / "evaluation.json").read_text())
    assert (about["name"], about["pace"], about["manifest"]) == ("saying", "virtual", "talks.jsonl")
    assert [one["id"] for one in about["recordings"]] == ["r1", "r2"]
    assert "path: /RECORDING" in about["graph_text"]


def test_scores_are_a_table_with_a_line_for_all(whole: Path) -> None:
    head, one, _, all_ = (
        line.split("\t") for line in (whole / "out" / "scores.tsv").read_text().splitlines()
    )
    assert head[:4] == ["id", "from", "to", "seconds"]
    assert (one[:4], all_[:4]) == (["r1", "it", "en", "3"], ["all", "it", "en", "6"])
    assert float(one[head.index("cpu")]) > 0


def test_the_logs_of_the_field_have_every_recording(whole: Path) -> None:
    lines_ = (whole / "out" / "instances.log").read_text().splitlines()
    assert [json.loads(line)["prediction"] for line in lines_] == ["one two three"] * 2


def test_what_was_written_is_what_is_loaded(finished: Plan) -> None:
    written = run(finished)
    loaded = load(finished.out)
    for one in written.recordings:
        assert loaded.measured(one.id) == written.measured(one.id)
    assert loaded == written
    assert [one.id for one in loaded.left_out] == ["r3"]


def test_the_graph_of_a_run_repeats_it(whole: Path) -> None:
    repeated = Graph.load(whole / "out" / "runs" / "r1" / "graph.yaml")
    assert repeated.spec.nodes["talk"].with_ == {"path": str(whole / "talk.wav"), "pace": "realtime"}


# Begun again


def test_a_run_that_is_done_is_not_run_again(finished: Plan) -> None:
    before = (finished.out / "runs" / "r1" / "report.json").read_bytes()
    assert steps(finished)[1] == [("r1", "kept"), ("r2", "kept")]
    assert (finished.out / "runs" / "r1" / "report.json").read_bytes() == before


def test_a_run_that_was_cut_off_is_left_out_and_then_begun_anew(finished: Plan) -> None:
    cut = finished.out / "runs" / "r2"
    (cut / "done").unlink()
    (cut / "events.jsonl").write_text('{"kind": "translation", "clo')
    (cut / "stale.txt").write_text("of the run that was cut off")
    found = load(finished.out)
    assert [one.id for one in found.recordings] == ["r1"]
    assert found.left_out[-1].why.endswith("did not come to its end; the same command runs it again")
    found, told = steps(finished)
    assert told == [("r1", "kept"), ("r2", "begun"), ("r2", "done")]
    assert not (cut / "stale.txt").exists()
    assert found.traces["r2"].translation.text == "one two three"


def test_a_corrected_reference_costs_no_run(finished: Plan, tmp_path: Path) -> None:
    found, told = steps(plan(tmp_path, {"reference": "quite something else"}, {}))
    assert told == [("r1", "kept"), ("r2", "kept")]
    assert found.scores["r1"].values["chrf"] < found.scores["r2"].values["chrf"]


def test_runs_of_something_else_are_not_written_over(finished: Plan, tmp_path: Path) -> None:
    others = msgspec.structs.replace(finished, settings={"target.trouble": "raise"})
    with pytest.raises(InputError, match=r"has runs of another graph, settings, .* \(r1, r2\); choose"):
        run(others)
    wav(tmp_path / "talk.wav", 3.1)
    with pytest.raises(InputError, match="has runs of another"):
        run(finished)
    again = msgspec.structs.replace(finished, recordings=finished.recordings[:1], again=True)
    assert steps(again)[1] == [("r1", "begun"), ("r1", "done")]


def test_what_was_listened_to_stays_until_the_speech_is_another(finished: Plan) -> None:
    run_, track = finished.out / "runs" / "r1", b"sound"
    (run_ / "speech.en.wav").write_bytes(track)
    heard = {"track": hashlib.sha256(track).hexdigest(), "words": [["one", 1000.0, 1500.0]]}
    (run_ / "listened.json").write_bytes(msgspec.json.encode(heard))
    assert run(finished).scores["r1"].values["listened_start_offset_ms"] == 1000.0
    (run_ / "speech.en.wav").write_bytes(b"another")
    assert "listened_start_offset_ms" not in run(finished).scores["r1"].values


# What goes wrong


def test_a_run_that_fails_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    given = plan(tmp_path, {}, {}, trouble="raise")
    found, told = steps(given)
    assert told == [("r1", "begun"), ("r1", "failed"), ("r2", "begun"), ("r2", "failed")]
    assert [one.id for one in found.left_out] == ["r1", "r2"]
    assert "the run failed: node 'target'" in found.left_out[0].why
    assert "the tape tore" in found.left_out[0].why
    assert "the tape tore" in (tmp_path / "out" / "runs" / "r1" / "messages.txt").read_text()
    assert json.loads((tmp_path / "out" / "scores.json").read_text())["recordings"] == {}


def test_a_process_that_dies_takes_only_its_recording_along(tmp_path: Path) -> None:
    found, told = steps(plan(tmp_path, {}, {}, trouble="die"))
    assert [state for _, state in told] == ["begun", "failed", "begun", "failed"]
    assert "the process that ran it ended with code 7; see" in found.left_out[1].why


def test_a_failed_run_is_run_again(finished: Plan) -> None:
    failed = finished.out / "runs" / "r1"
    (failed / "done").rename(failed / "failed.txt")
    found, told = steps(finished)
    assert told == [("r2", "kept"), ("r1", "begun"), ("r1", "done")]
    assert [one.id for one in found.left_out] == ["r3"]


@pytest.mark.parametrize(
    ("was", "is_", "what"),
    [
        ('"clock_s":2.', '"clock_s":0.', "2: times run backwards: translation came at 0"),
        ('"clock_s":2.', '"clock":2.', "2: not an event"),
        ('"start_s":1.0', '"start_s":"one"', "2: not an event"),
    ],
)
def test_a_log_that_cannot_be_is_left_out_with_its_lines(
    finished: Plan, was: str, is_: str, what: str
) -> None:
    log = finished.out / "runs" / "r1" / "events.jsonl"
    log.write_text(log.read_text().replace(was, is_))
    found = run(finished)
    assert [one.id for one in found.recordings] == ["r2"]
    assert found.left_out[-1].why.startswith(f"{log}:{what}")


def test_a_log_that_was_cut_off_in_its_last_line_is_scored(finished: Plan) -> None:
    log = finished.out / "runs" / "r1" / "events.jsonl"
    log.write_text(log.read_text()[:-20])
    assert run(finished).traces["r1"].translation.text == "one two"


def test_a_graph_that_fits_some_recordings_is_run_on_those(tmp_path: Path) -> None:
    given = plan(tmp_path, {}, {"to": "tlh"}, graph="", voice="none")
    patterns, left_out = built(given)
    assert [one.id for one in left_out][-1] == "r2"
    assert "r2" not in patterns


def test_when_nothing_can_be_run_every_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no node 'units'[\s\S]*no reference in en"):
        run(plan(tmp_path, {}, {"reference": ""}, settings={"units.max_ms": 1.0}))


def test_a_folder_that_is_no_evaluation(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"is not the folder of an evaluation .* make one with dragoman evaluate"
    ):
        load(tmp_path)


def test_a_second_evaluation_at_once_is_refused_and_loses_nothing(finished: Plan) -> None:
    with alone(finished.out), pytest.raises(InputError, match="another evaluation writes into it"):
        run(msgspec.structs.replace(finished, again=True))
    assert [one.id for one in load(finished.out).recordings] == ["r1", "r2"]


# Slowed by others


def test_a_run_that_others_slowed_is_marked_in_every_score(finished: Plan) -> None:
    slowed(finished.out, "r1")
    (finished.out / "runs" / "r2" / disturbance.FILE).unlink(missing_ok=True)
    found = run(finished)
    assert found.busy == ["r1"]
    assert found.scores["r1"].notes["slowed"] == (
        "the machine was busy: delays of this recording are too long "
        "(others had 1.5 cores, computing took 2.5 times as long)"
    )
    assert found.total.notes["slowed"].startswith("the machine was busy during 1 of 2 recordings")
    assert [line[0].rstrip() for line in tables.shown(found)] == ["", "r1 *", "r2", "all *"]
    assert "busy during 1 of 2" in (finished.out / "report.html").read_text()
    assert load(finished.out).busy == ["r1"]


@pytest.mark.skipif(not COUNTED, reason="this system does not count how long threads wait")
def test_every_run_says_how_it_fared_among_others(whole: Path) -> None:
    met = disturbance.read(whole / "out" / "runs" / "r1")
    assert met is not None
    assert met.had_s > 0


# Side by side


def test_no_more_run_at_once_than_there_are_cores_for(tmp_path: Path) -> None:
    small, large = graph(tmp_path), tmp_path / "large.yaml"
    large.write_text(
        small.read_text()
        + "  v: {uses: vad.energy, inputs: {audio: talk.audio}}\n"
        + f"  w: {{uses: asr.whisper, inputs: {{audio: talk.audio, speech: v.activity}}, with: {{threads: {min(16, cores())}}}}}\n"
    )
    assert fitting([Graph.load(small)]) == max(1, cores() // 2)
    assert fitting([Graph.load(small), Graph.load(large)]) == 1


def test_two_at_once_give_what_one_after_the_other_gives(finished: Plan, tmp_path: Path) -> None:
    alone = load(finished.out)
    given = msgspec.structs.replace(finished, out=tmp_path / "both", pace="realtime", jobs=2)
    both, told = steps(given)
    assert {state for _, state in told[:2]} == {"begun"}
    assert [one.id for one in both.recordings] == [one.id for one in alone.recordings]
    assert [one.translation.text for one in both.traces.values()] == ["one two three"] * 2
