"""The resegmented log has a line a sentence, with times from its beginning."""

from __future__ import annotations

from pathlib import Path

from pipeline.measure.logs import resegmented
from tests.measure.logs.runs import one, recording

TOLD = one("Good morning. Good evening.", heard=[500, 500, 3000, 3000], out=[600, 600, 3200, 3200])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "instances.resegmented.jsonl"
    resegmented.write(path, [(recording(), TOLD), (recording("other"), TOLD)])
    lines, faults = resegmented.read(path)
    assert faults == []
    assert [(line.index, line.docid, line.segid) for line in lines] == [
        (0, 0, 0),
        (1, 0, 1),
        (2, 1, 0),
        (3, 1, 1),
    ]
    assert lines[1].prediction == lines[1].reference == "Good evening."
    assert (lines[1].emission_cu, lines[1].emission_ca) == ([500, 500], [700, 700])
    assert (lines[1].source_length, lines[1].time_to_recording_end) == (1500, 1500)


def test_a_sentence_of_which_nothing_was_said_has_no_times(tmp_path: Path) -> None:
    path = tmp_path / "instances.resegmented.jsonl"
    resegmented.write(path, [(recording(), one("", heard=[], out=[]))])
    assert "emission" not in path.read_text(encoding="utf-8")


def test_a_wrong_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "instances.resegmented.jsonl"
    resegmented.write(path, [(recording(), TOLD)])
    path.write_text(path.read_text(encoding="utf-8") + '{"index": 2}\n', encoding="utf-8")
    lines, [fault] = resegmented.read(path)
    assert len(lines) == 2
    assert str(fault).startswith(f"{path}:3: Object missing required field `docid`")
