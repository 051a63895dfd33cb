"""Keeping a profile in a file: only where somebody asks for it; nothing in Dragoman does so by itself.

The file is NumPy's .npz with plain arrays only, so that opening one runs nothing that is in it.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MediaError, OutputError
from pipeline.media import VoiceProfile

_KINDS = {"int": int, "float": float, "str": str}


def save(profile: VoiceProfile, path: Path) -> None:
    """Write a profile; a file that is there is replaced in one step. The owner alone may read it.

    Raises `OutputError` where it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            np.savez(file, allow_pickle=False, **msgspec.structs.asdict(profile))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: the profile cannot be written ({error}); name a folder of yours"
        ) from error


def load(path: Path) -> VoiceProfile:
    """Read a profile that `save` wrote. Raises `MediaError` where there is none, or the file is another thing."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            fields: dict[str, Any] = {field.name: _value(kept[field.name], field) for field in _FIELDS}
            return VoiceProfile(**fields)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise MediaError(f"{path}: is no profile of a voice ({error}); make one with save()") from error


_FIELDS = msgspec.structs.fields(VoiceProfile)


def _value(array: NDArray[Any], field: msgspec.structs.FieldInfo) -> object:
    """An array as the field wants it: a number or text where it is one."""
    kind = _KINDS.get(getattr(field.type, "__name__", ""))
    return kind(array[()]) if kind and array.ndim == 0 else array
