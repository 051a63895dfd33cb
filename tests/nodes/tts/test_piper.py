"""Text is spoken by a voice of Piper's: the real one of the list, and files that are none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.tts._piper_files import paths, voice_file, voice_of
from nodes.tts.piper import PiperVoice
from pipeline.errors import ModelError, RouteError, SettingsError
from pipeline.media import Speech, Text
from pipeline.packet import Packet
from pipeline.settings import faults
from pipeline.testing import feed, text, words
from tests.media import need_model

JOE = "en_US-joe-medium"
STEP = Text(words("Good morning, everyone."), lang="en")
LATER = Text(words("Thank you for coming.", start_s=2), lang="en")


@pytest.fixture(scope="module")
def joe() -> Iterator[Path]:
    """The voice, kept in memory between the tests."""
    folder = need_model(f"piper-{JOE}")
    pytest.importorskip("espeakng_loader", reason="espeak-ng is not installed: pip install 'dragoman[tts]'")
    node = PiperVoice()
    node.open()
    yield folder
    node.close()


def spoken(node: PiperVoice, *steps: Text) -> list[Packet[Speech]]:
    return feed(node, text(*steps)).speech


def test_each_committed_step_is_one_piece_with_its_words_and_their_span(joe: Path) -> None:
    first, second = spoken(PiperVoice(), STEP, Text((), "Than", "en"), LATER)
    assert (first.start, first.end) == (STEP.committed[0].start, STEP.committed[-1].end)
    assert (first.payload.text, first.payload.words) == (STEP.text, STEP.committed)
    assert (second.start, second.payload.text) == (LATER.committed[0].start, LATER.text)


def test_it_sounds_like_speech(joe: Path) -> None:
    [packet] = spoken(PiperVoice(), STEP)
    speech = packet.payload
    assert (speech.rate_hz, speech.lang, speech.speed, speech.skipped) == (22_050, "en", 1.0, 0)
    assert 0.8 < speech.duration / 1e9 < 2.5
    assert 0.02 < float(np.sqrt(np.mean(speech.samples**2))) < 0.3


def test_a_faster_voice_takes_less_time(joe: Path) -> None:
    [slow], [fast] = spoken(PiperVoice(speed=0.8), STEP), spoken(PiperVoice(speed=1.6), STEP)
    assert fast.payload.duration < 0.7 * slow.payload.duration


def test_every_sentence_of_a_piece_is_spoken(joe: Path) -> None:
    one = Text(words("Where are you going?"), lang="en")
    three = Text(words("Where are you going? To the market. Wait!"), lang="en")
    [[short], [long]] = spoken(PiperVoice(), one), spoken(PiperVoice(), three)
    assert long.payload.duration > 1.8 * short.payload.duration


def test_what_is_written_is_spoken_as_people_say_it(joe: Path) -> None:
    [unit], [bare] = spoken(PiperVoice(), Text(words("5 km 😀"))), spoken(PiperVoice(), Text(words("5")))
    assert unit.payload.text == "5 km 😀"
    assert unit.payload.duration > 1.5 * bare.payload.duration  # five kilometers


def test_a_voice_may_lie_anywhere(joe: Path, tmp_path: Path) -> None:
    for suffix in ("onnx", "onnx.json"):
        (tmp_path / f"mine.{suffix}").symlink_to(joe / f"{JOE}.{suffix}")
    [packet] = spoken(PiperVoice(voice=str(tmp_path / "mine.onnx")), STEP)
    assert packet.payload.duration > 0


def test_another_language_is_refused(joe: Path) -> None:
    with pytest.raises(
        RouteError, match=r"speaks en-US, not 'pt-BR'; give a voice of that language, or put tts"
    ):
        spoken(PiperVoice(), Text(words("Bom dia."), lang="pt-BR"))
    with pytest.raises(RouteError, match="speaks en-US, not 'de'"):
        PiperVoice(voice=JOE, lang="de").open()


def test_a_language_without_a_listed_voice_is_refused() -> None:
    with pytest.raises(
        RouteError, match=r"no voice for 'pt' in `dragoman models`; give one of rhasspy/piper"
    ):
        PiperVoice(lang="pt").open()


def test_an_unknown_voice_and_an_unknown_speaker_are_refused(joe: Path) -> None:
    with pytest.raises(SettingsError, match=rf"voice 'joe' is none of the list.*{JOE}"):
        PiperVoice(voice="joe").open()
    with pytest.raises(SettingsError, match="no speaker '7'; there are: 0 to 0"):
        PiperVoice(speaker="7").open()
    with pytest.raises(ModelError, match=r"nowhere/a.onnx: there is no such file"):
        PiperVoice(voice="nowhere/a.onnx").open()


def config(**changes: Any) -> str:
    table = {"^": [1], "$": [2], "_": [0], "a": [3]}
    return json.dumps({"audio": {"sample_rate": 16_000}, "phoneme_id_map": table, **changes})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "is not of a Piper voice"),
        (config(audio={}), "is not of a Piper voice"),
        (
            config(phoneme_type="pinyin"),
            "its phonemes are 'pinyin', which nothing here makes; choose a voice whose",
        ),
        (config(phoneme_id_map={"^": [1]}), "has no number for '\\$'"),
        (config(), "cannot be loaded .* give the file of a Piper voice"),
        (
            None,
            r"cannot be read \(No such file or directory\); a Piper voice is NAME.onnx and NAME.onnx.json",
        ),
    ],
)
def test_files_that_are_no_voice_are_named(tmp_path: Path, written: str | None, said: str) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no network")
    if written is not None:
        (tmp_path / "a.onnx.json").write_text(written)
    with pytest.raises(ModelError, match=said):
        PiperVoice(voice=str(tmp_path / "a.onnx")).open()


def test_the_voice_of_the_list_is_found_by_its_language() -> None:
    assert voice_of("en-GB") == JOE


def test_a_voice_of_the_publisher_s_hub_is_fetched_by_its_name(
    joe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By huggingface_hub itself; the hub is a cache folder of the form that it keeps."""
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    from huggingface_hub import constants

    voice, commit = "en_GB-test-medium", "0" * 40
    snapshot = tmp_path / "models--rhasspy--piper-voices" / "snapshots" / commit
    for path, suffix in zip(paths(voice), ("onnx", "onnx.json"), strict=True):
        (snapshot / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(joe / f"{JOE}.{suffix}", snapshot / path)
    refs = tmp_path / "models--rhasspy--piper-voices" / "refs"
    refs.mkdir()
    (refs / "v1.0.0").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert voice_file(voice).name == f"{voice}.onnx"
    with pytest.raises(ModelError, match=r"xx_XX-nobody-low.*no network|cannot be fetched"):
        voice_file("xx_XX-nobody-low")


@pytest.mark.parametrize(("key", "value"), [("threads", 0), ("speed", 3.0), ("voice", 1)])
def test_settings_out_of_range_are_refused(key: str, value: Any) -> None:
    assert key in faults(PiperVoice, {key: value})
