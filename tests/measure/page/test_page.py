"""report.html: one file that says how good, how late, where it went wrong and how it was run."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.errors import OutputError
from pipeline.measure import page
from pipeline.measure.evaluation.results import load
from pipeline.measure.page import worst
from pipeline.measure.page.sheet import sheet
from pipeline.measure.recording import LeftOut
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.trace import Piece
from tests.measure.evaluations import REFERENCE, evaluated, slowed, spoilt

pytest.importorskip("sacrebleu")
EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>\x00'
GOOD = {"one": list(REFERENCE), "two": [*REFERENCE[:3], spoilt(REFERENCE[3])]}


class Reader(HTMLParser):
    """What a browser makes of a page: its text, its elements, its addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.addresses += [
            value or "" for name, value in attrs if name in ("href", "src", "srcset", "action")
        ]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, spaces made one."""
        return " ".join(" ".join(self.words).split())


def written(evaluation: Evaluation, folder: Path) -> str:
    page.write(evaluation, folder / "report.html")
    return (folder / "report.html").read_text(encoding="utf-8")


def data_in(text: str) -> dict[str, Any]:
    """The data that the page's script finds."""
    [inside] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    found: dict[str, Any] = json.loads(inside)
    return found


def test_the_page_says_how_good_how_late_and_how_it_was_run(tmp_path: Path) -> None:
    read = Reader(written(load(evaluated(tmp_path, GOOD)), tmp_path))
    for part in ("hand-made", "2 recordings", "chrF", "LongYAAL, queue", "CPU", "one", "two"):
        assert part in read.text
    assert "delay, median 2.00 s" in read.text
    for part in ("The graph # talk nodes: units: {uses: segment.units}", "virtual time", "talks.jsonl"):
        assert part in read.text
    assert read.tags.count("svg") == 3  # no parts of the delay: these runs report none
    assert set(read.ids) >= {"recordings", "timeline", "view", "overview", "data"}


def test_a_busy_machine_is_told_first(tmp_path: Path) -> None:
    quiet = Reader(written(load(evaluated(tmp_path / "a", GOOD, load=0.4)), tmp_path)).text
    busy = Reader(written(load(evaluated(tmp_path / "b", GOOD, load=3.0)), tmp_path)).text
    assert "busy" not in quiet
    assert "busy when this began (load 3 on 2 cores): delays with compute are too long" in busy


def test_recordings_whose_runs_were_slowed_are_marked(tmp_path: Path) -> None:
    folder = evaluated(tmp_path, GOOD, load=3.0)
    slowed(folder, "two")
    read = Reader(written(load(folder), tmp_path)).text
    assert "busy during 1 of 2 recordings (marked *): their delays with compute are too long" in read
    assert "one de \u2192 en" in read
    assert "two * de \u2192 en" in read


def test_it_asks_nothing_of_a_network(tmp_path: Path) -> None:
    text = written(load(evaluated(tmp_path, GOOD)), tmp_path)
    read = Reader(text)
    assert {address[:1] for address in read.addresses} == {"#"}
    assert "link" not in read.tags
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
    assert "@import" not in text


def test_what_was_said_cannot_become_part_of_the_page(tmp_path: Path) -> None:
    folder = evaluated(tmp_path, {"one": [EVIL, *REFERENCE[1:]]}, name=EVIL, graph_text=EVIL)
    evaluation = load(folder)
    evaluation.left_out.append(LeftOut(EVIL, EVIL))
    plain = Reader(written(load(evaluated(tmp_path / "plain", {"one": REFERENCE})), tmp_path))
    text = written(evaluation, tmp_path)
    read = Reader(text)
    assert read.tags.count("script") == plain.tags.count("script") == 2
    assert "img" not in read.tags
    assert "<img src=x onerror=alert(1)>" in read.text
    assert "\x00" not in text
    said = data_in(text)["recordings"][0]["translation"]["text"]
    assert " ".join(said).startswith('</script><script>alert("x")</script>')


def test_text_that_looks_like_a_place_of_the_template_stays_text() -> None:
    assert "{{data}} {{script}}" in Reader(sheet("{{data}} {{script}}", [], data={"a": "{{body}}"})).text


def test_numbers_that_json_does_not_have_are_left_out() -> None:
    assert data_in(sheet("x", [], data={"a": [float("nan"), float("inf"), 1.5]})) == {"a": [None, None, 1.5]}


def test_a_text_that_is_no_text_does_not_stop_the_page(tmp_path: Path) -> None:
    folder = evaluated(tmp_path, {"one": ["half a \ud83d sign", *REFERENCE[1:]]})
    assert "\ufffd" in written(load(folder), tmp_path)


def test_what_was_left_out_is_told_with_the_reason(tmp_path: Path) -> None:
    evaluation = load(evaluated(tmp_path, GOOD))
    evaluation.left_out.append(LeftOut("three", "talks.jsonl:3: three.wav is not there; correct the path"))
    text = Reader(written(evaluation, tmp_path)).text
    assert "1 left out, see below" in text
    assert "three talks.jsonl:3: three.wav is not there; correct the path" in text


def test_an_evaluation_of_nothing_has_a_page_too(tmp_path: Path) -> None:
    folder = evaluated(tmp_path, {"one": REFERENCE})
    (folder / "runs" / "one" / "done").unlink()
    text = Reader(written(load(folder), tmp_path)).text
    assert "0 recordings" in text
    assert "did not come to its end" in text


def test_a_recording_in_which_nothing_was_said_has_a_page_too(tmp_path: Path) -> None:
    text = written(load(evaluated(tmp_path, {"one": ["", "", "", ""]})), tmp_path)
    assert data_in(text)["recordings"][0]["translation"]["text"] == []


def test_the_script_is_given_every_word_with_its_times(tmp_path: Path) -> None:
    [one] = data_in(written(load(evaluated(tmp_path, {"one": REFERENCE})), tmp_path))["recordings"]
    words = one["translation"]
    assert words["text"] == " ".join(REFERENCE).split()
    assert [out - end for out, end in zip(words["out"], words["end"], strict=True)] == pytest.approx(
        [2000] * len(words["text"]), abs=1
    )
    assert [first for first, *_ in words["cuts"]] == list(range(len(words["text"])))
    assert one["ms"] == 20_000


def test_the_latest_pieces_come_first_and_say_what_kept_them(tmp_path: Path) -> None:
    evaluation = load(evaluated(tmp_path, {"one": REFERENCE}, lag_s=1.0))
    late = load(evaluated(tmp_path / "late", {"late": REFERENCE}, lag_s=4.0))
    found = worst.latest({**evaluation.traces, **late.traces})
    assert {moment.recording for moment in found} == {"late"}
    assert found[0].size == pytest.approx(4.0)
    assert found[0].beside == "mostly hearing, 4.0 s"


def test_the_weakest_sentence_comes_first_with_its_reference(tmp_path: Path) -> None:
    evaluation = load(evaluated(tmp_path, GOOD))
    first = worst.weakest(evaluation)[0]
    assert (first.recording, first.text, first.beside) == ("two", spoilt(REFERENCE[3]), REFERENCE[3])
    assert first.at_ms == 15_000


def test_a_file_that_cannot_be_written_is_an_error_with_its_name(tmp_path: Path) -> None:
    evaluation = load(evaluated(tmp_path, GOOD))
    with pytest.raises(OutputError, match=r"report\.html: cannot be written .*free space"):
        page.write(evaluation, tmp_path / "no" / "report.html")


def test_speech_has_its_row_and_its_delays(tmp_path: Path) -> None:
    evaluation = load(evaluated(tmp_path, {"one": REFERENCE}))
    pieces = (Piece("said twice", 3000, 3500, 900, 0, 2000, 1, {"hearing": 700.0, "speaking": 300.0}),)
    evaluation.traces["one"] = msgspec.structs.replace(evaluation.traces["one"], speech=pieces)
    text = written(evaluation, tmp_path)
    [[*times, lag]] = data_in(text)["recordings"][0]["speech"]
    assert times == ["said twice", 3000, 3500, 900, 0, 2000, 1]
    assert dict(zip(data_in(text)["parts"], lag, strict=True)) == {
        **dict.fromkeys(("deciding", "translating", "queueing"), 0),
        "hearing": 700,
        "speaking": 300,
    }
    assert "speech (playing)" in Reader(text).text
