import logging
from pathlib import Path

import numpy as np
import pytest

from nodes.source.file import File
from pipeline import check_node
from pipeline.clock import ms, seconds
from pipeline.testing import noise, silence, tone
from tests.nodes.source._made import (
    asap,
    cut_short,
    heard,
    play,
    write_film,
    write_sound,
    write_transport,
)

# Broken timestamps


def test_a_gap_becomes_silence_and_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 7000, 40), tone(2.0), sound_ms=[(1000, 5000)])
    source = asap(film)
    sound = heard(play(source))
    assert len(sound) == 7 * 16_000
    assert source.repairs == {"gaps filled with silence": 1}
    [line] = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert line == f"{film}: is damaged in places, and was repaired: 1 gaps filled with silence"


def test_jumps_are_closed_up_and_lips_stay_with_the_voice(tmp_path: Path) -> None:
    times = [*range(0, 1000, 40), *range(3_601_000, 3_602_000, 40)]
    source = asap(write_film(tmp_path / "a.mkv", times, tone(2.0), sound_ms=[(960, 3_600_000)]))
    came = play(source)
    assert len(heard(came)) == 32_000
    assert came["video"][25].start == pytest.approx(seconds(1), abs=ms(64))
    assert source.repairs == {"forward jumps closed up": 1}


def test_recordings_put_end_to_end_play_through(tmp_path: Path) -> None:
    parts = [write_transport(tmp_path / f"{at}.ts", tone(2.0, rate_hz=32_000), at) for at in (9_000_000, 0)]
    whole = tmp_path / "whole.ts"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    alone = heard(play(asap(parts[0])))
    assert len(heard(play(asap(whole)))) == pytest.approx(2 * len(alone), abs=32)


def test_the_same_picture_twice_is_dropped_and_another_at_its_time_is_not(tmp_path: Path) -> None:
    source = asap(write_film(tmp_path / "a.mkv", [0, 40, 40, 40, 80], shades=[0, 50, 50, 90, 120]))
    shots = play(source)["video"]
    assert [int(shot.payload.pixels[0, 0, 0]) for shot in shots] == [0, 50, 90, 120]
    assert [shot.start for shot in shots] == [0, ms(40), ms(41), ms(80)]
    assert source.repairs == {"pictures given twice": 1, "pictures out of order": 1}


def test_sound_that_starts_long_after_the_pictures_stays_in_step(tmp_path: Path) -> None:
    source = asap(write_film(tmp_path / "a.mkv", range(0, 60_000, 80), tone(1.0), sound_ms=[(0, 50_000)]))
    sound = heard(play(source))
    assert np.array_equal(sound, np.concatenate([silence(50.0), tone(1.0)]))
    assert source.repairs == {}


def test_sound_that_ends_long_before_the_pictures_does_not_hold_them_up(tmp_path: Path) -> None:
    came = play(asap(write_film(tmp_path / "a.mkv", range(0, 60_000, 80), tone(1.0))))
    assert (len(came["video"]), len(heard(came))) == (750, 16_000)


def test_it_keeps_what_every_node_promises(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 500, 40), tone(0.5))
    check_node(File, settings={"path": str(film), "pace": "asap"})


# Damage


@pytest.mark.parametrize(
    ("file", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.flac", "flac"),
        ("a.mp3", "libmp3lame"),
        ("a.mka", "pcm_s16le"),
        ("a.aiff", "pcm_s16be"),
    ],
)
def test_what_is_left_of_a_truncated_file_is_played(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, file: str, codec: str
) -> None:
    signal = noise(10.0)
    played = heard(play(asap(cut_short(write_sound(tmp_path / file, signal, 16_000, codec)))))
    assert 5.7 * 16_000 < len(played) <= 6.1 * 16_000
    if codec != "libmp3lame":
        assert np.abs(played - signal[: len(played)]).max() < 1e-3
    assert "cut short" in caplog.text
    assert "all before that was played" in caplog.text


def test_damage_in_the_middle_costs_only_what_is_damaged(tmp_path: Path) -> None:
    signal = noise(10.0)
    path = write_sound(tmp_path / "a.flac", signal, 16_000, "flac")
    data = bytearray(path.read_bytes())
    data[100_000:104_000] = np.random.default_rng(0).bytes(4000)
    path.write_bytes(data)
    source = asap(path)
    played = heard(play(source))
    same = np.abs(played[: len(signal)] - signal[: len(played)]) < 1e-3
    assert same.mean() > 0.9
    assert same[-16_000:].all()
    assert source.repairs
