"""Real pictures for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.media import Pixels, VideoFrame
from pipeline.packet import Packet
from pipeline.testing import pictures
from tests.media import recordings


def video(name: str, until_s: float, *, kind: str = "b_talking_face") -> list[Packet[VideoFrame]]:
    """The beginning of a recording, by the end of its name. Skips without media."""
    path = file(name, kind)
    with av.open(str(path)) as container:
        fps = float(container.streams.video[0].average_rate)
        frames = [
            frame for frame, _ in zip(container.decode(video=0), range(round(until_s * fps)), strict=False)
        ]
    return pictures([np.ascontiguousarray(frame.to_ndarray(format="rgb24")) for frame in frames], fps)


def picture(name: str) -> Pixels:
    """A picture of the folder of gestures and faces, by the end of its name; (height, width, 3) uint8, RGB."""
    with av.open(str(file(name, "c_gestures_faces"))) as container:
        frame: Any = next(container.decode(video=0))
        return np.ascontiguousarray(frame.to_ndarray(format="rgb24"))


def shown(pixels: Pixels, seconds: float = 1.0, fps: float = 8) -> list[Packet[VideoFrame]]:
    """A picture that stands for a while."""
    return pictures([pixels] * round(seconds * fps), fps)


def file(name: str, kind: str) -> Path:
    """The recording whose name ends so."""
    [found] = [line["path"] for line in recordings(kind) if line["file"].endswith(name)]
    return Path(found)
