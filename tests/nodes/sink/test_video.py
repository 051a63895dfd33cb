"""The dubbed video plays: pictures at their times, speech over the lowered original, captions to switch on."""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.sink._mix import Mix, Track, lowering
from nodes.sink.video import DubbedVideo
from nodes.tts.espeak import EspeakVoice
from pipeline.clock import Ns, seconds
from pipeline.errors import MediaError, OutputError
from pipeline.media import AudioFrame, Samples, Speech, Text, VideoFrame
from pipeline.packet import Packet
from pipeline.testing import audio, feed, noise, pictures, text, tone, words
from tests.media import recordings

av = pytest.importorskip("av")

LOW, HIGH = 300, 1500  # hertz: the original and the speech


def film(duration_s: float, fps: float = 10) -> list[Packet[VideoFrame]]:
    """Pictures that get brighter, so that each one's number can be read."""
    count = round(duration_s * fps)
    return pictures([np.full((48, 64, 3), 20 + 200 * i // count, np.uint8) for i in range(count)], fps)


def speech(at: Ns, duration_s: float = 1.0, left: Ns = 0, rate_hz: int = 24_000) -> Packet[Speech]:
    samples = tone(duration_s, HIGH, rate_hz=rate_hz)
    return Packet(
        Speech(samples, rate_hz, "x", "pt", at), min(at, seconds(1)), max(at, seconds(1)), left=left
    )


def sound_of(path: Path) -> Samples:
    """The decoded sound, (n,) float32 at 48 kHz, from time 0 on."""
    with av.open(str(path)) as container:
        parts = []
        for frame in container.decode(audio=0):
            samples = frame.to_ndarray()[0]
            at = round(frame.pts * frame.time_base * 48_000)
            parts.append(samples[max(0, -at) :] if at < 0 else samples)
        return np.concatenate(parts)


def level(samples: Samples, hz: float, start_s: float, end_s: float) -> float:
    """Level of one frequency between two times, dBFS."""
    part = samples[round(start_s * 48_000) : round(end_s * 48_000)]
    wave = np.exp(-2j * np.pi * hz * np.arange(len(part)) / 48_000)
    return float(20 * np.log10(np.abs(np.mean(part * wave)) * np.sqrt(2) + 1e-9))


def captions_of(path: Path) -> list[tuple[float, str]]:
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        packets = [(p.pts * p.time_base, bytes(p)) for p in container.demux(stream) if p.size > 2]
    return [(float(at), raw.decode(errors="replace").lstrip("\0").strip()) for at, raw in packets]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "dubbed.mp4"


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_dubbed_video_has_pictures_sound_and_captions(path: Path, suffix: str) -> None:
    path = path.with_suffix(suffix)
    said = Text(words("Bom dia a todos.", start_s=2), lang="pt")
    feed(
        DubbedVideo(str(path)),
        video=film(6),
        audio=audio(tone(6, LOW)),
        speech=[speech(seconds(2))],
        text=text(said),
    )
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 64, 48)
        assert container.streams.audio[0].codec_context.name == "aac"
        assert container.duration / 1e6 == pytest.approx(6, abs=0.1)
        shown = [
            (frame.pts * video.time_base, frame.to_ndarray(format="gray").mean())
            for frame in container.decode(video)
        ]
    assert [float(at) for at, _ in shown] == pytest.approx([i / 10 for i in range(60)], abs=0.002)
    assert [brightness for _, brightness in shown] == sorted(brightness for _, brightness in shown)
    [(at, line)] = captions_of(path)
    assert at == pytest.approx(2.0, abs=0.05)
    assert line.endswith("Bom dia a todos.")


def test_the_original_is_lowered_under_the_speech_and_comes_back(path: Path) -> None:
    feed(DubbedVideo(str(path)), video=film(6), audio=audio(tone(6, LOW)), speech=[speech(seconds(2), 2.0)])
    heard = sound_of(path)
    assert level(heard, LOW, 0.2, 1.5) == pytest.approx(-12, abs=0.5)
    assert level(heard, LOW, 2.2, 3.8) == pytest.approx(-26, abs=0.5)
    assert level(heard, LOW, 5.2, 5.9) == pytest.approx(-12, abs=0.5)
    assert level(heard, HIGH, 2.1, 3.9) == pytest.approx(-12, abs=0.5)
    assert level(heard, HIGH, 0.2, 1.8) < -60
    assert level(heard, HIGH, 4.2, 5.8) < -60


def test_the_sound_keeps_its_place_to_the_millisecond(path: Path) -> None:
    click = noise(6.0, level_dbfs=-90)
    click[3 * 16_000] = 0.9
    feed(DubbedVideo(str(path)), video=film(6), audio=audio(click))
    assert np.argmax(np.abs(sound_of(path))) / 48_000 == pytest.approx(3.0, abs=0.002)


def test_speech_of_a_live_run_stands_no_earlier_than_it_came(path: Path) -> None:
    feed(DubbedVideo(str(path)), video=film(6), speech=[speech(seconds(2), left=seconds(3.5))])
    heard = sound_of(path)
    assert level(heard, HIGH, 2.0, 3.4) < -60
    assert level(heard, HIGH, 3.6, 4.4) == pytest.approx(-12, abs=0.5)


def test_speech_goes_on_after_the_last_picture(path: Path) -> None:
    feed(DubbedVideo(str(path)), video=film(2), speech=[speech(seconds(1.5), 3.0, rate_hz=22_050)])
    assert len(sound_of(path)) / 48_000 == pytest.approx(4.5, abs=0.05)


def test_without_sound_it_is_a_silent_film(path: Path) -> None:
    feed(DubbedVideo(str(path)), video=film(2))
    heard = sound_of(path)
    assert len(heard) / 48_000 == pytest.approx(2, abs=0.05)
    assert np.abs(heard).max() < 1e-4


def test_speech_that_comes_too_late_for_its_place_is_laid_later_and_told(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    node = DubbedVideo(str(path), horizon_ms=1000)
    node.open()
    for packet in film(6):
        node.process(packet, None, None, None)
    with caplog.at_level(logging.WARNING):
        node.process(None, None, speech(seconds(2)), None)
    node.close()
    assert "too late for its place and stands later; raise horizon_ms" in caplog.text
    assert level(sound_of(path), HIGH, 5.1, 5.9) == pytest.approx(-12, abs=0.5)


def test_pictures_keep_their_uneven_times(path: Path) -> None:
    times = [0.0, 0.1, 0.5, 0.55, 2.0]
    frames = [
        Packet(packet.payload, seconds(at), seconds(at)) for at, packet in zip(times, film(1), strict=False)
    ]
    feed(DubbedVideo(str(path)), video=frames)
    with av.open(str(path)) as container:
        shown = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert shown == pytest.approx(times, abs=0.002)


def test_fps_leaves_out_what_is_too_much(path: Path) -> None:
    feed(DubbedVideo(str(path), fps=5), video=film(4, fps=30))
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == pytest.approx(20, abs=1)


@pytest.mark.parametrize(("came", "written"), [((49, 65), (48, 64)), ((1, 1), (2, 2)), ((1, 300), (2, 300))])
def test_odd_sizes_are_made_even(path: Path, came: tuple[int, int], written: tuple[int, int]) -> None:
    feed(DubbedVideo(str(path)), video=pictures([np.zeros((*came, 3), np.uint8)] * 3))
    with av.open(str(path)) as container:
        assert (container.streams.video[0].height, container.streams.video[0].width) == written


def test_a_run_that_is_stopped_leaves_a_file_that_plays(path: Path) -> None:
    node = DubbedVideo(str(path))
    node.open()
    for packet in film(3):
        node.process(packet, None, None, None)
    node.process(None, None, speech(seconds(1)), None)
    node.close()
    assert level(sound_of(path), HIGH, 1.1, 1.9) == pytest.approx(-12, abs=0.5)


def test_a_run_without_a_picture_leaves_no_broken_file(path: Path) -> None:
    feed(DubbedVideo(str(path)), video=[], audio=audio(tone(1)))
    assert not path.exists()


def test_sound_without_a_picture_is_not_held_for_ever(path: Path) -> None:
    packets = [Packet(AudioFrame(tone(10), 16_000), seconds(10 * i), seconds(10 * i + 10)) for i in range(10)]
    with pytest.raises(
        MediaError, match=r"70 s of sound came and no picture; connect the video, or .* sink\.wav"
    ):
        feed(DubbedVideo(str(path)), video=[], audio=packets)


def test_on_a_full_disk_what_was_written_plays(path: Path, small_disk: None) -> None:
    rng = np.random.default_rng(0)
    noisy = pictures([rng.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(900)], fps=25)
    with pytest.raises(OutputError, match="File too large; make room there"):
        feed(DubbedVideo(str(path), horizon_ms=1000), video=noisy, audio=audio(tone(36, LOW)))
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 10


def test_a_path_of_no_video_format_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"path 'out\.avi' is of no video format; give one that ends in \.mp4"
    ):
        DubbedVideo("out.avi")


@given(
    st.lists(st.integers(1, 47_999), max_size=6),
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 9000))),
)
def test_the_gain_does_not_depend_on_where_blocks_are_cut(
    cuts: list[int], pieces: list[tuple[int, int]]
) -> None:
    spans = [(begin, begin + length) for begin, length in pieces]
    whole = lowering(spans, 0, 48_000, 8000, -14)
    edges = [0, *sorted(set(cuts)), 48_000]
    parts = [lowering(spans, a, b - a, 8000, -14) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_original_sinks_smoothly() -> None:
    gain = lowering([(8000, 16_000)], 0, 32_000, 8000, -14)
    assert gain[:7000].tolist() == [1.0] * 7000
    assert gain[8000:16_000] == pytest.approx(10 ** (-14 / 20))
    assert np.abs(np.diff(gain)).max() < 0.003


def test_a_track_hands_out_each_sample_once() -> None:
    track = Track()
    track.lay(100_000, np.ones(10, np.float32))
    assert track.take(99_995).sum() == 0
    track.lay(99_996, np.full(2, 2, np.float32))
    assert track.take(20).tolist() == [0, 2, 2, 0, 0] + [1] * 10 + [0] * 5
    assert track.take(200_000).sum() == 0


def test_the_mix_is_limited() -> None:
    mix = Mix(48_000, lower_db=0)
    mix.lay_original(AudioFrame(np.full(480, 0.9, np.float32), 48_000), 0)
    mix.lay_speech(np.full(480, 0.9, np.float32), 48_000, 0)
    assert mix.take(480).max() == 1.0


@pytest.mark.media
def test_a_real_recording_dubbed_by_a_real_voice_plays(path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="espeak-ng is not installed: pip install 'dragoman[tts]'")
    line = next(line for line in recordings("b_talking_face", under="open_dubbing") if line["lang"] == "en")
    shown, heard = [], []
    with av.open(str(line["path"])) as container:
        for frame in container.decode(video=0, audio=0):
            at = round(frame.time * 1e9)
            if at > seconds(3):
                break
            if isinstance(frame, av.VideoFrame):
                shown.append(Packet(VideoFrame(frame.to_ndarray(format="rgb24")), at, at))
            else:
                mono = np.ascontiguousarray(frame.to_ndarray().mean(axis=0, dtype=np.float32))
                heard.append(
                    Packet(AudioFrame(mono, frame.rate), at, at + AudioFrame(mono, frame.rate).duration)
                )
    said = text(Text(words("Bom dia, o meu nome é Jordi.", start_s=1), lang="pt"))
    voice = feed(EspeakVoice(), said).speech
    feed(DubbedVideo(str(path), preset="ultrafast"), video=shown, audio=heard, speech=voice, text=said)
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == len(shown)
    dubbed, starts = sound_of(path), voice[0].payload.plays_at / 1e9
    assert np.std(dubbed[round(48_000 * starts) : round(48_000 * (starts + 1))]) > 0.02
    assert captions_of(path)[0][1].endswith("Bom dia, o meu nome é Jordi.")
