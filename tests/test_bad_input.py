"""Bad input, as a user gives it: one line says what is wrong and how to put it right, and no file is left broken."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import textwrap
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import resolve
from pipeline.media import Samples
from pipeline.testing import noise, silence, tone
from tests.command import Said, dragoman, valid
from tests.media import need_model
from tests.nodes.source._made import cut_short, write_film, write_sound, write_transport
from tests.opening import RATE_HZ, opening

MODELS = ("whisper-base", "silero-vad", "firefox-en-pt")
Interpret = Callable[..., Said]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def loaded() -> Iterator[None]:
    """The recogniser, kept in memory from test to test."""
    for name in MODELS:
        need_model(name)
    node = resolve.node_class("asr.whisper")()
    node.open()
    yield
    node.close()


@pytest.fixture
def interpret(here: Path, loaded: None, capsys: pytest.CaptureFixture[str]) -> Interpret:
    """Interpret from English to Portuguese, captions only, as fast as it goes."""

    def run(source: Path | str, *words: str) -> Said:
        options = ("--from", "en", "--to", "pt", "--pace", "asap", "--voice", "none")
        return dragoman(capsys, "interpret", source, *options, *words)

    return run


def one_line(said: Said, code: int, *parts: str) -> None:
    """One message in the form `dragoman: place: fault; remedy`, and no traceback."""
    assert said.code == code
    assert said.err.startswith("dragoman: ")
    assert "; " in said.err
    assert "Traceback" not in said.err
    for part in parts:
        assert part in said.err


# What cannot be played: refused before anything heavy is loaded, and before a folder is made


def text(path: Path) -> Path:
    path.write_text("This is no sound.\n")
    return path


def zeros(path: Path) -> Path:
    path.write_bytes(bytes(50_000))
    return path


def no_samples(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))


REFUSED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "missing": (lambda path: None, "talk.wav", "talk.wav: there is no such file; check the path"),
    "folder": (lambda path: path.mkdir(), "talk", "talk: is a folder; give a file in it"),
    "empty": (lambda path: path.touch(), "talk.mp4", "talk.mp4: the file is empty (0 bytes); "),
    "text": (text, "talk.txt", "talk.txt: is not sound or video that FFmpeg can read"),
    "text called wav": (text, "talk.wav", "talk.wav: is not sound or video that FFmpeg can read"),
    "zeros": (zeros, "talk.mp4", "talk.mp4: is not sound or video that FFmpeg can read"),
    "no samples": (no_samples, "talk.wav", "talk.wav: has no sound or picture that can be decoded "),
    "no sound": (
        lambda path: write_film(path, range(0, 1000, 40)),
        "talk.mkv",
        "talk.mkv: has no audio stream (it has: 1 video (ffv1)); give a file with sound",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_played_is_refused(case: str, interpret: Interpret, here: Path) -> None:
    make, name, message = REFUSED[case]
    make(here / name)
    said = interpret(name)
    one_line(said, 2, message)
    assert said.out == ""
    assert not (here / "out").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:9/talk.mp4", "cannot be opened (Connection refused); check the address"),
        ("gopher9://somewhere/talk.mp4", "FFmpeg has no protocol 'gopher9'; give a file, or a URL"),
    ],
)
def test_a_url_that_does_not_answer(url: str, message: str, interpret: Interpret) -> None:
    one_line(interpret(url), 2, f"{url}: {message}")


def test_a_server_that_hangs_up(interpret: Interpret) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def hang_up() -> None:
            server.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        one_line(interpret(f"http://127.0.0.1:{port}/talk.mp4"), 2, "/talk.mp4: ")


def test_a_microphone_that_is_not_there(here: Path, loaded: None, capsys: pytest.CaptureFixture[str]) -> None:
    said = dragoman(capsys, "interpret", "mic:97", "--from", "en", "--to", "pt", "--voice", "none")
    assert said.code in (1, 2)  # 1 where PortAudio is not installed
    assert said.err.startswith("dragoman: source.microphone: ")
    valid(here / "out")


# What can be played in part: what there is comes out


def test_silence_has_no_words(interpret: Interpret, here: Path) -> None:
    said = interpret(write_sound(here / "talk.wav", silence(3), 16_000))
    assert said.code == 0
    assert "nobody was heard speaking: there are no words\n" in said.out
    found = valid(here / "out")
    assert found["captions.pt.vtt"] == []
    assert found["transcript.en.txt"] == ""


def test_a_file_that_was_cut_short(interpret: Interpret, here: Path) -> None:
    talk = cut_short(write_sound(here / "talk.wav", opening(8), RATE_HZ))
    said = interpret(talk)
    assert said.code == 0
    assert "cut short (it has fewer bytes than its header says); all before that was played" in said.err
    assert "best of times" in valid(here / "out")["transcript.en.txt"].lower()


def at(rate_hz: int) -> Samples:
    """The first words at another rate; (n,) float32."""
    import soxr

    return soxr.resample(opening(5), RATE_HZ, rate_hz).astype(np.float32)  # type: ignore[no-any-return]


def six_channels(path: Path) -> Path:
    channels = np.zeros((6, len(opening(5))), np.float32)
    channels[2] = opening(5)  # a film's dialogue is in the middle
    return write_sound(path, channels, RATE_HZ)


def end_to_end(path: Path, sound: Samples) -> Path:
    """A transport stream at 32 kHz whose clock starts anew in the middle, as when recordings are put end to end."""
    half = path.with_name("half.ts")
    data = write_transport(half, sound[:64_000], 60_000).read_bytes()
    path.write_bytes(data + write_transport(half, sound[64_000:], 1_000).read_bytes())
    half.unlink()
    return path


PLAYED: dict[str, Callable[[Path], Path]] = {
    "8 kHz": lambda folder: write_sound(folder / "talk.wav", at(8_000), 8_000),
    "96 kHz": lambda folder: write_sound(folder / "talk.flac", at(96_000), 96_000, "flac"),
    "6 channels": lambda folder: six_channels(folder / "talk.wav"),
    "variable frame rate": lambda folder: write_film(
        folder / "talk.mkv", [0, 40, 50, 400, 1500, 1510, 3900], at(16_000)
    ),
    "times that jump back": lambda folder: end_to_end(folder / "talk.ts", at(32_000)),
    "times that jump an hour": lambda folder: write_film(
        folder / "talk.mkv", range(0, 4000, 200), at(16_000), sound_ms=[(2000, 3_600_000)]
    ),
}


@pytest.mark.parametrize("case", PLAYED)
def test_odd_media_are_understood(case: str, interpret: Interpret, here: Path) -> None:
    said = interpret(PLAYED[case](here), "--no-source-captions")
    assert said.code == 0, said.err
    found = valid(here / "out")
    assert "best of times" in found["transcript.en.txt"].lower()
    assert found["captions.pt.vtt"]
    assert found["captions.pt.vtt"][-1][1] < 10
    assert "jump" not in case or "was repaired" in said.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_comes_through_a_pipe_is_read_once(interpret: Interpret, here: Path) -> None:
    data = write_sound(here / "talk.wav", silence(1), 16_000).read_bytes()
    os.mkfifo(here / "pipe")
    feeding = threading.Thread(target=(here / "pipe").write_bytes, args=(data,))
    feeding.start()
    said = interpret("pipe")
    feeding.join()
    assert said.code == 0
    assert valid(here / "out")["report.json"]["media_s"] == 1


# Models


@pytest.fixture
def copies(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder that may be spoilt: big files are links, the detector is a copy."""
    folder = tmp_path_factory.mktemp("models")
    for name in MODELS:
        (folder / name).mkdir()
        for file in need_model(name).iterdir():
            if file.is_file() and not file.name.startswith("."):
                if name == "silero-vad":
                    shutil.copy(file, folder / name / file.name)
                else:
                    (folder / name / file.name).symlink_to(file)
    monkeypatch.setenv("DRAGOMAN_MODELS", str(folder))
    return folder


def test_a_model_file_of_a_wrong_size_is_not_used(interpret: Interpret, here: Path, copies: Path) -> None:
    with (copies / "silero-vad" / "silero_vad.onnx").open("r+b") as data:
        data.truncate(1000)
    talk = write_sound(here / "talk.wav", silence(1), 16_000)
    one_line(interpret(talk), 2, "en -> pt: not at hand; type: dragoman models fetch silero-vad")


def test_a_model_file_that_is_no_model(interpret: Interpret, here: Path, copies: Path) -> None:
    file = copies / "silero-vad" / "silero_vad.onnx"
    file.write_bytes(bytes(file.stat().st_size))  # the size is right: only `models verify` reads every byte
    said = interpret(write_sound(here / "talk.wav", silence(1), 16_000))
    assert said.code == 1
    assert said.err.startswith("dragoman: ")
    assert "Traceback" not in said.err
    assert "node 'speech' (vad.silero)" in said.err


# Folders for results


def test_an_out_that_is_a_file(interpret: Interpret, here: Path) -> None:
    (here / "taken").touch()
    talk = write_sound(here / "talk.wav", silence(1), 16_000)
    one_line(interpret(talk, "--out", "taken"), 2, "--out taken: is a file; give a folder")
    one_line(interpret(talk, "--out", "taken/deep"), 1, "--out taken/deep: this folder cannot be made")


def test_an_out_that_may_not_be_written_to(
    interpret: Interpret, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = write_sound(here / "talk.wav", silence(1), 16_000)
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    one_line(interpret(talk), 1, "--out out: this folder may not be written to; choose another")


def test_the_source_is_not_written_over(interpret: Interpret, here: Path) -> None:
    talk = write_sound(here / "talk.wav", silence(1), 16_000)
    (here / "out").mkdir()
    talk = talk.replace(here / "out" / "speech.pt.wav")
    before = talk.read_bytes()
    said = interpret(talk, "--voice", "tts.espeak")
    one_line(said, 2, "--out out: out/speech.pt.wav is what is to be read; choose another folder")
    assert talk.read_bytes() == before


# Options


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--to xx", "language 'xx': not known here; `dragoman languages` lists all"),
        ("--to sw", "en -> sw: there is no way; `dragoman languages --from en` lists"),
        ("--from Portugese", "language 'Portugese': not known here; did you mean 'pt' (Portuguese)?"),
        ("--voice tts.nosuch", "--voice tts.nosuch: no such node; there are: tts.espeak, tts.hibari"),
        ("--voice vad.energy", "--voice vad.energy: does not speak (from text to speech); there are: "),
        ("--voice tts.hibari", "tts.hibari: no voice for 'pt'"),
        ("--to en --voice tts.espeak", "--voice tts.espeak: this route gives captions only; leave it out"),
        ("--speak", "--speak: only captions are made here; leave it out, or name a --voice"),
        ("--set words", "--set words: not a setting; write --set node.key=value"),
        ("--set wrds.lang=en", "--set wrds.lang: no node 'wrds'; did you mean 'words'?"),
        ("--set words.stepms=9", "--set words.stepms: unknown setting 'stepms'; did you mean 'step_ms'?"),
        ("--set words.step_ms=fast", "--set words.step_ms: setting 'step_ms' is 'fast': "),
        ("--set words.lang=[", "--set words.lang=[: not a value of YAML; put it in quotes"),
    ],
)
def test_a_wrong_option(words: str, message: str, interpret: Interpret, here: Path) -> None:
    one_line(interpret(write_sound(here / "talk.wav", silence(0.5), 16_000), *words.split()), 2, message)


# Nodes of one's own that misbehave

OWN = """
    from dataclasses import dataclass
    from pipeline import AudioFrame, Input, Node, Output, Text

    @dataclass
    class Raising(Node):
        '''Raise at the first sound.'''
        audio = Input(AudioFrame)
        sound = Output(AudioFrame)
        def process(self, audio):
            if audio.start > 500_000_000:
                raise ValueError("the tape tore")
            yield self.sound(audio.payload)

    @dataclass
    class Flooding(Node):
        '''Never stop.'''
        audio = Input(AudioFrame)
        sound = Output(AudioFrame)
        def process(self, audio):
            while True:
                yield self.sound(audio.payload)

    @dataclass
    class Wrong(Node):
        '''Yield what is no packet.'''
        audio = Input(AudioFrame)
        sound = Output(AudioFrame)
        def process(self, audio):
            yield audio.payload
"""
GRAPH = """
nodes:
  hum:  {{uses: source.tone, with: {{duration_s: 2, pace: asap}}}}
  odd:  {{uses: "{module}:{name}", inputs: {{audio: hum.audio}}, runs_on: {place}}}
  file: {{uses: sink.wav, inputs: {{sound: odd.sound}}, with: {{path: odd.wav}}}}
"""


@pytest.fixture
def own(here: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A module of nodes in the folder where one works."""
    module = f"own_{abs(hash(request.node.name))}"
    (here / f"{module}.py").write_text(textwrap.dedent(OWN))
    yield module
    sys.modules.pop(module, None)


@pytest.mark.parametrize("place", ["loop", "thread"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "Raising",
            "node 'odd' ({module}:Raising) raised ValueError: the tape tore; fix the node, or say on_error",
        ),
        ("Flooding", "Flooding"),
        ("Wrong", "Wrong"),
    ],
)
def test_a_node_that_misbehaves_is_named(
    name: str, message: str, place: str, *, own: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "own.yaml").write_text(GRAPH.format(module=own, name=name, place=place))
    said = dragoman(capsys, "run", "own.yaml", "--out", "out")
    one_line(said, 1, message.format(module=own), "odd")
    found = valid(here / "out")
    assert found["report.json"]["ended"] == "failed"
    assert found["odd.wav"] >= (0.5 if name == "Raising" else 0)


def test_a_voice_of_ones_own_that_raises(interpret: Interpret, here: Path) -> None:
    (here / "hoarse_voice.py").write_text(
        textwrap.dedent("""
        from dataclasses import dataclass
        from pipeline import Input, Node, Output, Speech, Text

        @dataclass
        class Hoarse(Node):
            '''Lose the voice.'''
            text = Input(Text)
            speech = Output(Speech)
            def process(self, text):
                raise RuntimeError("no voice left")
    """)
    )
    said = interpret(write_sound(here / "talk.wav", opening(5), RATE_HZ), "--voice", "hoarse_voice:Hoarse")
    one_line(said, 1, "node 'voice' (hoarse_voice:Hoarse) raised RuntimeError: no voice left; ")
    found = valid(here / "out")
    assert found["report.json"]["ended"] == "failed"
    assert "best of times" in found["transcript.en.txt"].lower()


# Neither silence nor noise nor music has words


def chords(duration_s: float) -> Samples:
    """Slow triads with a beat; (n,) float32 at 16 kHz."""
    n = round(duration_s * 16_000)
    t = np.arange(n) / 16_000
    roots = np.array([220.0, 174.6, 261.6, 196.0])[(t // 2).astype(int) % 4]
    sound = sum(np.sin(2 * np.pi * roots * ratio * t) for ratio in (1.0, 1.26, 1.498, 2.0))
    beat = np.exp(-6 * (t % 0.5))
    return np.asarray(0.08 * sound * (0.4 + 0.6 * beat), np.float32)


SOUNDS: dict[str, Callable[[float], Samples]] = {
    "silence": silence,
    "hiss": lambda s: noise(s, -45),
    "loud noise": lambda s: noise(s, -20),
    "hum": lambda s: tone(s, 100, -30),
    "music": chords,
}


def no_words(interpret: Interpret, here: Path, sound: str, duration_s: float) -> None:
    said = interpret(write_sound(here / "talk.wav", SOUNDS[sound](duration_s), 16_000))
    assert said.code == 0
    found = valid(here / "out")
    assert (found["transcript.en.txt"], found["transcript.pt.txt"]) == ("", "")
    assert found["captions.en.vtt"] == []
    assert found["report.json"]["media_s"] == duration_s


@pytest.mark.parametrize("sound", SOUNDS)
def test_no_words_where_nobody_speaks(sound: str, interpret: Interpret, here: Path) -> None:
    no_words(interpret, here, sound, 40)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("sound", SOUNDS)
def test_no_words_in_ten_minutes_where_nobody_speaks(sound: str, interpret: Interpret, here: Path) -> None:
    no_words(interpret, here, sound, 600)
