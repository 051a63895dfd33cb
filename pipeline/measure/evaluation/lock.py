"""Lock: one evaluation in a folder at a time. It goes with its process, however that ends, and leaves no file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import InputError, OutputError


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Make a folder and be the only evaluation in it while in the block.

    Raises `InputError` where there is another, `OutputError` where the folder cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError(f"--out {out}: cannot be written ({error.strerror}); choose another") from error
    try:
        _take(folder, out)
        yield
    finally:
        os.close(folder)


def _take(folder: int, out: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(
            f"--out {out}: another evaluation writes into it; wait for its end, or choose another folder"
        ) from None
    except OSError:  # a file system without locks, as of some networks: nobody can tell
        return


__all__ = ["alone"]
