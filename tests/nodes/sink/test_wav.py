"""Sound and speech stand in the file where they belong, and the file is whole at any moment."""

from __future__ import annotations

import wave
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.sink.wav import WavFile, header
from pipeline.clock import Ns, seconds
from pipeline.errors import MediaError, OutputError
from pipeline.media import AudioFrame, Samples, Speech
from pipeline.packet import Packet
from pipeline.testing import audio, feed, silence, tone


def read(path: Path) -> tuple[int, Samples]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        raw = file.readframes(file.getnframes())
        return file.getframerate(), np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32767)


def piece(samples: Samples, plays_at: Ns, left: Ns = 0, start: Ns = 0) -> Packet[Speech]:
    return Packet(Speech(samples, 16_000, "x", "pt", plays_at), start, max(start, plays_at), left=left)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "out.wav"


def test_sound_is_written_as_it_was_heard(path: Path) -> None:
    signal = tone(1.5)
    feed(WavFile(str(path)), audio(signal))
    rate_hz, written = read(path)
    assert rate_hz == 16_000
    np.testing.assert_allclose(written, signal, atol=2 / 32768)


@given(st.lists(st.integers(1, 15_999), max_size=8))
def test_any_cutting_of_the_sound_gives_the_same_file(cuts: list[int]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.wav"
        feed(WavFile(str(path)), audio(tone(1.0), cuts=cuts))
        np.testing.assert_allclose(read(path)[1], tone(1.0), atol=2 / 32768)


def test_a_gap_in_the_sound_is_silence(path: Path) -> None:
    packets = [*audio(tone(0.5)), *audio(tone(0.5), start=seconds(2))]
    feed(WavFile(str(path)), packets)
    expected = np.concatenate([tone(0.5), silence(1.5), tone(0.5)])
    np.testing.assert_allclose(read(path)[1], expected, atol=2 / 32768)


def test_speech_stands_where_it_plays_with_silence_between(path: Path) -> None:
    voice = tone(0.5, 880)
    feed(WavFile(str(path)), [piece(voice, seconds(1)), piece(voice, seconds(3))])
    expected = np.concatenate([silence(1), voice, silence(1.5), voice])
    np.testing.assert_allclose(read(path)[1], expected, atol=2 / 32768)


def test_in_a_live_run_speech_stands_no_earlier_than_it_came(path: Path) -> None:
    feed(WavFile(str(path)), [piece(tone(0.5), seconds(1), left=seconds(2))])
    assert len(read(path)[1]) == 2.5 * 16_000


def test_speech_waits_for_the_speech_before_it_and_loses_nothing(path: Path) -> None:
    voice = tone(1.0, 880)
    feed(WavFile(str(path)), [piece(voice, seconds(1)), piece(voice, seconds(1.2))])
    np.testing.assert_allclose(read(path)[1], np.concatenate([silence(1), voice, voice]), atol=2 / 32768)


def test_what_is_too_loud_is_limited(path: Path) -> None:
    feed(WavFile(str(path)), audio(np.array([2.0, -2.0, 1.0, -1.0], np.float32)))
    assert [round(float(value), 3) for value in read(path)[1]] == [1.0, -1.0, 1.0, -1.0]


def test_the_file_is_whole_when_the_run_is_stopped_and_while_it_grows(path: Path) -> None:
    node = WavFile(str(path))
    node.open()
    assert len(read(path)[1]) == 0
    for packet in audio(tone(2.5)):
        node.process(packet)
    assert len(read(path)[1]) >= 2 * 16_000
    node.close()
    assert len(read(path)[1]) == 2.5 * 16_000


def test_an_old_file_is_written_over(path: Path) -> None:
    feed(WavFile(str(path)), audio(tone(2.0)))
    feed(WavFile(str(path)), audio(tone(1.0)))
    assert len(read(path)[1]) == 16_000


def test_another_sample_rate_is_refused_with_the_node_that_converts(path: Path) -> None:
    packets: list[Packet[Any]] = [
        *audio(tone(0.1)),
        Packet(AudioFrame(silence(0.1), 8000), seconds(1), seconds(2)),
    ]
    with pytest.raises(
        MediaError, match=r"got sound at 8000 Hz.* has 16000 Hz; put audio\.resample before it"
    ):
        feed(WavFile(str(path)), packets)
    with pytest.raises(MediaError, match="got sound at 16000 Hz"):
        feed(WavFile(str(path), rate_hz=48_000), audio(tone(0.1)))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"cannot write .*: Is a directory; give the name of a file, not of a folder"
    ):
        WavFile(str(tmp_path)).open()


def test_a_path_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"sink\.wav: cannot write .*file/out\.wav'.*; give another path"):
        WavFile(str(tmp_path / "file" / "out.wav")).open()


def test_on_a_full_disk_what_was_written_stays_a_valid_file(path: Path, small_disk: None) -> None:
    with pytest.raises(OutputError, match="make room there, or give a path on another disk"):
        feed(WavFile(str(path)), audio(tone(10.0)))
    written = read(path)[1]
    assert 16_000 <= len(written) < 40_000
    np.testing.assert_allclose(written, tone(10.0)[: len(written)], atol=2 / 32768)


def test_sizes_beyond_four_gigabytes_are_left_open() -> None:
    assert header(16_000, 2**33)[40:44] == b"\xff\xff\xff\xff"
