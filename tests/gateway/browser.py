"""A real browser with a fake microphone and camera that play real media; skipped with the reason where there is none."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest

from pipeline.gateway.recipes import HEARD_HZ

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
)


@contextmanager
def driver() -> Iterator[Playwright]:
    """What drives browsers; a process can have one at a time."""
    playwright: Any = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright: pip install 'dragoman[browser]'"
    )
    with playwright.sync_playwright() as found:
        yield found


@contextmanager
def browser(driver: Playwright, *flags: str) -> Iterator[Browser]:
    """Chromium without a window. `flags` say what its devices play, such as `fake_microphone(...)`."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no browser: apt-get install chromium")
    found = driver.chromium.launch(executable_path=program, args=[*QUIET, *flags])
    try:
        yield found
    finally:
        found.close()


def fake_microphone(folder: Path, pcm: bytes) -> list[str]:
    """Flags by which the microphone plays this once; 16-bit PCM at HEARD_HZ."""
    file = folder / "microphone.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(HEARD_HZ)
        sound.writeframes(pcm)
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={file}%noloop"]


def fake_camera(folder: Path, film: Path, fps: int = 10) -> list[str]:
    """Flags by which the camera plays a film, over and over."""
    coder = av.CodecContext.create("mjpeg", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = 640, 360, "yuvj420p", Fraction(1, fps)
    with av.open(str(film)) as source:
        every = round(float(source.streams.video[0].average_rate or fps) / fps)
        frames = [frame.to_ndarray(width=640, height=360, format="rgb24") for frame in source.decode(video=0)]
    packets = [
        packet
        for frame in frames[::every]
        for packet in coder.encode(
            av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(format="yuvj420p")
        )
    ]
    file = folder / "camera.mjpeg"
    file.write_bytes(b"".join(bytes(packet) for packet in [*packets, *coder.encode(None)]))
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={file}"]
