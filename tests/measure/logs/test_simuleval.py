"""An instances.log says what the run said, and a foreign one is read with all its faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.measure.logs import simuleval
from pipeline.measure.trace import clock
from tests.measure.golden import CASES, ELAPSED
from tests.measure.logs.runs import one, recording


def line(**changes: object) -> str:
    """A line as SimulEval writes it."""
    given = {"index": 0, "prediction": "a b", "delays": [1000, 2000], "elapsed": [1100, 2300]}
    return json.dumps(given | {"source": ["/data/talk.wav"], "source_length": 3000} | changes) + "\n"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    told = one("Good morning everyone", heard=[900, 900, 1800], out=[1000.5, 1000.5, 2100.25])
    simuleval.write(tmp_path / "instances.log", [(recording(), told)])
    log = simuleval.read(tmp_path / "instances.log")
    again = log.traces["talk"].translation
    assert (log.faults, again.text) == ([], "Good morning everyone")
    assert log.references == {"talk": "Good morning. Good evening."}
    assert clock(again.said, "cu") == [900, 900, 1800]
    assert clock(again.said, "queue") == [1000.5, 1000.5, 2100.25]


def test_characters_are_written_without_spaces(tmp_path: Path) -> None:
    told = one("早上好 各位", heard=[900, 1800], out=[1000, 1900])
    simuleval.write(tmp_path / "instances.log", [(recording(to="zh"), told)])
    written = json.loads((tmp_path / "instances.log").read_text(encoding="utf-8"))
    assert (written["prediction"], written["prediction_length"]) == ("早上好各位", 5)
    assert written["delays"] == [900] * 3 + [1800] * 2
    assert len(simuleval.read(tmp_path / "instances.log", "char").traces["talk"].translation.said) == 5


@pytest.mark.parametrize("name", CASES)
def test_the_clock_of_simuleval_comes_back(tmp_path: Path, name: str) -> None:
    case, elapsed = CASES[name], list(ELAPSED[name])
    words = " ".join("w" * len(elapsed))
    text = line(prediction=words, delays=list(case.delays), elapsed=elapsed, source_length=case.source_ms)
    (tmp_path / "instances.log").write_text(text, encoding="utf-8")
    said = simuleval.read(tmp_path / "instances.log").traces["talk"].translation.said
    assert clock(said, "ca_simuleval") == elapsed
    assert clock(said, "cu") == list(case.delays)


def test_a_fast_system_waits_for_nothing_and_a_slow_one_falls_behind(tmp_path: Path) -> None:
    fast = line(source="fast.wav", delays=[1000, 2000], elapsed=[1100, 2200])  # 100 ms of work each
    slow = line(source="slow.wav", delays=[1000, 2000], elapsed=[2500, 5000])  # 1500 ms of work each
    (tmp_path / "instances.log").write_text(fast + slow, encoding="utf-8")
    traces = simuleval.read(tmp_path / "instances.log").traces
    assert [word.out for word in traces["fast"].translation.said] == [1100, 2100]
    assert [word.out for word in traces["slow"].translation.said] == [2500, 4000]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (line()[:40], "is not JSON, or was cut off"),
        (line(delays=[1000]), "1 delays for 2 words; each has one"),
        (line(delays=[1] * 3, elapsed=[1] * 3), "3 delays for 2 words; they are of characters: read it so"),
        (line(delays=[2000, 1000]), "delays number 2 is 1000, after 2000; times never run backwards"),
        (line(elapsed=[-1, 1000]), "elapsed is -1; times never run backwards"),
        (line(source_length=0), "source_length is 0; give the length of the recording, ms"),
        (line(delays="none"), "Expected `array`, got `str` - at `$.delays`"),
        ('{"prediction": "a"}\n', "missing required field `delays`; a line is"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_the_others_are_read(
    tmp_path: Path, text: str, what: str
) -> None:
    path = tmp_path / "instances.log"
    path.write_text(line(source="good.wav") + text, encoding="utf-8")
    log = simuleval.read(path)
    assert list(log.traces) == ["good"]
    [fault] = log.faults
    assert fault.place == f"{path}:2"
    assert what in str(fault)


def test_a_recording_that_is_told_of_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "instances.log").write_text(line() + line(), encoding="utf-8")
    log = simuleval.read(tmp_path / "instances.log")
    assert [str(fault) for fault in log.faults] == [
        f"{tmp_path / 'instances.log'}:2: talk was told of before; give each recording one line"
    ]


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        simuleval.read(tmp_path / "instances.log")
