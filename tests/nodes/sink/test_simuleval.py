"""The log is what the field's scorers read: a delay for each unit, in both ways of counting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nodes.sink.simuleval import SimulEvalLog
from pipeline.clock import ms, seconds
from pipeline.media import Text, Word
from pipeline.packet import Packet
from pipeline.testing import audio, feed, silence, words


def step(text: str, heard_ms: int, clock_ms: int = 0) -> Packet[Text]:
    return Packet(Text(words(text)), ms(heard_ms), ms(heard_ms), left=ms(clock_ms))


def instance(path: Path) -> dict[str, Any]:
    [line] = path.read_text(encoding="utf-8").splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "instances.log"


def test_each_word_has_the_source_heard_and_the_clock(path: Path) -> None:
    steps = [
        step("Bom dia a", 1000, 1400),
        Packet(Text((), "to"), ms(1500), ms(1500)),
        step("todos.", 2000, 2600),
    ]
    feed(SimulEvalLog(str(path), name="talk.wav", reference="Bom dia a todos."), translation=steps)
    assert instance(path) == {
        "index": 0,
        "prediction": "Bom dia a todos.",
        "delays": [1000, 1000, 1000, 2000],
        "elapsed": [1400, 1400, 1400, 2600],
        "prediction_length": 4,
        "reference": "Bom dia a todos.",
        "source": ["talk.wav"],
        "source_length": 2000,
        "clock": "queue",
    }


def test_the_audio_gives_the_length_of_the_source(path: Path) -> None:
    feed(SimulEvalLog(str(path)), translation=[step("olá", 1000)], audio=audio(silence(6)))
    assert instance(path)["source_length"] == 6000


def test_a_run_faster_than_life_counts_what_was_heard(path: Path) -> None:
    feed(SimulEvalLog(str(path)), translation=[step("olá", 5000, 20)])
    assert instance(path)["elapsed"] == [5000]


def test_a_word_in_pieces_counts_as_come_with_its_last_piece(path: Path) -> None:
    glued = Packet(Text((Word("gens,", 0, 1, glue=True), Word("e  mais", 0, 1))), ms(2000), ms(2000))
    feed(SimulEvalLog(str(path)), translation=[step("os homen", 1000), glued])
    found = instance(path)
    assert found["prediction"] == "os homengens, e mais"
    assert found["delays"] == [1000, 2000, 2000, 2000]


def test_characters_are_the_units_of_scripts_without_spaces(path: Path) -> None:
    steps = [
        Packet(Text((Word("你好", 0, 1),)), ms(1000), ms(1000)),
        Packet(Text((Word("世界", 0, 1, glue=True),)), ms(2000), ms(2000)),
    ]
    feed(SimulEvalLog(str(path), unit="char"), translation=steps)
    found = instance(path)
    assert (found["prediction"], found["delays"]) == ("你好世界", [1000, 1000, 2000, 2000])


def test_a_run_that_is_stopped_has_its_line_too(path: Path) -> None:
    node = SimulEvalLog(str(path))
    node.open()
    node.process(step("olá", 1000), None)
    node.close()
    assert instance(path)["prediction"] == "olá"


def test_a_silent_run_is_an_empty_instance(path: Path) -> None:
    feed(SimulEvalLog(str(path)), translation=[])
    assert (instance(path)["prediction"], instance(path)["delays"]) == ("", [])


def test_omnisteval_reads_it_and_scores_it(path: Path, tmp_path: Path) -> None:
    io = pytest.importorskip("omnisteval.io", reason="OmniSTEval is not installed")
    evaluate_instances = pytest.importorskip("omnisteval.scoring").evaluate_instances

    # A recording whose scores are known: 6 words, AL 1000 ms, computation aware 1300 ms.
    delays, elapsed = [1000, 1500, 2000, 2500, 3000, 3000], [1100, 1700, 2300, 2900, 3500, 3500]
    steps = [
        step(f"w{i}", delay, clock) for i, (delay, clock) in enumerate(zip(delays, elapsed, strict=True))
    ]
    node = SimulEvalLog(str(path), name="talk.wav", reference="w0 w1 w2 w3 w4 w5")
    feed(node, translation=steps, audio=audio(silence(3)))
    instances = io.load_shortform_instances(str(path), None, "delays", "elapsed")
    scores, *_ = evaluate_instances(instances, is_longform=False, compute_quality=False, compute_latency=True)
    assert scores["al"] == pytest.approx(1000)
    assert scores["laal"] == pytest.approx(1000)
    assert scores["yaal"] == pytest.approx(1000)
    assert scores["ca_al"] == pytest.approx(1300)

    segments, references = tmp_path / "segments.yaml", tmp_path / "references.txt"
    segments.write_text("- {wav: talk.wav, offset: 0.0, duration: 3.0}\n")
    references.write_text("w0 w1 w2 w3 w4 w5\n")
    _, heard, *_ = io.load_resegmentation_inputs(str(segments), None, str(references), str(path))
    assert [word.emission_cu for word in heard[0]] == delays
    assert [word.emission_ca for word in heard[0]] == elapsed


def test_times_never_go_back(path: Path) -> None:
    late = Packet(Text(words("dois")), seconds(1), seconds(1))
    feed(SimulEvalLog(str(path)), translation=[Packet(Text(words("um")), 0, seconds(3)), late])
    assert instance(path)["delays"] == [3000, 3000]
