"""The command as a user meets it: run it in this process or in one of its own, and look at the files it wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av
import pytest

from pipeline.cli import main

ROOT = Path(__file__).parents[1]


class Said(NamedTuple):
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


def dragoman(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Said:
    """Run the command in this process."""
    capsys.readouterr()
    try:
        code = main([str(word) for word in words])
    except SystemExit as ended:  # argparse ends so, after -h and after wrong options
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return Said(code, out, err)


@contextmanager
def started(*words: str | Path, cwd: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own; killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        preexec_fn=_heed_ctrl_c,  # noqa: PLW1509 - sets a signal, takes no lock
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _heed_ctrl_c() -> None:
    """A job in the background of a shell is born deaf to Ctrl-C, and so would be what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: subprocess.Popen[str], within_s: float = 40) -> Said:
    """Wait for the end of a command."""
    out, err = process.communicate(timeout=within_s)
    return Said(process.returncode, out, err)


def interrupt(process: subprocess.Popen[str], number: int = signal.SIGINT) -> None:
    """Ctrl-C, or another signal."""
    process.send_signal(number)


# The files of an interpretation: each of these raises where a file is not complete.


def valid(folder: Path) -> dict[str, Any]:
    """Read every file of a folder to its end; name to what is in it."""
    readers = {
        ".wav": wav_seconds,
        ".vtt": captions,
        ".srt": captions,
        ".jsonl": lines,
        ".log": lines,
        ".json": whole_json,
        ".mp4": streams,
        ".txt": plain,
    }
    return {path.name: readers[path.suffix](path) for path in sorted(folder.iterdir())}


def wav_seconds(path: Path) -> float:
    """The length of a WAV file, whose header must tell the truth."""
    with wave.open(str(path)) as file:
        data = file.readframes(file.getnframes())
        assert len(data) == file.getnframes() * file.getnchannels() * file.getsampwidth()
        assert path.stat().st_size == 44 + len(data)
        return float(file.getnframes() / file.getframerate())


def captions(path: Path) -> list[tuple[float, float, str]]:
    """The cues of a VTT or SRT file: start and end in seconds, and text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".vtt":
        assert text.startswith("WEBVTT\n")
    cues = []
    for block in text.split("\n\n"):
        rows = [row for row in block.strip().splitlines() if row and not row.isdigit()]
        if rows and "-->" in rows[0]:
            start, end = (_clock(word) for word in rows[0].split(" --> "))
            assert 0 <= start < end
            assert len(rows) > 1
            cues.append((start, end, " ".join(rows[1:])))
    assert cues == sorted(cues)
    return cues


def _clock(word: str) -> float:
    value = 0.0
    for part in word.split(maxsplit=1)[0].replace(",", ".").split(":"):
        value = value * 60 + float(part)
    return value


def lines(path: Path) -> list[Any]:
    """JSON, one value a line."""
    text = path.read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def whole_json(path: Path) -> Any:
    """One JSON value."""
    return json.loads(path.read_text(encoding="utf-8"))


def streams(path: Path) -> dict[str, float]:
    """Kind to seconds of what can be decoded, for each stream of a media file."""
    found: dict[str, float] = {}
    with av.open(str(path)) as container:
        for stream in container.streams:
            found[stream.type] = 0.0
        for packet in container.demux():
            if packet.pts is not None and packet.stream.type != "subtitle":
                packet.decode()
            if packet.pts is not None:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                found[packet.stream.type] = max(found[packet.stream.type], end)
    return found


def plain(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")
