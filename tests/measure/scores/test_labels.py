"""What scores are called: for people, with units; and in which order they stand."""

from __future__ import annotations

from pipeline.measure.confidence import Interval
from pipeline.measure.scores.labels import exact, metric, ordered, stem
from pipeline.measure.scores.score import KEYS


def test_every_score_has_a_name_for_people() -> None:
    unnamed = {key for key in KEYS if metric(key).label.split(",")[0] == stem(key)}
    assert unnamed <= {"erasure", "words"}
    assert metric("al_ms_ca_simuleval").head == "AL, CA SimulEval, s"


def test_milliseconds_in_files_are_seconds_in_tables() -> None:
    assert exact(2013.25) == "2013.25"
    late = metric("long_yaal_ms_queue")
    assert late.show(2013.0) == "2.01"
    assert late.within(2013.0, Interval(2013.0, 1500.0, 2600.0)) == "2.01 (1.50 to 2.60)"
    assert late.within(None, None) == "\u2013"


def test_the_headline_comes_first() -> None:
    assert ordered(["words", "cpu", "rtf", "chrf", "words"]) == ["chrf", "cpu", "words", "rtf"]
