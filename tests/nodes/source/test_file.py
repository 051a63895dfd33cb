import struct
from contextlib import aclosing
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import anyio
import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.source.file import File
from pipeline.clock import RunClock, ms, sample_time, seconds
from pipeline.testing import noise, silence, tone
from tests.media import recordings
from tests.nodes.source._made import (
    asap,
    heard,
    picture,
    play,
    spans,
    write_film,
    write_sound,
)

# Sound


@pytest.mark.parametrize(
    ("rate_hz", "channels", "codec", "file"),
    [
        (8_000, 1, "pcm_s16le", "a.wav"),
        (11_025, 2, "pcm_u8", "a.wav"),
        (44_100, 2, "flac", "a.flac"),
        (48_000, 6, "pcm_f32le", "a.wav"),
        (96_000, 2, "pcm_s24le", "a.mka"),
        (96_000, 1, "pcm_f64le", "a.wav"),
    ],
)
def test_any_rate_and_layout_gives_the_same_mono_sound(
    tmp_path: Path, rate_hz: int, channels: int, codec: str, file: str
) -> None:
    signal = np.stack([tone(2.0, rate_hz=rate_hz)] * channels)
    played = heard(play(asap(write_sound(tmp_path / file, signal, rate_hz, codec))))
    assert len(played) == 32_000
    assert np.abs(played - tone(2.0))[200:-200].max() < (0.01 if codec == "pcm_u8" else 1e-3)


def test_speech_in_the_centre_is_heard_among_six_channels_and_nothing_clips(tmp_path: Path) -> None:
    signal = np.stack([np.ones(4800, np.float32) * (channel == 2) for channel in range(6)])
    centre = heard(play(asap(write_sound(tmp_path / "a.wav", signal, 48_000, "pcm_f32le"))))
    left = heard(play(asap(write_sound(tmp_path / "b.wav", np.roll(signal, -2, 0), 48_000, "pcm_f32le"))))
    low = heard(play(asap(write_sound(tmp_path / "c.wav", np.roll(signal, 1, 0), 48_000, "pcm_f32le"))))
    assert centre[800] == pytest.approx(0.293, abs=0.01)
    assert left[800] == pytest.approx(0.707 * centre[800], abs=0.01)
    assert np.abs(low).max() == 0


def test_samples_stand_on_the_grid_of_the_clock(tmp_path: Path) -> None:
    frames = play(asap(write_sound(tmp_path / "a.wav", noise(0.5, rate_hz=44_100), 44_100), frame_ms=17))[
        "audio"
    ]
    index = 0
    for frame in frames:
        assert frame.start == sample_time(index, 16_000)
        index += len(frame.payload.samples)
    assert index == 8_000


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound(
        tmp_path_factory.mktemp("song") / "song.flac", noise(1.5, rate_hz=22_050), 22_050, "flac"
    )


@settings(max_examples=10)
@given(st.floats(1, 2000), st.sampled_from([8_000, 16_000, 22_050, 48_000]))
def test_the_sound_does_not_depend_on_the_length_of_frames(song: Path, frame_ms: float, rate_hz: int) -> None:
    played = heard(play(asap(song, frame_ms=frame_ms, rate_hz=rate_hz)))
    assert len(played) == 1.5 * rate_hz
    assert np.array_equal(played, heard(play(asap(song, rate_hz=rate_hz))))


def test_a_long_recording_does_not_drift(tmp_path: Path) -> None:
    click = np.zeros(44_100 * 60, np.float32)
    click[44_100 * 59] = 1.0
    played = heard(play(asap(write_sound(tmp_path / "a.wav", click, 44_100))))
    assert len(played) == 16_000 * 60
    assert np.abs(played).argmax() == 16_000 * 59


# Pace


def test_at_realtime_every_packet_comes_when_it_is_due(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 1000, 40), tone(1.0))
    came = play(File(str(film)))
    assert File().live
    assert all(abs(frame.left - frame.end) <= 1 for frame in came["audio"])
    # A picture comes at its start, but not before the sound that starts before it.
    assert all(-1 <= shot.left - shot.start <= ms(20) for shot in came["video"])


def test_asap_gives_the_same_packets_without_waiting(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 1000, 40), tone(1.0))
    live, fast = play(File(str(film))), play(asap(film))
    assert [span[:3] for span in spans(live)] == [span[:3] for span in spans(fast)]
    assert np.array_equal(heard(live), heard(fast))
    assert {packet.left for run in fast.values() for packet in run} == {0}


# Pictures


def test_sound_and_pictures_come_in_the_order_of_time(tmp_path: Path) -> None:
    source = asap(write_film(tmp_path / "a.mkv", range(0, 2000, 40), tone(2.0)))
    order: list[int] = []

    async def run() -> None:
        async with aclosing(source.produce(RunClock())) as stream:
            order.extend([item.start or 0 async for item in stream])

    source.open()
    anyio.run(run)
    source.close()
    assert order == sorted(order)
    assert len(order) == 150


def test_pictures_are_what_was_filmed_and_when_even_at_an_uneven_rate(tmp_path: Path) -> None:
    shots = play(asap(write_film(tmp_path / "a.mkv", [0, 40, 500, 510, 3000])))["video"]
    assert [shot.start for shot in shots] == [ms(at) for at in (0, 40, 500, 510, 3000)]
    assert [int(shot.payload.pixels[0, 0, 0]) for shot in shots] == [0, 10, 20, 30, 40]
    assert shots[0].payload.pixels.shape == (24, 32, 3)


def test_max_fps_and_max_height_make_pictures_cheaper(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 2000, 40), width=64, height=48)
    shots = play(asap(film, max_fps=10, max_height=12))["video"]
    assert len(shots) == 20
    assert shots[0].payload.pixels.shape == (12, 16, 3)
    assert all(a.end >= b.start - ms(20) for a, b in pairwise(shots))


def test_a_film_taken_with_a_phone_held_upright_is_upright(tmp_path: Path) -> None:
    path = tmp_path / "phone.mp4"
    pixels = picture(0, 64, 48)
    pixels[:24, :32] = 255  # top left
    with av.open(str(path), "w") as container:
        film = container.add_stream("mpeg4", rate=25)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        packets = [*film.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")), *film.encode(None)]
        for packet in packets:
            container.mux(packet)
    one = 1 << 16
    plain = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)  # a quarter turn clockwise
    data = path.read_bytes()
    at = data.rindex(plain)  # the matrix of the track; the film's own comes first
    path.write_bytes(data[:at] + turned + data[at + len(plain) :])
    [shot] = play(asap(path, max_height=32))["video"]
    seen = shot.payload.pixels
    assert seen.shape == (32, 24, 3)
    assert seen[:14, 14:].mean() > 200
    assert seen[:14, :10].mean() < 50


def test_only_what_somebody_listens_to_is_decoded(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 1000, 40), tone(1.0))
    assert len(play(asap(film), listen={"audio"})["video"]) == 0
    assert len(play(asap(film), listen={"video"})["audio"]) == 0
    assert play(asap(film), listen=set()) == {"audio": [], "video": []}


def test_the_zero_of_a_file_does_not_depend_on_who_listens(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 2000, 40), tone(1.0), sound_ms=[(0, 700)])
    alone, both = play(asap(film), listen={"audio"}), play(asap(film))
    assert np.array_equal(heard(alone), heard(both))
    assert np.array_equal(heard(both), np.concatenate([silence(0.7), tone(1.0)]))


def test_the_cover_of_a_record_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mka"
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=16_000, layout="mono")
        cover = container.add_attachment("cover.png", "image/png", _png())
        assert cover is not None
        frame = av.AudioFrame.from_ndarray(tone(1.0)[None], format="fltp", layout="mono")
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    source = asap(path)
    assert len(heard(play(source))) == 16_000
    assert (source.has_audio, source.has_video) == (True, False)


def _png() -> bytes:
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 32, 24, "rgb24"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(picture(9), format="rgb24")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


# Real recordings


def test_real_speech_lasts_as_long_as_its_manifest_says() -> None:
    for line in recordings("a_speech")[::40]:
        assert len(heard(play(asap(line["path"])))) / 16_000 == pytest.approx(line["seconds"], abs=0.05)


def test_real_films_have_faces_and_voices_of_one_length() -> None:
    film = next(line for line in recordings("b_talking_face") if line["file"].endswith(".mpg"))
    source = asap(film["path"], max_height=120)
    came = play(source)
    assert source.has_audio
    assert source.has_video
    assert source.duration_s == pytest.approx(film["seconds"], abs=0.1)
    assert len(heard(came)) / 16_000 == pytest.approx(film["seconds"], abs=0.05)
    assert came["video"][-1].end == pytest.approx(seconds(film["seconds"]), abs=ms(50))
    assert came["video"][0].payload.pixels.std() > 20
