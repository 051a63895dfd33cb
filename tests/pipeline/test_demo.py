"""What `make demo` interprets: the reading with its slides, or the reading alone where slides cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline import demo
from pipeline.clock import seconds
from pipeline.media import VideoFrame
from pipeline.packet import Packet
from pipeline.testing import feed
from tests.media import need_model


def test_the_film_is_the_reading_with_its_slides(tmp_path: Path) -> None:
    need_model(demo.RECORDING)
    if demo.missing():
        pytest.skip(f"not installed: {', '.join(demo.missing())}")
    path = demo.main(str(tmp_path / "new"))
    with av.open(path) as container:
        [video], [sound] = container.streams.video, container.streams.audio
        assert (video.width, video.height) == demo.SIZE
        assert float(sound.duration * sound.time_base) == pytest.approx(44.4, abs=0.2)
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video)]
    assert len(shown) == pytest.approx(44.4 * demo.FPS, abs=1)
    for slide in demo.SLIDES:
        seen = shown[round(slide.from_s * demo.FPS) + 2].astype(int)
        apart = {other.title: np.abs(seen - demo.picture(other)).mean() for other in demo.SLIDES}
        assert min(apart, key=lambda title: apart[title]) == slide.title


def test_every_line_of_the_slides_is_read_by_the_eyes() -> None:
    pytest.importorskip("rapidocr", reason="rapidocr is not installed: pip install 'dragoman[vision]'")
    from nodes.ocr.auto import AutoOcr
    from nodes.ocr.changes import ScreenChanges

    slide = demo.SLIDES[0]
    still = [Packet(VideoFrame(demo.picture(slide)), seconds(i / 5), seconds((i + 1) / 5)) for i in range(8)]
    told: list[Any] = feed(AutoOcr(), feed(ScreenChanges(), still).change).text
    assert {packet.payload.text for packet in told} == {slide.title, *slide.lines}


def test_where_slides_cannot_be_had_the_reading_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    need_model(demo.RECORDING)
    monkeypatch.setattr(demo, "find_spec", lambda module: None if module in ("PIL", "rapidocr") else object())
    assert demo.main(str(tmp_path)) == str(demo.recording())
    assert (
        "no slides: pillow, rapidocr not installed (pip install 'dragoman[vision]')"
        in capsys.readouterr().err
    )
