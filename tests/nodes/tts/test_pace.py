"""A voice that is not asked to be quick itself is stretched, to the sample."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.tts._backlog import Backlog
from nodes.tts._pieces import Pieces
from pipeline.media import Samples, Text
from pipeline.packet import Packet
from pipeline.testing import tone, words


@pytest.mark.parametrize(("paced", "asked"), [(True, 1.5), (False, 1.0)])
def test_the_engine_or_the_stretch_makes_the_pace(paced: bool, asked: float) -> None:
    speeds: list[float] = []

    def say(text: str, lang: str, speed: float) -> Samples:
        speeds.append(speed)
        return np.asarray(tone(1.0 / speed, 200, rate_hz=24_000))

    pieces = Pieces("tts.test", say, 24_000, Backlog(1.5, 1.0, 2.0, 1000, 0), paced=paced)
    [speech] = pieces.each(Packet(Text(words("Good morning.")), 0, 0), "en")
    assert speeds == [asked]
    assert speech.speed == 1.5
    assert speech.duration / 1e9 == pytest.approx(1 / 1.5, abs=0.02)
