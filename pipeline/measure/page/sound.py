"""Sound for the page: the envelope of a recording, and the recording itself, small enough to travel inside the page.

Opus in Ogg at 24 kbit/s keeps speech easy to follow; five minutes of it are a megabyte inside a page. What has no
room is linked.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
BIT_RATE = 24_000
BYTES_PER_S = BIT_RATE / 8 * 1.08 * 4 / 3  # with Ogg's pages, as base64
PEAKS = 72_000  # of an envelope at most
PEAKS_PER_S = 50.0  # of an envelope where there is room


class Envelope(msgspec.Struct, frozen=True):
    """Peaks of a sound at a steady rate, as square roots (quiet speech is seen too), 0 to 255 of the loudest."""

    peaks: bytes
    per_s: float

    def to_dict(self) -> dict[str, Any]:
        """As plain data, the peaks in base64."""
        return {"peaks": base64.b64encode(self.peaks).decode(), "per_s": self.per_s}


class Track(msgspec.Struct, frozen=True):
    """A sound as the page has it: inside (`data:`) or beside it; without `url` there is none, and `note` says why."""

    url: str = ""
    note: str = ""


def envelope(path: Path, seconds: float) -> Envelope | None:
    """The envelope of a file of about this length; None where it cannot be played."""
    per_s = min(PEAKS_PER_S, PEAKS / max(seconds, 1.0))
    hop = round(RATE_HZ / per_s)
    peaks: list[NDArray[np.float32]] = []
    rest = np.zeros(0, np.float32)
    try:
        for samples in _decoded(path):
            rest = np.concatenate([rest, np.abs(samples)])
            whole = len(rest) // hop * hop
            peaks.append(rest[:whole].reshape(-1, hop).max(axis=1))
            rest = rest[whole:]
    except (OSError, ValueError):
        return None
    found = np.concatenate([*peaks, [rest.max()] if len(rest) else []])
    top = max(float(found.max(initial=0.0)), 1e-4)
    return Envelope((np.sqrt(found / top) * 255).astype(np.uint8).tobytes(), RATE_HZ / hop)


def track(path: Path, page: Path, seconds: float, room: float) -> Track:
    """A sound for a page: inside it where `room` (bytes) is left, else a link to the file."""
    if not path.is_file():
        return Track(note=f"{path.name} is not there any more")
    if seconds * BYTES_PER_S > room:
        return Track(_beside(path, page), f"too long to travel inside this page: played from {path.name}")
    try:
        return Track("data:audio/ogg;base64," + base64.b64encode(opus(path)).decode())
    except (OSError, ValueError):
        return Track(note=f"{path.name} cannot be played")


def opus(path: Path) -> bytes:
    """The sound of a file as Opus in Ogg, mono. Raises `OSError` or `ValueError` where it cannot be played."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=RATE_HZ, layout="mono")
        stream.bit_rate = BIT_RATE
        stream.options = {"application": "voip", "compression_level": "1"}
        at = 0
        for samples in _decoded(path):
            frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, at
            at += len(samples)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _beside(path: Path, page: Path) -> str:
    """A link that works as long as page and file keep their places."""
    from urllib.parse import quote

    try:
        return quote(os.path.relpath(path, page.parent))
    except ValueError:  # another drive
        return path.as_uri()


def _decoded(path: Path) -> Iterator[NDArray[np.float32]]:
    """The sound of a file in pieces, (n,) float32 mono, full scale 1.0. Raises `OSError` or `ValueError`."""
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise ValueError(f"{path}: has no sound")
            resampler = av.AudioResampler("flt", "mono", RATE_HZ, frame_size=RATE_HZ // 2)
            for frame in container.decode(audio=0):
                for out in resampler.resample(frame):
                    yield out.to_ndarray()[0]
            for out in resampler.resample(None):
                yield out.to_ndarray()[0]
    except av.error.FFmpegError as error:  # some kinds of it are neither
        raise ValueError(f"{path}: {error}") from error
