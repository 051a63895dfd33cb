"""Pictures as JPEG files, for services that look at them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipeline.clock import Ns, ms
from pipeline.media import Pixels

LARGEST = (1280, 720)  # pixels; larger ones are made smaller
APART = ms(500)  # services take two pictures a second


class Snapshots:
    """A picture every half second."""

    def __init__(self) -> None:
        self._next: Ns = 0

    def take(self, pixels: Pixels, at: Ns) -> bytes | None:
        """The file of this picture, if it is time for one. (height, width, 3) uint8 RGB."""
        if at < self._next:
            return None
        self._next = at + APART
        return jpeg(pixels)


def jpeg(pixels: Pixels) -> bytes:
    """(height, width, 3) uint8 RGB as a JPEG file, no larger than `LARGEST`."""
    import av

    height, width = pixels.shape[:2]
    scale = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width = max(2, round(width * scale / 2) * 2)
    encoder.height = max(2, round(height * scale / 2) * 2)
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
    small = frame.reformat(encoder.width, encoder.height, "yuvj420p")
    packets = [*encoder.encode(small), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
