"""Everything that comes out is a line in the log, in the order in which it came, with its delay by part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nodes.sink.jsonl import EventLog
from pipeline.clock import ms, seconds
from pipeline.errors import OutputError
from pipeline.media import Speech, SpeechSegment, Term, Terms, Text, Word
from pipeline.packet import Packet
from pipeline.specimens import specimen
from pipeline.testing import activity, feed, silence, text, words


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "events.jsonl"


def test_a_translation_with_its_words_its_source_and_its_delay(path: Path) -> None:
    said = Text(words("Bom dia."), "a to", "pt", "sentence", "punctuation", words("Good morning."))
    packet = Packet(said, 0, ms(650), left=ms(2000), queued=ms(50), worked=(ms(300), ms(100), 0))
    feed(EventLog(str(path)), translation=[packet])
    assert lines(path) == [
        {
            "kind": "translation",
            "clock_s": 2.0,
            "start_s": 0.0,
            "end_s": 0.65,
            "text": "Bom dia.",
            "tentative": "a to",
            "committed": True,
            "lang": "pt",
            "ends": "sentence",
            "reason": "punctuation",
            "words": [["Bom", 0.0, 0.3], ["dia.", 0.35, 0.65]],
            "source": [["Good", 0.0, 0.3], ["morning.", 0.35, 0.65]],
            "lag": {
                "hearing_s": 0.9,
                "deciding_s": 0.3,
                "translating_s": 0.1,
                "speaking_s": 0.0,
                "queueing_s": 0.05,
                "total_s": 1.35,
            },
        }
    ]


def test_the_parts_of_the_lag_add_up_in_the_file(path: Path) -> None:
    packet = Packet(
        Text(words("Bom dia.")), 0, 333_333, left=9_876_543, queued=1_555_555, worked=(777_777, 499_999, 1)
    )
    feed(EventLog(str(path)), transcript=[packet])
    lag = lines(path)[0]["lag"]
    total = lag.pop("total_s")
    assert sum(round(1000 * part) for part in lag.values()) == round(1000 * total)


def test_a_tentative_step_has_a_line_without_a_lag(path: Path) -> None:
    feed(EventLog(str(path)), transcript=[Packet(Text((), "good mor", "en"), 0, seconds(1), left=seconds(1))])
    [line] = lines(path)
    assert (line["committed"], line["tentative"], line["words"]) == (False, "good mor", [])
    assert "lag" not in line


def test_speech_says_when_it_plays_and_what_was_skipped(path: Path) -> None:
    speech = Speech(silence(1.5), 16_000, "Bom dia.", "pt", seconds(2), 1.2, 3, words("Bom dia."))
    feed(EventLog(str(path)), speech=[Packet(speech, 0, seconds(1), left=seconds(2.5))])
    [line] = lines(path)
    assert {key: line[key] for key in ("kind", "plays_at_s", "duration_s", "speed", "skipped")} == {
        "kind": "speech",
        "plays_at_s": 2.5,
        "duration_s": 1.5,
        "speed": 1.2,
        "skipped": 3,
    }
    assert line["lag"]["total_s"] == 1.5


def test_inputs_come_together_in_one_file(path: Path) -> None:
    feed(
        EventLog(str(path)),
        transcript=text(Text(words("Good morning."))),
        translation=text(Text(words("Bom dia.", start_s=0.1))),
        segment=[Packet(SpeechSegment(0.9), seconds(2), seconds(3))],
        terms=[
            Packet(Terms((Term("Ada Lovelace", origin="screen", until=seconds(9)),)), seconds(4), seconds(4))
        ],
    )
    assert [line["kind"] for line in lines(path)] == ["transcript", "translation", "segment", "terms"]
    assert lines(path)[3]["terms"] == [{"text": "Ada Lovelace", "origin": "screen", "until_s": 9.0}]


def test_activity_is_written_when_it_changes(path: Path) -> None:
    feed(EventLog(str(path)), activity=activity([(1, 2)], until_s=3))
    assert [(line["speaking"], round(line["start_s"])) for line in lines(path)] == [
        (False, 0),
        (True, 1),
        (False, 2),
    ]


def test_what_the_eyes_see_is_written_in_figures(path: Path) -> None:
    eyes = ("faces", "speaker", "hands", "gesture", "screen_text")
    seen: dict[str, Any] = {name: specimen(EventLog.inputs[name], EventLog()) for name in eyes}
    feed(EventLog(str(path)), **seen)
    told = {kind: [line for line in lines(path) if line["kind"] == kind] for kind in eyes}
    assert {face["id"] for line in told["faces"] for face in line["faces"]} == {1, 2}
    assert [line["face"] for line in told["speaker"]] == [None, 1, None]
    assert told["hands"][3]["hands"][0]["shape"] == "thumb_up"
    assert [(line["gesture"], line["over"]) for line in told["gesture"]] == [
        ("thumb_up", False),
        ("thumb_up", True),
    ]
    heading, *_, below = told["screen_text"]
    assert (heading["text"], heading["lang"], heading["over"]) == ("The road to Harrow Bay", "en", False)
    assert heading["box"] == [0.1, 0.1, 0.6, 0.2]
    assert (below["began_s"], below["seen_until_s"], below["over"]) == (0.8, 2.0, True)


def test_each_line_is_there_at_once(path: Path) -> None:
    node = EventLog(str(path))
    node.open()
    others = [None] * (len(node.inputs) - 1)
    node.process(Packet(Text(words("olá")), 0, 1), *others)
    assert lines(path)[0]["text"] == "olá"
    node.close()


def test_text_of_any_script_is_readable_in_the_file(path: Path) -> None:
    feed(EventLog(str(path)), translation=text(Text((Word('大家"好"\n', 0, 1),))))
    assert "大家" in path.read_text(encoding="utf-8")
    assert lines(path)[0]["text"] == '大家"好"\n'


def test_on_a_full_disk_every_line_stays_whole(path: Path, small_disk: None) -> None:
    with pytest.raises(OutputError, match=r"events\.jsonl': File too large; make room there"):
        feed(
            EventLog(str(path)), transcript=text(*[Text(words("and so on", start_s=i)) for i in range(2000)])
        )
    assert len(lines(path)) > 100
