"""Two evaluations side by side: what differs, by more than chance or not, and where to listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.measure.compare.comparison import Change, Comparison, compare
from pipeline.measure.compare.page import page
from pipeline.measure.evaluation.results import load
from tests.command import dragoman
from tests.measure.evaluations import REFERENCE, evaluated, slowed, spoilt

pytest.importorskip("sacrebleu")
GOOD = dict.fromkeys((f"talk-{i}" for i in range(6)), REFERENCE)
WORSE = {id_: [spoilt(text) if i % 2 else text for i, text in enumerate(said)] for id_, said in GOOD.items()}


def compared(a: Path, b: Path) -> Comparison:
    return compare(load(a), load(b))


def change(found: Comparison, key: str) -> Change:
    return next(one for one in found.total if one.key == key)


def test_the_same_twice_differs_in_nothing(tmp_path: Path) -> None:
    found = compared(evaluated(tmp_path / "a", GOOD), evaluated(tmp_path / "b", GOOD))
    assert {one.verdict for one in found.total} <= {"no difference shown", ""}
    assert (found.warnings, found.changed) == ((), ())
    assert len(found.sentences) == 6 * len(REFERENCE)


def test_what_became_worse_is_told_with_its_bounds(tmp_path: Path) -> None:
    found = compared(evaluated(tmp_path / "a", GOOD), evaluated(tmp_path / "b", WORSE))
    chrf = change(found, "chrf")
    assert (chrf.verdict, chrf.over) == ("worse", "24 sentences")
    assert chrf.test is not None
    assert chrf.test.high < 0
    assert chrf.test.p < 0.05
    assert [pair.gained < 0 for pair in found.sentences[:12]] == [True] * 12
    assert found.sentences[0].b.hypothesis == spoilt(found.sentences[0].a.hypothesis)


def test_sooner_is_better_for_a_delay(tmp_path: Path) -> None:
    a, b = evaluated(tmp_path / "a", GOOD, lag_s=2.5), evaluated(tmp_path / "b", GOOD, lag_s=1.0)
    found = compared(a, b)
    assert change(found, "long_yaal_ms_queue").verdict == "better"
    assert change(found, "word_delay_p50_ms").verdict == "better"
    assert change(found, "word_delay_p50_ms").over == "6 recordings"
    assert change(found, "word_delay_p50_ms").difference == pytest.approx(-1500)


def test_few_recordings_or_sentences_say_nothing(tmp_path: Path) -> None:
    three = dict.fromkeys(("one", "two", "three"), REFERENCE)
    found = compared(evaluated(tmp_path / "a", three), evaluated(tmp_path / "b", three, lag_s=1.0))
    assert change(found, "word_delay_p50_ms").test is None  # 3 recordings
    assert change(found, "long_yaal_ms_queue").test is not None  # 12 sentences
    two = dict.fromkeys(("one", "two"), REFERENCE)
    found = compared(evaluated(tmp_path / "c", two), evaluated(tmp_path / "d", two, lag_s=1.0))
    assert change(found, "long_yaal_ms_queue").test is None  # 8 sentences


def test_other_manifests_machines_and_recordings_are_told(tmp_path: Path) -> None:
    a = evaluated(tmp_path / "a", {"both": REFERENCE, "mine": REFERENCE})
    left_out = [{"id": "mine", "why": "talks.jsonl:2: no such file"}]
    b = evaluated(
        tmp_path / "b",
        {"both": REFERENCE, "new": REFERENCE},
        manifest_sha256="b" * 64,
        cores=8,
        left_out=left_out,
        graph_text="# talk\nnodes:\n  units: {uses: segment.fixed}\n",
    )
    found = compared(a, b)
    assert found.common == ("both",)
    told = "\n".join(found.warnings)
    assert (
        "other manifests; compared are recordings with the same references (aaaaaaaaaaaa, bbbbbbbbbbbb)"
        in told
    )
    assert "another number of cores; delays with compute, and CPU, may differ by it (2, 8)" in told
    assert "mine: only in A (talks.jsonl:2: no such file)" in told
    assert f"new: only in B (not in the manifest of {a})" in told
    assert found.changed == ("-  units: {uses: segment.units}", "+  units: {uses: segment.fixed}")


def test_a_side_that_other_programs_slowed_is_told_first(tmp_path: Path) -> None:
    a, b = (evaluated(tmp_path / name, GOOD) for name in ("a", "b"))
    slowed(b, "talk-1")
    assert compared(a, b).warnings == (
        "B: the machine was busy during 1 of 6 recordings: their delays are too long",
    )


def test_nothing_in_common_is_an_error(tmp_path: Path) -> None:
    a, b = evaluated(tmp_path / "a", {"x": REFERENCE}), evaluated(tmp_path / "b", {"y": REFERENCE})
    with pytest.raises(
        InputError, match=r"has no recording in common with .*a; evaluate the same manifest: x: only"
    ):
        compared(a, b)


def test_the_page_escapes_what_was_said(tmp_path: Path) -> None:
    said = {"talk": ["<script>alert(1)</script> & more", *REFERENCE[1:]]}
    found = compared(evaluated(tmp_path / "a", {"talk": REFERENCE}), evaluated(tmp_path / "b", said))
    text = page(found, tmp_path)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text
    assert 'href="b/report.html#talk"' in text


def test_the_command_shows_a_table_and_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = evaluated(tmp_path / "a", GOOD), evaluated(tmp_path / "b", WORSE)
    said = dragoman(capsys, "compare", a, b, "--out", tmp_path / "c.html")
    assert said.code == 0
    assert "6 recordings in common, 24 sentences" in said.out
    row = next(line for line in said.out.splitlines() if line.startswith("chrF"))
    assert row.split()[1] == "100.0"
    assert row.endswith("worse")
    assert "listen to what became worse" in said.out
    assert (tmp_path / "c.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_that_is_no_evaluation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "compare", tmp_path, tmp_path)
    assert said.code == 2
    assert "is not the folder of an evaluation" in said.err
