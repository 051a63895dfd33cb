"""A disk that fills up while a run writes: one line says so, and what was written before is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import dragoman, valid

GRAPH = """
nodes:
  hum:    {uses: source.tone, with: {duration_s: 60, pace: asap}}
  voice:  {uses: vad.energy, inputs: {audio: hum.audio}}
  events: {uses: sink.jsonl, inputs: {activity: voice.activity}, with: {path: events.jsonl}}
  sound:  {uses: sink.wav, inputs: {sound: hum.audio}, with: {path: hum.wav}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hum.yaml").write_text(GRAPH)
    return tmp_path


@pytest.fixture
def small_disk(here: Path) -> Iterator[Path]:
    """A disk of 256 kB. Skips where one may not be mounted."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = here / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False)
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "run", "hum.yaml", "--out", small_disk)
    assert said.code == 1
    assert "sink.wav: cannot write" in said.err
    assert "No space left on device; make room there, or give a path on another disk" in said.err
    assert "Traceback" not in said.err
    found = valid(small_disk)
    assert found["hum.wav"] > 3
    assert found["events.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("node", ["sound", "events"])
def test_one_file_that_takes_nothing(node: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "run", "hum.yaml", "--out", "out", "--set", f"{node}.path=/dev/full")
    assert said.code == 1
    assert "cannot write '/dev/full': No space left on device; make room there" in said.err
    assert "Traceback" not in said.err
    valid(here / "out")
