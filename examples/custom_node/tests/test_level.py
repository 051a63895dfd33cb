"""Tests of the node by the fixtures that Dragoman brings: `feed`, `check_node`, `media`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dragoman_level.level import Level

from pipeline.errors import SettingsError
from pipeline.media import Samples
from pipeline.resolve import node_class
from pipeline.settings import build

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def dbfs(samples: Samples) -> float:
    """RMS level of sound."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


def heard(outcome: Any) -> Samples:
    """All the sound that came out."""
    return np.concatenate([packet.payload.samples for packet in outcome.sound])


@pytest.mark.parametrize("level_dbfs", [-45, -12])
def test_quiet_and_loud_speech_come_to_one_level(feed: Any, media: Any, level_dbfs: float) -> None:
    speech = media.tone(3.0, level_dbfs=level_dbfs)
    levelled = heard(feed(Level(target_dbfs=-20), media.audio(speech)))
    assert len(levelled) == len(speech)
    assert dbfs(levelled[-16_000:]) == pytest.approx(-20, abs=0.5)


def test_a_pause_keeps_the_gain_of_the_speech_before_it(feed: Any, media: Any) -> None:
    hiss = media.noise(3.0, level_dbfs=-70)
    sound = heard(feed(Level(), media.audio(np.concatenate([media.tone(2.0, level_dbfs=-30), hiss]))))
    assert dbfs(sound[-16_000:]) == pytest.approx(-60, abs=0.5)  # raised by 10 dB as the speech, not by 30


def test_it_keeps_the_promises_of_a_node(check_node: Any) -> None:
    check_node(Level, thorough=True)


def test_a_floor_above_the_target_is_refused() -> None:
    with pytest.raises(SettingsError, match="floor_dbfs -10 is not below target_dbfs -20; lower the floor"):
        build(Level, {"floor_dbfs": -10})


def test_its_entry_point_names_it() -> None:
    groups = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["entry-points"]
    assert node_class(groups["dragoman.nodes"]["audio.level"]) is Level
