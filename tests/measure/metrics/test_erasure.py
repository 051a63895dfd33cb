"""What readers saw and lost again."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.measure.metrics.erasure import normalised_erasure
from pipeline.measure.trace import Stream, read_events


def shown(folder: Path, *updates: tuple[str, str]) -> Stream:
    """The translation of a run that showed committed and tentative text in this order."""
    lines = [
        {
            "kind": "translation",
            "clock_s": second,
            "start_s": 0.0,
            "end_s": second,
            "text": text,
            "tentative": tail,
            "lang": "en",
            "words": [[word, 0.0, second] for word in text.split()],
        }
        for second, (text, tail) in enumerate(updates, 1)
    ]
    path = folder / "events.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return read_events(path, "talk", 9000).translation


def test_text_that_is_only_appended_has_no_flicker(tmp_path: Path) -> None:
    assert normalised_erasure(shown(tmp_path, ("it was", ""), ("the best", ""), ("of times", ""))) == 0


def test_a_tail_that_changes_counts_what_follows_the_change(tmp_path: Path) -> None:
    stream = shown(
        tmp_path, ("", "it was a test"), ("it was", "the best"), ("the best of", "lime"), ("times", "")
    )
    assert (stream.text, stream.erased) == ("it was the best of times", 3)  # "a test", then "lime"
    assert normalised_erasure(stream) == 3 / 6


def test_a_tail_that_is_confirmed_is_not_erased(tmp_path: Path) -> None:
    assert normalised_erasure(shown(tmp_path, ("", "it was"), ("it", "was the"), ("was the", ""))) == 0


def test_nothing_said_has_no_flicker_to_speak_of() -> None:
    assert normalised_erasure(Stream()) is None
