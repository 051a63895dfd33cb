"""What a run said, from its events: each word with four times, and what readers saw taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.measure.trace import Said, Trace, clock, read_events


def event(
    kind: str, clock_s: float, start_s: float, end_s: float, *words: str, **more: Any
) -> dict[str, Any]:
    timed = [[word, start_s, end_s] for word in words]
    return {"kind": kind, "clock_s": clock_s, "start_s": start_s, "end_s": end_s, "words": timed, **more}


def read(folder: Path, *events: dict[str, Any]) -> Trace:
    path = folder / "events.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return read_events(path, "talk", 10_000.0)


def test_a_word_has_the_source_heard_the_work_and_the_clock(tmp_path: Path) -> None:
    said = event("translation", 3.5, 0.0, 2.0, "hello", heard_s=2.5, work_s=0.6)
    [word] = read(tmp_path, said).translation.said
    assert word == Said("hello", 2500.0, 600.0, 3500.0, 0.0, 2000.0)
    assert [clock([word], by) for by in ("cu", "ca", "queue")] == [[2500.0], [3100.0], [3500.0]]


def test_what_others_had_heard_meanwhile_is_not_what_a_word_rests_on(tmp_path: Path) -> None:
    events = [
        event("transcript", 2.2, 0.0, 2.0, "ciao", heard_s=2.0, work_s=0.2),
        event("transcript", 3.2, 2.0, 3.0, "Turin", heard_s=3.0, work_s=0.2),
        event("translation", 3.4, 0.0, 2.0, "hello", heard_s=2.0, work_s=0.9),
    ]
    [word] = read(tmp_path, *events).translation.said
    assert clock([word], "cu") == [2000.0]
    assert clock([word], "ca") <= clock([word], "queue")


def test_where_a_log_does_not_say_what_was_heard_it_is_the_end_of_all_that_was_said(tmp_path: Path) -> None:
    events = [event("transcript", 3.2, 0.0, 3.0, "ciao"), event("translation", 3.4, 0.0, 2.0, "hello")]
    [word] = read(tmp_path, *events).translation.said
    assert word.heard == 3000.0
    assert word.compute == pytest.approx(400.0)


def test_no_clock_is_before_the_one_with_less_in_it(tmp_path: Path) -> None:
    events = [
        event("translation", 1.0, 0.0, 1.0, "one", heard_s=1.001, work_s=0.2),  # rounded, each by itself
        event("translation", 2.0, 1.0, 1.5, "two", heard_s=0.9, work_s=1.1),
    ]
    said = read(tmp_path, *events).translation.said
    cu, ca, queue = (clock(said, by) for by in ("cu", "ca", "queue"))
    assert all(a <= b <= c for a, b, c in zip(cu, ca, queue, strict=True))
    assert cu == sorted(cu)


def test_speech_has_its_delay_by_part(tmp_path: Path) -> None:
    times = {
        "plays_at_s": 4.5,
        "duration_s": 0.8,
        "text": "hello",
        "lag": {"hearing_s": 1.5, "speaking_s": 0.5},
    }
    [piece] = read(tmp_path, event("speech", 4.0, 0.0, 2.0, **times)).speech
    assert (piece.out, piece.plays_at, piece.duration, piece.skipped) == (4000.0, 4500.0, 800.0, 0)
    assert piece.lag_ms == {"hearing": 1500.0, "speaking": 500.0}


def test_what_was_shown_and_taken_back_is_counted(tmp_path: Path) -> None:
    events = [
        event("translation", 1.0, 0.0, 1.0, tentative="the red"),
        event("translation", 2.0, 0.0, 2.0, "the", "green", tentative="car"),
    ]
    translation = read(tmp_path, *events).translation
    assert (translation.shown, translation.erased) == (4, 1)


def test_every_line_that_cannot_be_is_told_at_once(tmp_path: Path) -> None:
    good = event("unit", 2.0, 0.0, 1.0, "one")
    wrong = [{"kind": "unit"}, {**good, "clock_s": 1.0}, {**good, "clock_s": float("nan")}, good]
    with pytest.raises(InputError) as error:
        read(tmp_path, good, *wrong)
    places = [line.split("events.jsonl:")[1][:18] for line in str(error.value).splitlines()]
    assert places == ["2: not an event; s", "3: times run backw", "4: not an event; s"]


def test_a_piece_that_goes_on_without_a_space_belongs_to_the_word_before_it(tmp_path: Path) -> None:
    events = [
        event("translation", 2.0, 0.0, 1.0, "all", "over", text="all over", heard_s=1.2, lang="en"),
        event("translation", 3.0, 1.0, 2.0, ", then", text=", then", glued=True, heard_s=2.5, lang="en"),
        event("translation", 4.0, 2.0, 3.0, "it", "'s", text="it's", heard_s=3.0, lang="en"),
    ]
    stream = read(tmp_path, *events).translation
    assert stream.text == "all over, then it's"
    assert [word.out for word in stream.said] == [2000.0, 3000.0, 3000.0, 4000.0]


def test_scripts_without_spaces_keep_the_times_of_their_pieces(tmp_path: Path) -> None:
    events = [
        event("translation", 2.0, 0.0, 1.0, "今日", text="今日", heard_s=1.0, lang="ja"),
        event("translation", 3.0, 1.0, 2.0, "は", text="は", glued=True, heard_s=2.0, lang="ja"),
    ]
    said = read(tmp_path, *events).translation.said
    assert [(word.text, word.out) for word in said] == [("今日", 2000.0), ("は", 3000.0)]
