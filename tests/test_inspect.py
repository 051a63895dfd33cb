"""`dragoman inspect`: what the eyes saw in a real recording, as a film, as a picture, and as lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.testing import silence
from tests.command import dragoman
from tests.media import need_model
from tests.nodes.source._made import write_film, write_sound
from tests.nodes.vision.seen import file

MODELS = ("mediapipe-face", "mediapipe-hand", "silero-vad")


@pytest.fixture(autouse=True)
def stocked() -> None:
    for module in ("mediapipe", "rapidocr", "matplotlib", "PIL"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install 'dragoman[vision]'")
    for model in MODELS:
        need_model(model)


@pytest.mark.media
def test_a_talking_face(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "inspect", file("bbal9a.mpg", "b_talking_face"), "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert "3.0 s: 1 face, 0 gestures, 0 lines of text" in said.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "overlay.mp4",
        "events.jsonl",
        "timeline.png",
        "report.json",
    }
    lines = (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"faces", "activity", "speaker"} <= {json.loads(line)["kind"] for line in lines}
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert all(edge["dropped"] == 0 for edge in report["edges"])


def test_a_film_without_sound_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = write_film(tmp_path / "silent.mkv", range(0, 1000, 40))
    said = dragoman(capsys, "inspect", film, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert (tmp_path / "out" / "timeline.png").stat().st_size > 1000
    refused = dragoman(capsys, "inspect", film, "--words", "en", "--out", tmp_path / "out")
    assert (refused.code, "has no sound; leave it out" in refused.err) == (2, True)


def test_sound_alone_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = write_sound(tmp_path / "a.wav", silence(0.5), 16_000)
    said = dragoman(capsys, "inspect", sound, "--out", tmp_path / "out")
    assert said.code == 2
    assert "a.wav: has no pictures, so there is nothing to inspect; give a video" in said.err
