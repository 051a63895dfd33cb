import functools
import http.server
import socket
import threading
import wave
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest

from nodes.source.file import File
from pipeline.clock import RunClock
from pipeline.errors import MediaError
from pipeline.testing import noise, tone
from tests.nodes.source._made import (
    asap,
    cut_short,
    heard,
    play,
    write_film,
    write_sound,
)

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
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}/talk.wav"
    with server, pytest.raises(MediaError, match="cannot be opened"):
        File(url, timeout_s=0.1).open()


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
        heard_s, enough = 0.0, anyio.Event()

        async def stop() -> None:
            await enough.wait()
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(stop)
            async with aclosing(source.produce(RunClock())) as stream:
                async for item in stream:
                    heard_s = (item.end or 0) / 1e9
                    if heard_s > 59:  # the worker waits for the 60th second, which does not come
                        enough.set()
        source.close()
        assert 59 < heard_s <= 60
