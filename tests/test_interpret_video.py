"""Pictures of every kind beside the same speech: whatever the eyes make of them, the words come."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import demo
from pipeline.commands.running import run_graph, write_to
from pipeline.interpreter import Talk, interpretation
from tests.media import need_model
from tests.nodes.source._made import write_film
from tests.opening import RATE_HZ, opening

SAID = {"best", "worst", "times", "age", "wisdom"}
SECONDS = 8


@pytest.fixture(autouse=True)
def stocked() -> None:
    for module in ("mediapipe", "rapidocr", "wordfreq"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install 'dragoman[vision]'")
    for model in ("whisper-base", "silero-vad", "two-cities", "mediapipe-face", "mediapipe-hand"):
        need_model(model)


def every(step_ms: int, *, until_ms: int = 1000 * SECONDS) -> list[int]:
    return list(range(0, until_ms, step_ms))


@pytest.mark.parametrize(
    ("size", "times_ms"),
    [
        ((32, 24), every(200)),
        ((1, 1), every(200)),
        ((640, 360), [*every(40, until_ms=500), *(7000 + at for at in every(8, until_ms=500))]),
    ],
    ids=["small and slow", "one pixel", "a gap, then 120 a second"],
)
def test_nothing_in_the_pictures_stops_the_words(
    size: tuple[int, int], times_ms: Sequence[int], tmp_path: Path
) -> None:
    sound = opening(SECONDS)[:: RATE_HZ // 16_000]
    film = write_film(tmp_path / "talk.mkv", times_ms, sound, width=size[0], height=size[1])
    talk = interpretation(Talk(str(film), "en", "en", pace="asap", video=True, see="all"))
    report = run_graph(write_to(talk.graph, tmp_path / "out"))
    assert report.ended == "done"
    heard = set(
        re.findall(r"\w+", (tmp_path / "out" / "transcript.en.txt").read_text(encoding="utf-8").lower())
    )
    assert heard >= SAID


def test_the_slides_of_the_demo_are_read_while_it_is_interpreted(tmp_path: Path) -> None:
    if demo.missing():
        pytest.skip(f"not installed: {', '.join(demo.missing())}")
    film = demo.film(tmp_path / "two-cities.mp4")
    talk = interpretation(Talk(str(film), "en", "en", pace="asap", video=True))
    run_graph(write_to(talk.graph, tmp_path / "out"))
    lines = (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    read = {e["text"] for e in map(json.loads, lines) if e["kind"] == "screen_text"}
    assert read == {line for slide in demo.SLIDES for line in (slide.title, *slide.lines)}
