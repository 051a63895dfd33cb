"""The weights of a Whisper model as CTranslate2 keeps them, read from its file.

Decides: how the file is read. Nothing is copied until it is asked for, so a model of gigabytes opens at once. Knows
nothing of what the weights are for.

Layout of a version 6 file, little-endian: version, name of the architecture, its revision; then the variables (name,
rank, sizes, type, bytes, data); then other names for some of them. A string is its length with a closing zero, 16 bits,
and its bytes. Matrices that were stored in 8 bits have a `_scale` beside them, by which they were multiplied.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSIONS = (5, 6)
TYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # bfloat16, 5, has no counterpart in numpy


class Weights:
    """The variables of one file, by name.

    Raises: ValueError for a file that is none, or in a form that is not read here; says which.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._where: dict[str, tuple[int, tuple[int, ...], int]] = {}  # name: offset, shape, type
        with file.open("rb") as opened:
            try:
                self._read(opened)
            except (struct.error, UnicodeDecodeError) as error:
                raise ValueError(f"{file}: not a model of CTranslate2, or cut off") from error
        self._data = np.memmap(file, np.uint8, "r")

    def __contains__(self, name: str) -> bool:
        return name in self._where

    def array(self, name: str) -> NDArray[Any]:
        """A variable as it lies in the file, of the shape that it has there."""
        try:
            at, shape, kind = self._where[name]
        except KeyError:
            raise ValueError(f"{self._file}: no {name} in it; is it a Whisper model?") from None
        if kind not in TYPES:
            raise ValueError(f"{self._file}: {name} is of type {kind}; convert the model to float16 or int8")
        return np.ndarray(shape, TYPES[kind], self._data, at)

    def floats(self, name: str) -> NDArray[np.float32]:
        """A vector or matrix of rows as float32, its scale taken out."""
        return self.rows(name, slice(None))

    def rows(self, name: str, which: Any) -> NDArray[np.float32]:
        """Some rows as float32, their scale taken out."""
        values = np.asarray(self.array(name)[which], np.float32)
        if f"{name}_scale" not in self:
            return values
        scale = np.asarray(self.array(f"{name}_scale"), np.float32)
        return values / (scale[which][..., None] if scale.ndim else scale)

    def _read(self, file: BinaryIO) -> None:
        (version,) = _numbers(file, "I")
        if version not in VERSIONS:
            raise ValueError(f"{self._file}: version {version} of CTranslate2's form; this reads {VERSIONS}")
        _string(file)
        _, count = _numbers(file, "II")
        for _ in range(count):
            name = _string(file)
            (rank,) = _numbers(file, "B")
            shape = _numbers(file, f"{rank}I")
            kind, size = _numbers(file, "BI")
            self._where[name] = (file.tell(), shape, kind)
            file.seek(size, 1)
        (count,) = _numbers(file, "I")
        for _ in range(count):
            name = _string(file)
            self._where[name] = self._where[_string(file)]


def _numbers(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(f"<{form}", file.read(struct.calcsize(f"<{form}")))


def _string(file: BinaryIO) -> str:
    (length,) = _numbers(file, "H")
    return file.read(length)[:-1].decode()
