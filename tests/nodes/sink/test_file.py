"""A result that cannot be written is told with its path and what to do; what was written stays whole."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from nodes.sink._file import OutputFile, refused
from pipeline.errors import OutputError
from tests.nodes.sink.conftest import SMALL


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room there, or give a path on another disk; what was written before is whole"),
        (errno.EDQUOT, "make room there"),
        (errno.EACCES, "give a path that you may write to"),
        (errno.EROFS, "give a path that you may write to"),
        (errno.EISDIR, "give the name of a file, not of a folder"),
        (errno.EIO, "give another path"),
    ],
)
def test_an_error_says_which_file_why_and_what_to_do(number: int, remedy: str) -> None:
    words = str(refused("sink.wav", "out/talk.wav", OSError(number, os.strerror(number))))
    assert words.startswith(f"sink.wav: cannot write 'out/talk.wav': {os.strerror(number)}; {remedy}")


def test_a_piece_is_written_whole_or_not_at_all(tmp_path: Path, small_disk: None) -> None:
    file = OutputFile("sink.jsonl", str(tmp_path / "events.jsonl"))
    file.append(b"first\n")
    with pytest.raises(OutputError, match=r"events\.jsonl': File too large; make room there"):
        file.append(b"x" * SMALL)
    file.append(b"later pieces are not written either, or there would be a hole\n")
    file.close()
    assert (tmp_path / "events.jsonl").read_bytes() == b"first\n"


def test_folders_are_made(tmp_path: Path) -> None:
    file = OutputFile("sink.wav", str(tmp_path / "a" / "b" / "c.wav"))
    file.close()
    assert (tmp_path / "a" / "b" / "c.wav").is_file()
