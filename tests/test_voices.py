"""`dragoman voices`: which voices there are, one heard, one made like somebody's; and what is said when it cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands.voices import sentence
from pipeline.languages import languages
from pipeline.testing import noise
from tests.command import ROOT, dragoman, wav_seconds
from tests.media import need_model, recordings
from tests.nodes.source._made import write_sound

HEAVY = {"onnxruntime", "hibari", "ctranslate2", "av", "scipy", "sounddevice"}


def test_the_list_has_every_engine_and_what_to_fetch(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.delenv("COLUMNS", raising=False)
    rows = [row.split("  ") for row in dragoman(capsys, "voices", "list").out.splitlines()]
    first = {row[0] for row in rows[:-1]}
    assert first == {"tts.hibari", "tts.kokoro", "tts.piper", "tts.espeak"}
    kokoro = next(row for row in rows if row[0] == "tts.kokoro")
    assert "dragoman models fetch kokoro kokoro-voices" in kokoro
    assert kokoro[-1].startswith("en: af_alloy, ")


def test_one_language_a_line_for_each_voice_with_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    out = dragoman(capsys, "voices", "list", "--lang", "pt-BR").out
    voices = [row.split()[0] for row in out.splitlines()[:-1]]
    assert {"tts.kokoro:pf_dora", "tts.kokoro:pm_alex", "tts.espeak", "tts.espeak:f2"} <= set(voices)
    assert out.splitlines()[-1] == f"hear one: dragoman voices try pt --voice {voices[0]}"
    assert dragoman(capsys, "voices", "list", "--lang", "bo").out.startswith("nothing speaks Tibetan here")


def test_the_list_loads_no_engine() -> None:
    script = (
        "import sys; from pipeline.cli import main; main(['voices', 'list']);"
        "print('loaded', *sorted(set(sys.modules) & set(sys.argv)))"
    )
    command = [sys.executable, "-c", script, *sorted(HEAVY)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "loaded"


@pytest.mark.timeout(180)  # a model is loaded
@pytest.mark.parametrize(
    ("lang", "voice"), [("pt", "tts.espeak"), ("fr", "tts.espeak:f2"), ("en", "tts.hibari")]
)
def test_a_voice_is_tried(capsys: pytest.CaptureFixture[str], tmp_path: Path, lang: str, voice: str) -> None:
    file = tmp_path / "said.wav"
    said = dragoman(capsys, "voices", "try", lang, "--voice", voice, "--out", file, "--no-play")
    assert said.code == 0, said.err
    rows = dict(row.split("  ", 1) for row in said.out.splitlines() if "  " in row)
    assert list(rows) == ["voice", "loaded in", "first sound", "speech"]
    assert rows["voice"].strip().startswith(voice)
    assert 2 < wav_seconds(file) < 10


def test_a_text_of_ones_own_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    short, long = (tmp_path / name for name in ("short.wav", "long.wav"))
    for file, text in ((short, "Sim."), (long, "Sim, e amanhã outra vez.")):
        words = ("voices", "try", "pt", text, "--voice", "tts.espeak", "--out", file, "--no-play")
        assert dragoman(capsys, *words).code == 0
    assert wav_seconds(short) < wav_seconds(long)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("try", "tlh"), "language 'tlh': not known here"),
        (("try", "bo"), "nothing speaks Tibetan here; type: dragoman voices list"),
        (("try", "ba", "--voice", "tts.espeak"), "ba: there is no sentence for it; give one, such as: "),
        (("try", "en", "--voice", "tts.nosuch"), "no node 'tts.nosuch'"),
        (("try", "en", "--voice", "sink.wav"), "--voice sink.wav: does not speak"),
        (("try", "pt", "--voice", "tts.kokoro:pf_dorra"), "did you mean 'pf_dora'?"),
        (("try", "pt", "...", "--voice", "tts.espeak"), "the voice has no sound for it"),
        (("clone", "a.wav"), "a.wav: imitates whoever speaks there; add --consent if they agreed"),
        (("clone", "a.wav", "--consent"), "a.wav: there is no such file; give a recording of one speaker"),
    ],
)
def test_what_cannot_be_said_tells_what_to_type(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    said = dragoman(capsys, "voices", *words, *(["--no-play"]))
    assert said.code == 2
    assert message in said.err


def test_interpreting_in_somebodys_voice_takes_consent(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("whisper-base", "silero-vad", "ge2e"):
        need_model(name)
    talk = write_sound(tmp_path / "talk.wav", noise(1.0), 16_000)
    said = dragoman(capsys, "interpret", talk, "--from", "es", "--to", "en", "--voice", "clone")
    assert said.code == 2
    assert "--voice clone: speaks with the voice of whoever is heard; add --consent" in said.err


def test_every_language_that_the_service_speaks_has_a_sentence() -> None:
    spoken = [tag for tag, one in languages().items() if "speech" in one.service]
    assert spoken
    assert all(len(sentence(tag)) > 20 for tag in spoken)


def test_noise_is_nobodys_voice(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    need_model("ge2e")
    need_model("silero-vad")
    file = write_sound(tmp_path / "noise.wav", noise(5.0), 16_000)
    said = dragoman(capsys, "voices", "clone", file, "--consent", "--no-play")
    assert said.code == 2
    assert "no voice can be known by it; give three to ten seconds of one speaker" in said.err


@pytest.mark.timeout(180)  # two models are loaded, four sentences spoken and heard
def test_a_voice_is_made_like_the_one_in_a_recording(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("ge2e", "silero-vad", "whisper-base"):
        need_model(name)
    speaker = next(line for line in recordings("f_voices") if 6 < line["seconds"] < 12)
    file, kept = tmp_path / "like.wav", tmp_path / "speaker.npz"
    words = (
        "--consent",
        "--voice",
        "tts.hibari",
        "--out",
        file,
        "--save",
        kept,
        "--search",
        "0",
        "--no-play",
    )
    said = dragoman(capsys, "voices", "clone", speaker["path"], *words)
    assert said.code == 0, said.err
    stock, like = (float(row.split()[-1]) for row in said.out.splitlines() if "likeness" in row.split()[-2])
    assert like > stock + 0.03
    assert wav_seconds(file) > 3
    assert kept.stat().st_size > 0
