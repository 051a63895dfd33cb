"""A voice in a file is replaced in one step, so that whoever reads it finds a whole one."""

from __future__ import annotations

from pathlib import Path

from nodes.sink.profile import ProfileFile
from pipeline.testing import feed
from tests.nodes.source.test_profile import given_back, voice


def test_each_better_profile_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "speaker.npz"
    for pitch_hz in (100.0, 140.0):
        feed(ProfileFile(str(path)), [voice(pitch_hz)])
        assert [one.pitch_hz for one in given_back(path)] == [pitch_hz]
    assert [file.name for file in tmp_path.iterdir()] == ["speaker.npz"]
