"""The same recordings under many settings: which points are run, what is on the front, what is written."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.measure.evaluation import wiring
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.evaluation.results import load
from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.sweep import page as sweep_page
from pipeline.measure.sweep.choice import Chosen, choose
from pipeline.measure.sweep.curve import Sweep, summary
from pipeline.measure.sweep.points import Point, Vary, points
from tests.command import dragoman
from tests.measure.evaluations import REFERENCE, evaluated, slowed, spoilt
from tests.measure.saying import graph, manifest

pytest.importorskip("sacrebleu")
TALKS: dict[str, Sequence[str]] = {"one": REFERENCE, "two": REFERENCE, "three": REFERENCE}
LATENCY = "long_yaal_ms_queue"


def plan(out: Path, *languages: str) -> Plan:
    sentence = Sentence("a", 0.0, 1000.0)
    talks = [
        Recording(f"talk-{i}", Path("talk.wav"), lang, "pt", 1.0, (sentence,))
        for i, lang in enumerate(languages)
    ]
    return Plan(tuple(talks), out, graph="interpret")


def names(chosen: Sequence[Chosen]) -> list[str]:
    return [one.point.name + " (default)" * one.default for one in chosen]


# Which points are run.


def test_a_point_that_is_the_default_is_run_once_under_its_value(tmp_path: Path) -> None:
    chosen, notes = choose(plan(tmp_path, "en"), points([Vary("units.threshold", (0.8, 0.75))]))
    assert names(chosen) == ["units.threshold=0.75 (default)", "units.threshold=0.8"]
    assert notes == []
    assert [one.folder for one in chosen] == ["points/default", "points/units.threshold=0.8"]


def test_a_setting_that_a_node_does_not_know_is_left_out_there(tmp_path: Path) -> None:
    varied = [Vary("units.uses", ("segment.units", "segment.fixed")), Vary("units.threshold", (0.8, 0.9))]
    chosen, notes = choose(plan(tmp_path, "en"), points(varied))
    assert names(chosen) == [
        "default (default)",
        "units.uses=segment.units, units.threshold=0.8",
        "units.uses=segment.units, units.threshold=0.9",
        "units.uses=segment.fixed",
    ]
    assert notes == [
        "units.uses=segment.fixed, units.threshold=0.8: run without units.threshold, which its node does not know",
        "units.uses=segment.fixed, units.threshold=0.9: run without units.threshold, which its node does not know",
    ]


def test_a_setting_that_no_point_knows(tmp_path: Path) -> None:
    varied = [Vary("units.uses", ("segment.fixed",)), Vary("units.threshold", (0.8,))]
    with pytest.raises(InputError, match=r"--vary units.threshold: no node at any point has it"):
        choose(plan(tmp_path, "en"), points(varied))


def test_settings_that_do_not_go_together_are_left_out(tmp_path: Path) -> None:
    varied = [Vary("units.threshold", (0.6, 0.9)), Vary("units.floor", (0.5, 0.8))]
    chosen, notes = choose(plan(tmp_path, "en"), points(varied))
    assert "units.threshold=0.6, units.floor=0.5" in names(chosen)
    assert len(chosen) == 1 + 3
    [note] = notes
    assert note.startswith("units.threshold=0.6, units.floor=0.8: ")
    assert note.endswith("floor 0.8 is above threshold 0.6; give a floor of at most that")


def test_leaving_features_out(tmp_path: Path) -> None:
    varied = [Vary("units.confirm", (None,)), Vary("units.pause_ms", (100_000.0,))]
    chosen, _ = choose(plan(tmp_path, "en"), points(varied, one_at_a_time=True))
    assert names(chosen) == ["default (default)", "units.confirm=null", "units.pause_ms=100000.0"]


@pytest.mark.parametrize(
    ("varied", "message"),
    [
        (
            Vary("unit.threshold", (0.5,)),
            ": no node 'unit'; did you mean 'units'?",
        ),
        (Vary("units.treshold", (0.5,)), "unknown setting 'treshold'; did you mean 'threshold'?"),
        (Vary("units.threshold", (0.8, 5)), "--vary units.threshold=5: "),
        (Vary("units.threshold", (0.6,)), "floor 0.75 is above threshold 0.6; give a floor of at most that"),
        (Vary("policy", ("sentence",)), "did you mean 'sentences'?"),
    ],
)
def test_what_fits_no_graph_is_told_before_anything_runs(tmp_path: Path, varied: Vary, message: str) -> None:
    with pytest.raises(InputError) as error:
        choose(plan(tmp_path, "en"), points([varied]))
    assert message in str(error.value)


def test_a_setting_that_only_some_recordings_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def by_language(asked: Plan, recording: Recording) -> Graph:
        return Graph.load("interpret" if recording.from_ == "en" else "interpret-direct")

    monkeypatch.setattr(wiring, "graph_of", by_language)
    with pytest.raises(
        InputError, match=r"--vary units.max_ms: only the graphs of en-pt have it; sweep these alone"
    ):
        choose(plan(tmp_path, "en", "de"), points([Vary("units.max_ms", (2000.0,))]))


# What comes of it.


@pytest.fixture
def swept(tmp_path: Path) -> Sweep:
    """Late and good, soon and worse, and one that is beaten."""
    spoilt_one = [spoilt(text) if i == 1 else text for i, text in enumerate(REFERENCE)]
    runs: list[tuple[Chosen, dict[str, Sequence[str]], float]] = [
        (Chosen(Point({"units.max_ms": 4000}), default=True), {**TALKS, "four": REFERENCE}, 2.5),
        (Chosen(Point({"units.max_ms": 1000}), default=False), dict.fromkeys(TALKS, spoilt_one), 1.0),
        (Chosen(Point({"units.max_ms": 6000}), default=False), dict.fromkeys(TALKS, spoilt_one), 3.0),
    ]
    done = [(one, load(evaluated(tmp_path / one.folder, said, lag_s=lag_s))) for one, said, lag_s in runs]
    return summary(tmp_path, done, ["a note"], "chrf", LATENCY)


def test_nothing_beats_what_is_on_the_front(swept: Sweep) -> None:
    assert [row.front for row in swept.rows] == [True, True, False]
    assert [row.default for row in swept.rows] == [True, False, False]


def test_points_are_compared_on_the_recordings_that_all_have(swept: Sweep) -> None:
    assert swept.recordings == ("one", "two", "three")
    whole = 3 * sum(len(text.split()) for text in REFERENCE)
    lost = 3 * (len(REFERENCE[1].split()) - len(spoilt(REFERENCE[1]).split()))
    assert [row.values["words"] for row in swept.rows] == [whole, whole - lost, whole - lost]


def test_each_score_has_its_bounds(swept: Sweep) -> None:
    for row in swept.rows:
        assert row.quality is not None
        assert row.latency is not None
        assert row.quality.low <= row.values["chrf"] <= row.quality.high
        assert row.latency.low <= row.values[LATENCY] <= row.latency.high


def test_a_point_at_which_nothing_ran_is_told_and_costs_the_others_nothing(tmp_path: Path) -> None:
    broken = evaluated(tmp_path / "broken", TALKS)
    for id_ in TALKS:
        (broken / "runs" / id_ / "done").unlink()
    good, bad = Chosen(Point(), default=True), Chosen(Point({"a.b": 1}), default=False)
    ran, broke = (good, load(evaluated(tmp_path / "good", TALKS))), (bad, load(broken))
    found = summary(tmp_path, [ran, broke], [], "chrf", LATENCY)
    assert found.recordings == ("one", "two", "three")
    assert "did not come to its end" in found.rows[1].why
    assert len(found.lost) == 3
    with pytest.raises(InputError, match="nothing could be scored at any point"):
        summary(tmp_path, [broke], [], "chrf", LATENCY)


def test_a_score_that_no_point_has_is_told_with_the_reason(tmp_path: Path) -> None:
    late = load(evaluated(tmp_path / "late", TALKS, lag_s=60.0))
    found = summary(tmp_path, [(Chosen(Point(), default=True), late)], [], "chrf", LATENCY)
    assert found.notes == (
        f"{LATENCY}: no point has it (every word came after the source had ended); draw another score with --x or --y",
    )
    assert "no point has it" in sweep_page.page(found, sweep_page.plot(found))


def test_a_point_that_other_programs_slowed_is_told(tmp_path: Path) -> None:
    folder = evaluated(tmp_path / "one", TALKS)
    slowed(folder, "two")
    found = summary(tmp_path, [(Chosen(Point({"a.b": 1}), default=False), load(folder))], [], "chrf", LATENCY)
    assert found.notes == ("a.b=1: the machine was busy during 1 of 3 recordings: their delays are too long",)


def test_the_files(swept: Sweep) -> None:
    sweep_page.write(swept)
    with open(swept.folder / "sweep.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["units.max_ms"] for row in rows] == ["4000", "1000", "6000"]
    assert [row["front"] for row in rows] == ["yes", "yes", ""]
    assert float(rows[0]["chrf_low"]) <= float(rows[0]["chrf"]) <= float(rows[0]["chrf_high"])
    drawing = ET.parse(swept.folder / "curve.svg").getroot()
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    text = (swept.folder / "sweep.html").read_text(encoding="utf-8")
    for part in ("Pareto front", "4000 (default)", 'href="points/default/report.html"', "a note"):
        assert part in text


# The command.


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "nothing is varied; give --vary node.key=a,b,c or --policy units,sentences"),
        ("--vary units.max_ms=1..5", "a range needs a step"),
        ("--vary units.max_ms=1 --y chrF", "'chrF': no such score; did you mean 'chrf'?"),
        ("--vary units.max_ms=1 --vary units.max_ms=2", "given twice"),
    ],
)
def test_what_the_command_refuses(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str, message: str
) -> None:
    (tmp_path / "talk.wav").write_bytes(b"")
    said = dragoman(capsys, "sweep", tmp_path / "none.jsonl", *words.split())
    assert said.code == 2
    assert message in said.err or ("none.jsonl" in said.err and "given twice" in message)


def test_a_sweep_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("trio")
    words: list[str | Path] = ["sweep", manifest(tmp_path, {}), "--graph", graph(tmp_path)]
    words += ["--vary", "target.hold=0,1", "--out", tmp_path / "out"]
    first = dragoman(capsys, *words)
    assert first.code == 0, first.err
    sooner, later = [line for line in first.out.splitlines() if line.startswith("target.hold=")]
    assert "default, front" in sooner
    assert "front" not in later
    marks = sorted((tmp_path / "out" / "points").glob("*/runs/r1/done"))
    times = [mark.stat().st_mtime_ns for mark in marks]
    again = dragoman(capsys, *words)
    assert again.out == first.out
    assert len(marks) == 2
    assert [mark.stat().st_mtime_ns for mark in marks] == times
