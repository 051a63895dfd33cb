"""simulstream's log: words take the time of the step that finished them, and faults are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.measure.logs import simulstream
from pipeline.measure.trace import clock
from tests.measure.logs.runs import one, recording

HEAD = {"id": 0, "metadata": {"wav_name": "/data/talk.wav"}}


def step(heard_s: float, work_s: float, new: str, gone: str = "") -> dict[str, Any]:
    """A step as simulstream writes it."""
    return {
        "id": 0,
        "total_audio_processed": heard_s,
        "computation_time": work_s,
        "generated_tokens": new.split(),
        "deleted_tokens": gone.split(),
    }


def log(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    """A log of one recording."""
    path = tmp_path / "simulstream.jsonl"
    text = "".join(json.dumps(line) + "\n" for line in ({"model_loading_time": 9.5}, HEAD, *lines))
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    told = one("Good morning everyone", heard=[900, 900, 1000], out=[1500.5, 1500.5, 1600.25])
    simulstream.write(tmp_path / "log.jsonl", [(recording(), told)])
    found = simulstream.read(tmp_path / "log.jsonl")
    again = found.traces["talk"].translation
    assert (found.faults, again.text) == ([], "Good morning everyone")
    assert clock(again.said, "cu") == [900, 900, 1000]
    assert clock(again.said, "queue") == pytest.approx([1500.5, 1500.5, 1600.25], abs=1e-6)


def test_a_word_that_is_taken_back_comes_when_it_is_said_again(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0.1, "good evening"), step(2, 0.1, "morning all", gone="evening"))
    stream = simulstream.read(path).traces["talk"].translation
    assert [(word.text, word.heard) for word in stream.said] == [
        ("good", 1000),
        ("morning", 2000),
        ("all", 2000),
    ]
    assert (stream.erased, stream.shown) == (1, 4)


def test_a_word_takes_the_time_of_its_last_piece(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0, "▁good ▁morn"), step(2, 0, "ing ▁a"), step(3, 0, "ll", gone=""))
    said = simulstream.read(path, "spm").traces["talk"].translation.said
    assert [(word.text, word.heard) for word in said] == [("good", 1000), ("morning", 2000), ("all", 3000)]


def test_a_word_that_loses_a_piece_takes_the_time_of_the_loss(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0, "▁good ▁even ing"), step(2, 0, "", gone="ing"))
    said = simulstream.read(path, "spm").traces["talk"].translation.said
    assert [(word.text, word.heard) for word in said] == [("good", 1000), ("even", 2000)]


def test_characters_are_units_of_their_own(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0, "早上 好"))
    assert simulstream.read(path, "char").traces["talk"].translation.text == "早 上 好"


def test_a_slow_system_falls_behind(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 1.5, "one"), step(2, 1.5, "two"))
    said = simulstream.read(path).traces["talk"].translation.said
    assert clock(said, "ca") == [2500, 3500]
    assert clock(said, "queue") == [2500, 4000]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (step(1, 0, "two", gone="nothing"), "deleted_tokens are not the last that were generated"),
        (step(0.5, 0, "two"), "0.5 s of audio, after 1 s; times never run backwards"),
        (step(2, -1, "two"), "computation_time below 0; times never run backwards"),
        (HEAD, "id 0 was told of before; give each recording an id of its own"),
    ],
)
def test_a_recording_with_a_fault_is_left_out_and_the_others_are_read(
    tmp_path: Path, wrong: dict[str, Any], what: str
) -> None:
    other = {"id": 1, "metadata": {"wav_name": "other.wav"}}
    path = log(tmp_path, step(1, 0, "one"), wrong, other, step(1, 0, "good") | {"id": 1})
    found = simulstream.read(path)
    [fault] = found.faults
    assert fault.place == f"{path}:4"
    assert what in str(fault)
    assert list(found.traces) == ["other"]


def test_a_line_that_is_no_step_is_told(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0, "") | {"generated_tokens": 3}, step(2, 0, "two"))
    found = simulstream.read(path)
    assert found.traces["talk"].translation.text == "two"
    assert "Expected `array`, got `int` - at `$.generated_tokens`; a step is" in str(found.faults[0])


def test_a_step_of_no_recording(tmp_path: Path) -> None:
    found = simulstream.read(log(tmp_path, step(1, 0, "one") | {"id": 7}))
    assert "no recording has the id 7; a line with its metadata comes first" in str(found.faults[0])


def test_a_log_that_was_cut_off_keeps_what_it_has(tmp_path: Path) -> None:
    path = log(tmp_path, step(1, 0, "one"), step(2, 0, "two"))
    path.write_text(path.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    found = simulstream.read(path)
    assert found.traces["talk"].translation.text == "one"
    assert "is not JSON, or was cut off" in str(found.faults[0])
