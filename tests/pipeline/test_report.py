"""Reports: as plain data, and as a table that people can read."""

from __future__ import annotations

import json

from pipeline.edge import Edge
from pipeline.packet import PARTS, Packet
from pipeline.report import EdgeReport, NodeReport, Report
from pipeline.statistics import NodeCounts


def report(lag: bool = True) -> Report:
    edge = Edge("talk.audio -> words.audio", capacity=2, when_full="drop_oldest")
    for index in range(5):
        edge.offer(Packet(index, index, index + 1))
    counts = NodeCounts()
    counts.busy.add(5_000_000)
    counts.failed = 1
    parts = {part: {"mean": 0.1, "p50": 0.1, "p95": 0.2, "words": 3} for part in ("total", *PARTS)}
    return Report(
        "talk.yaml",
        "done",
        clock_s=2.0,
        media_s=4.0,
        cpu_s=1.0,
        nodes=[NodeReport.of("words", "asr.whisper", "thread", counts)],
        edges=[EdgeReport.of("talk", "words", edge)],
        lag={"words.text": parts} if lag else {},
    )


def test_a_report_is_plain_data_that_json_can_hold() -> None:
    data = json.loads(json.dumps(report().to_dict()))
    assert data["cpu_s_per_media_s"] == 0.25
    assert data["edges"][0] == {
        "source": "talk",
        "target": "words",
        "name": "talk.audio -> words.audio",
        "offered": 5,
        "passed": 0,
        "dropped": 3,
        "waiting": 2,
        "peak": 2,
        "capacity": 2,
        "when_full": "drop_oldest",
    }
    assert data["nodes"][0]["calls"] == 1
    assert data["lag"]["words.text"]["total"]["p95"] == 0.2


def test_a_report_is_a_table_for_people() -> None:
    assert (
        str(report())
        == """\
talk.yaml: done; 4.0 s of media in 2.0 s, 0.25 CPU seconds a second

  edge                       passed  dropped  peak           room
  talk.audio -> words.audio       0        3     2  2 drop_oldest

  node   uses         on      calls  failed  p50 ms  p99 ms  busy s
  words  asr.whisper  thread      1       1    4.98    4.98    0.01

  lag, s      words  mean   p50   p95  = hearing  deciding  translating  speaking  queueing
  words.text      3  0.10  0.10  0.20       0.10      0.10         0.10      0.10      0.10"""
    )


def test_a_table_without_rows_is_left_out_and_no_media_cost_nothing() -> None:
    bare = Report("g", "done", 0, 0, 0, [], [], {})
    assert str(bare) == "g: done; 0.0 s of media in 0.0 s, 0.00 CPU seconds a second"
    assert "lag" not in str(report(lag=False))
