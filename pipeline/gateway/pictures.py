"""JPEG pictures of clients, decoded within bounds."""

from __future__ import annotations

import av
import numpy as np

from pipeline.gateway.calls import Refused
from pipeline.media import Pixels

LARGEST_BYTES = 500_000  # of a file
LARGEST_PIXELS = 1920 * 1088  # 1080p, in whole blocks of 16
JPEG = b"\xff\xd8\xff"  # how a JPEG file begins


def pixels(data: bytes) -> Pixels:
    """(height, width, 3) uint8 RGB. Raises `Refused` for what is no JPEG, too large, or broken.

    The decoder looks at the size in the header and refuses before it makes room for the picture.
    """
    if len(data) > LARGEST_BYTES:
        raise Refused(f"a picture has at most {LARGEST_BYTES} bytes", "image")
    if not data.startswith(JPEG):
        raise Refused("a picture is a JPEG file", "image")
    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.options = {"max_pixels": str(LARGEST_PIXELS), "err_detect": "explode"}
    decoder.thread_count = 1
    try:
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except (av.FFmpegError, ValueError) as error:
        raise Refused("this JPEG cannot be decoded, or has more pixels than 1080p", "image") from error
    if len(frames) != 1:
        raise Refused("a picture is one JPEG file", "image")
    return np.ascontiguousarray(frames[0].to_ndarray(format="rgb24"))
