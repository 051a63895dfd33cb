"""What `make demo` interprets: a reading of the opening of A Tale of Two Cities, with slides that are drawn here.

`python -m pipeline.demo` prints the path of the recording. With a FOLDER it makes the film there and prints its path;
where pictures cannot be drawn or read it says which package is missing, and the path is that of the recording.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from pipeline import fonts, models
from pipeline.media import Pixels

RECORDING = "two-cities"
SIZE = (1280, 720)  # of the film, pixels
FPS = 10
PAPER, INK, FAINT = (250, 248, 240), (30, 32, 48), (120, 90, 60)
NEEDED = {"PIL": "pillow", "fontTools": "fonttools", "cv2": "opencv-python-headless", "rapidocr": "rapidocr"}


class Slide(msgspec.Struct, frozen=True):
    """A page and the time from which it is shown."""

    from_s: float
    title: str
    lines: tuple[str, ...]


SLIDES = (
    Slide(0.0, "A Tale of Two Cities", ("Charles Dickens, 1859", "Book the First: Recalled to Life")),
    Slide(
        5.0, "The age of wisdom", ("Belief and incredulity", "The season of Light", "The season of Darkness")
    ),
    Slide(17.0, "The year 1775", ("London and Paris", "The spring of hope", "The winter of despair")),
    Slide(
        25.0, "Going direct to Heaven", ("The noisiest authorities", "The superlative degree of comparison")
    ),
)


def recording() -> Path:
    """The recording. Raises `ModelError` that says what to type where it was not fetched."""
    return models.path(RECORDING) / "two_cities.wav"


def missing() -> list[str]:
    """The packages that are missing for drawing slides and for reading them."""
    return [package for module, package in NEEDED.items() if find_spec(module) is None]


def picture(slide: Slide) -> Pixels:
    """A page; (720, 1280, 3) uint8, RGB."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(page)

    def write(text: str, down: int, size: int, colour: tuple[int, int, int]) -> None:
        [run] = fonts.runs(text, "the demo")
        font: Any = ImageFont.truetype(run.font, size) if run.font else ImageFont.load_default(size)
        pen.text((110, down), text, fill=colour, font=font)

    write(slide.title, 110, 72, INK)
    pen.line((110, 215, 1170, 215), fill=FAINT, width=3)
    for index, line in enumerate(slide.lines):
        write(line, 270 + 90 * index, 48, INK)
    return np.asarray(page)


def film(path: Path) -> Path:
    """Write the recording with its slides as a film."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(recording())) as heard, av.open(str(path), "w") as container:
        video = container.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "tune": "stillimage"}
        )
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        end_s = float((heard.duration or 0) / av.time_base)
        pages = [picture(slide) for slide in SLIDES]
        for index, number in enumerate(_shown(end_s)):
            frame = av.VideoFrame.from_ndarray(pages[number], format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for frame in heard.decode(audio=0):
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def _shown(end_s: float) -> list[int]:
    """The number of the slide in each picture."""
    times = [index / FPS for index in range(round(end_s * FPS))]
    return [max(number for number, slide in enumerate(SLIDES) if slide.from_s <= at) for at in times]


def main(folder: str) -> str:
    """The path of the film, or of the sound where something is missing, which stderr then tells."""
    absent = missing()
    if not absent:
        return str(film(Path(folder) / "two-cities.mp4"))
    sys.stderr.write(
        f"no slides: {', '.join(absent)} not installed (pip install 'dragoman[vision]'); sound alone\n"
    )
    return str(recording())


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1]) if len(sys.argv) > 1 else recording()}\n")
