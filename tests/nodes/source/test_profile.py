"""A voice kept by one node and given back by the other: the same, and only with consent."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from nodes.sink.profile import ProfileFile
from nodes.source.profile import ProfileSource
from pipeline import check_node
from pipeline.conformance import DECLARED, PROMISES
from pipeline.errors import MediaError, OutputError, SettingsError
from pipeline.graph import Graph
from pipeline.media import VoiceProfile
from pipeline.packet import Packet
from pipeline.testing import feed


def voice(pitch_hz: float) -> Packet[VoiceProfile]:
    unit = np.eye(1, 256, dtype=np.float32)[0]
    spectrum = np.linspace(0, -8, 601, dtype=np.float32)
    samples = np.linspace(-0.5, 0.5, 16_000, dtype=np.float32)
    return Packet(
        VoiceProfile(1, samples, 16_000, unit, pitch_hz, 0.2, spectrum, 8000.0, 30.0, "es", 6.5), 0, 1
    )


def given_back(path: Path) -> list[VoiceProfile]:
    graph = Graph.of({"who": ProfileSource(str(path), consent=True)}, {})
    return [packet.payload for _, packet in graph.stream("who.profile")]


def test_the_last_voice_is_kept_and_given_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "speaker.npz"
    feed(ProfileFile(str(path)), [voice(100.0), voice(120.0)])
    [profile] = given_back(path)
    before, after = (msgspec.structs.asdict(one) for one in (voice(120.0).payload, profile))
    assert all(np.array_equal(before[key], after[key]) for key in before)
    assert path.stat().st_mode & 0o077 == 0


def test_nobody_is_imitated_without_consent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^source.profile: .* set consent: true if they agreed"):
        ProfileSource(str(tmp_path / "speaker.npz")).open()


def test_what_is_no_voice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.npz").write_bytes(b"RIFF")
    for name in ("other.npz", "none.npz"):
        with pytest.raises(MediaError, match=f"{name}: is no profile of a voice"):
            ProfileSource(str(tmp_path / name), consent=True).open()
    with pytest.raises(OutputError, match="the profile cannot be written"):
        feed(ProfileFile(str(tmp_path / "no" / "speaker.npz")), [voice(100.0)])


def test_they_keep_their_promises(tmp_path: Path) -> None:
    check_node(lambda: ProfileFile(str(tmp_path / "speaker.npz")), [voice(100.0)])
    check_node(ProfileSource, without=[promise for promise in PROMISES if promise not in DECLARED])
