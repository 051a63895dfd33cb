"""The length of a recording: as its file says, or counted, where the two may differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import MediaError


def seconds_of(path: Path, *, count: bool = False) -> float:
    """Seconds of sound in a file; `count` decodes it instead of believing its head.

    Raises `MediaError` where it cannot be opened, or has no sound.
    """
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaError(f"{path}: has no sound; give a file with speech")
            said = _said(container)
            return said if said > 0 and not count else _counted(container)
    except (OSError, ValueError) as error:  # av's errors are both
        raise MediaError(f"{path}: cannot be played ({_why(error)}); give a sound or video file") from error


def _said(container: Any) -> float:
    stream = container.streams.audio[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float((container.duration or 0) / 1e6)


def _counted(container: Any) -> float:
    return float(sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)))


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
