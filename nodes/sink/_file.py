"""A file that a sink writes: append only, each piece whole or not at all.

When the disk is full or the right to write is gone, what was written before stays valid: a piece that did not fit
is cut off again, and later pieces are refused in silence, because the first refusal already ended the run.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from io import FileIO
from pathlib import Path

from pipeline.errors import OutputError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}


def refused(place: str, path: str | Path, error: OSError) -> OutputError:
    """The error for a file that cannot be written: which, why, and what to do."""
    reason = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        remedy = "make room there, or give a path on another disk; what was written before is whole"
    elif error.errno in _NO_RIGHT:
        remedy = "give a path that you may write to"
    elif error.errno == errno.EISDIR:
        remedy = "give the name of a file, not of a folder"
    else:
        remedy = "give another path"
    return OutputError(f"{place}: cannot write {str(path)!r}: {reason}; {remedy}")


def with_folder(place: str, path: str) -> Path:
    """The path, its folder made. Raises `OutputError`."""
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(place, path, error) from error
    return target


class OutputFile:
    """A file open for writing; an existing one is written over. Raises `OutputError`."""

    def __init__(self, place: str, path: str) -> None:
        self._place = place
        self._path = with_folder(place, path)
        self.size = 0  # bytes that are safely in it
        self.broken = False  # a piece was refused: nothing more is written
        try:
            self._file = FileIO(self._path, "w")
        except OSError as error:
            raise refused(place, path, error) from error

    def append(self, data: bytes) -> None:
        """Write at the end, all of it or nothing. Raises `OutputError` the first time it cannot."""
        if self.broken:
            return
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.broken = True
            with suppress(OSError):  # a device has no length to cut
                self._file.truncate(self.size)
                self._file.seek(self.size)
            if not self.size:
                self._file.close()  # whoever opened it may never come to close it
            raise refused(self._place, self._path, error) from error
        self.size += len(data)

    def patch(self, offset: int, data: bytes) -> None:
        """Write over bytes that are there already. Raises `OutputError`."""
        if not self.size:
            return
        try:
            self._file.seek(offset)
            self._file.write(data)
            self._file.seek(self.size)
        except OSError as error:
            self.broken = True
            raise refused(self._place, self._path, error) from error

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        self._file.close()
