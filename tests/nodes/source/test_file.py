import functools
import http.server
import logging
import socket
import threading
import wave
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.source.file import File
from pipeline.clock import RunClock, ms, sample_time, seconds
from pipeline.errors import MediaError
from pipeline.media import Samples
from pipeline.testing import noise, silence, tone
from tests.media import recordings
from tests.nodes.source._made import (
    heard,
    picture,
    play,
    spans,
    write_film,
    write_sound,
    write_transport,
)


def asap(path: Path | str, **settings: Any) -> File:
    return File(str(path), pace="asap", **settings)


def cut_short(path: Path, part: float = 0.6) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


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


@settings(max_examples=10, deadline=None)
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
    assert [frame.left for frame in came["audio"]] == [frame.end for frame in came["audio"]]
    # A picture comes at its start, but not before the sound that starts before it.
    assert all(shot.start <= shot.left <= shot.start + ms(20) for shot in came["video"])


def test_asap_gives_the_same_packets_without_waiting(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a.mkv", range(0, 1000, 40), tone(1.0))
    live, fast = play(File(str(film))), play(asap(film))
    assert [span[:3] for span in spans(live)] == [span[:3] for span in spans(fast)]
    assert np.array_equal(heard(live), heard(fast))
    assert {packet.left for run in fast.values() for packet in run} == {0}


# Pictures


def test_sound_and_pictures_come_in_the_order_of_time(tmp_path: Path) -> None:
    source = asap(write_film(tmp_path / "a.mkv", range(0, 2000, 40), tone(2.0)))
    order = []

    async def run() -> None:
        async with aclosing(source.produce(RunClock())) as stream:  # type: ignore[type-var]
            order.extend([item.start async for item in stream])

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
    assert all(a.end >= b.start - ms(20) for a, b in zip(shots, shots[1:], strict=False))


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
    encoder.time_base = "1/25"
    frame = av.VideoFrame.from_ndarray(picture(9), format="rgb24")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


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
    source = asap(write_film(tmp_path / "a.mkv", range(0, 60_000, 40), tone(1.0), sound_ms=[(0, 50_000)]))
    sound = heard(play(source))
    assert np.array_equal(sound, np.concatenate([silence(50.0), tone(1.0)]))
    assert source.repairs == {}


def test_sound_that_ends_long_before_the_pictures_does_not_hold_them_up(tmp_path: Path) -> None:
    came = play(asap(write_film(tmp_path / "a.mkv", range(0, 60_000, 40), tone(1.0))))
    assert (len(came["video"]), len(heard(came))) == (1500, 16_000)


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


# What cannot be played


def empty_wav(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
    return path


def text_file(path: Path) -> Path:
    path.write_text("hello there\n" * 100)
    return path


def nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def subtitles(path: Path) -> Path:
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n\n")
    return path


def index_cut_off(path: Path) -> Path:
    return cut_short(write_sound(path, noise(5.0), 16_000, "aac"))


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda path: path, "talk.mp4", "there is no such file; check the path"),
        (nothing, "talk.wav", r"the file is empty \(0 bytes\)"),
        (lambda path: path.parent, "", "is a folder; give a file in it"),
        (text_file, "notes.txt", "is text and not media; give a sound or video file"),
        (text_file, "notes.wav", "is not sound or video that FFmpeg can read"),
        (index_cut_off, "talk.m4a", "cut short before its index was written"),
        (empty_wav, "talk.wav", "has no sound or picture that can be decoded"),
        (subtitles, "talk.srt", r"has neither sound nor video \(it has: 1 subtitle"),
    ],
)
def test_what_is_not_media_is_refused_when_it_is_opened(
    tmp_path: Path, make: Any, name: str, words: str
) -> None:
    path = make(tmp_path / name if name else tmp_path / "x")
    with pytest.raises(MediaError, match=words) as caught:
        asap(path).open()
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_stream_that_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    film = asap(write_film(tmp_path / "a.mkv", [0, 40]))
    film.wanted = frozenset({"audio"})
    with pytest.raises(
        MediaError, match=r"has no audio stream \(it has: 1 video \(ffv1\)\); give a file with sound"
    ):
        film.open()
    song = asap(write_sound(tmp_path / "a.wav", tone(0.1), 16_000))
    song.wanted = frozenset({"audio", "video"})
    with pytest.raises(
        MediaError, match=r"has no video stream \(it has: 1 audio \(pcm_s16le\)\).*'video' unconnected"
    ):
        song.open()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no path is set"),
        ("gopherus://host/talk", "FFmpeg has no protocol 'gopherus'"),
        ("http://127.0.0.1:9/talk.mp3", "cannot be opened .*; check the address"),
        ("rtsp://127.0.0.1:9/talk", "cannot be opened .*; check the address"),
    ],
)
def test_what_cannot_be_reached_is_refused(url: str, words: str) -> None:
    with pytest.raises(MediaError, match=words):
        File(url, timeout_s=1).open()


def test_a_server_that_keeps_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(MediaError, match="cannot be opened"):
            File(f"http://127.0.0.1:{server.getsockname()[1]}/talk.wav", timeout_s=0.1).open()


# From a server


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; of a file named `half`, only half until it is told to go on."""

    go_on = threading.Event()

    def log_message(self, *args: Any) -> None:
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:
        data = source.read()
        try:
            if "half" in self.path:
                outputfile.write(data[: len(data) // 2])
                outputfile.flush()
                self.go_on.wait()
            else:
                outputfile.write(data)
        except OSError:
            pass  # the listener has gone


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Silent, directory=str(folder))
    )
    Silent.go_on.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        Silent.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_url_plays_as_the_file_does(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", noise(2.0), 16_000, "flac")
    with served(tmp_path) as host:
        assert np.array_equal(heard(play(asap(f"{host}/a.flac"))), heard(play(asap(path))))


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_run_can_be_stopped_while_a_server_keeps_silent(tmp_path: Path, anyio_backend: str) -> None:
    write_sound(tmp_path / "half.wav", noise(120.0), 16_000)
    with served(tmp_path) as host:
        source = asap(f"{host}/half.wav")
        await anyio.to_thread.run_sync(source.open)
        got: list[Samples] = []
        with anyio.CancelScope() as scope:
            async with aclosing(source.produce(RunClock())) as stream:  # type: ignore[type-var]
                async with anyio.create_task_group() as group:
                    group.start_soon(_stop_when_stalled, got, scope)
                    async for item in stream:
                        got.append(item.payload.samples)
        assert scope.cancelled_caught
        source.close()
        assert 50 < sum(map(len, got)) / 16_000 <= 60


async def _stop_when_stalled(got: list[Samples], scope: anyio.CancelScope) -> None:
    while sum(map(len, got)) < 16_000 * 50:
        await anyio.sleep(0.01)
    scope.cancel()


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
