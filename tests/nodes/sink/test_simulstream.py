"""The log tells how the translation grew, so that it can be put together again word by word."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodes.sink.simulstream import SimulstreamLog
from pipeline.clock import ms
from pipeline.media import Text, Word
from pipeline.packet import Packet
from pipeline.testing import feed, words


def step(text: str, tail: str = "", heard_ms: int = 1000, clock_ms: int = 0) -> Packet[Text]:
    return Packet(Text(words(text), tail), ms(heard_ms), ms(heard_ms), left=ms(clock_ms))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def replayed(path: Path) -> list[str]:
    """The tokens that are left, as a reader of the format puts them together."""
    tokens: list[str] = []
    for line in lines(path)[2:]:
        deleted = line["deleted_tokens"]
        assert deleted == tokens[len(tokens) - len(deleted) :]
        tokens = tokens[: len(tokens) - len(deleted)] + line["generated_tokens"]
    return tokens


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "talk.jsonl"


def test_the_log_as_the_format_wants_it(path: Path) -> None:
    steps = [step("Bom dia", "a tod", 1000, 1250), step("", "a todos"), step("a todos.", "", 2000, 1500)]
    feed(SimulstreamLog(str(path), name="talk.wav", id=3), steps)
    assert lines(path) == [
        {"model_loading_time": 0.0},
        {"id": 3, "metadata": {"wav_name": "talk.wav", "clock": "queue"}},
        {
            "id": 3,
            "total_audio_processed": 1.0,
            "computation_time": 0.25,
            "generated_tokens": ["Bom", "dia"],
            "deleted_tokens": [],
        },
        {
            "id": 3,
            "total_audio_processed": 2.0,
            "computation_time": 0.0,
            "generated_tokens": ["a", "todos."],
            "deleted_tokens": [],
        },
    ]


def test_what_was_taken_back_is_told_when_the_tail_is_shown(path: Path) -> None:
    steps = [step("Bom", "dia a tod"), step("dia", "para todos"), step("para todos.")]
    feed(SimulstreamLog(str(path), tentative=True), steps)
    assert [(line["deleted_tokens"], line["generated_tokens"]) for line in lines(path)[2:]] == [
        ([], ["Bom", "dia", "a", "tod"]),
        (["a", "tod"], ["para", "todos"]),
        (["todos"], ["todos."]),
    ]


def test_a_piece_that_lengthens_a_word_replaces_it(path: Path) -> None:
    glued = Packet(Text((Word("gens", 0, 1, glue=True),)), ms(2000), ms(2000))
    feed(SimulstreamLog(str(path)), [step("os homen"), glued])
    assert lines(path)[3]["deleted_tokens"] == ["homen"]
    assert replayed(path) == ["os", "homengens"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.text("ab ", max_size=8), st.text("ab ", max_size=8)), max_size=12),
    tail=st.booleans(),
)
def test_the_committed_words_come_back_whatever_was_shown(
    path: Path, steps: list[tuple[str, str]], tail: bool
) -> None:
    packets = [step(text, shown) for text, shown in steps] + [step("end")]
    feed(SimulstreamLog(str(path), tentative=tail), packets)
    assert replayed(path) == [word for text, _ in [*steps, ("end", "")] for word in text.split()]


def test_simulstream_s_own_reader_reads_it(path: Path) -> None:
    readers = pytest.importorskip("simulstream.metrics.readers", reason="simulstream is not installed")
    feed(
        SimulstreamLog(str(path), name="talk.wav"),
        [step("Bom dia", "", 1000, 1250), step("a todos.", "", 2000, 2500)],
    )
    config = SimpleNamespace(detokenizer_type="simuleval", latency_unit="word")
    outputs = readers.LogReader(config, str(path)).final_outputs_and_latencies()
    assert outputs["talk"].final_text == "Bom dia a todos."
    assert outputs["talk"].ideal_delays == [1.0, 1.0, 2.0, 2.0]
    assert outputs["talk"].computational_aware_delays == [1.25, 1.25, 2.5, 2.5]
