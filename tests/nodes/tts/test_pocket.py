"""Text is spoken by Pocket TTS: the real package, with a small model of its own form whose weights are chance.

The publisher's weights cannot be had without a network and an account, so what is tried is everything around them:
how a model is loaded, how a voice is taken from a profile, how sound comes while it is made. What it says is noise.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.tts.pocket import PocketVoice
from pipeline.errors import PackageError, RouteError, SettingsError
from pipeline.media import Speech, Text, VoiceProfile
from pipeline.packet import Packet
from pipeline.testing import feed, noise, text, words

pytestmark = pytest.mark.timeout(300)  # torch alone may take half a minute to be loaded
PACKAGE = pytest.mark.skipif(
    importlib.util.find_spec("pocket_tts") is None,
    reason="pocket-tts is not installed: pip install 'dragoman[pocket]'",
)
WORDS = "the good morning everyone thank you for coming today we speak of a new house and its rooms"
STEP = Text(words("Good morning, everyone."), lang="en")
LATER = Text(words("Thank you for coming.", start_s=2), lang="en")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's smallest English model, without its weights and with a tokenizer made here."""
    import pocket_tts
    import sentencepiece
    import yaml

    folder = tmp_path_factory.mktemp("pocket")
    (folder / "text.txt").write_text("\n".join([WORDS, WORDS.title() + "."] * 20))
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"),
        model_prefix=str(folder / "words"),
        vocab_size=60,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    source = Path(pocket_tts.__file__).parent / "config" / "english_2m_2026-10.yaml"
    model: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    model.pop("weights_path")
    model.pop("weights_path_without_voice_cloning")
    table = model["flow_lm"]["lookup_table"]
    table["tokenizer_path"] = str(folder / "words.model")
    table["n_bins"] = sentencepiece.SentencePieceProcessor(table["tokenizer_path"]).vocab_size()
    (folder / "model.yaml").write_text(yaml.safe_dump(model), encoding="utf-8")
    return folder / "model.yaml"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of sound as a file, for a voice."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(np.rint(noise(1.0, rate_hz=24_000, level_dbfs=-20) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def node(config: Path, sample: Path) -> PocketVoice:
    return PocketVoice(model=str(config), voice=str(sample))


def profile(seed: int = 0) -> Packet[VoiceProfile]:
    samples = noise(2.0, rate_hz=16_000, level_dbfs=-20)[seed:]
    spectrum, embedding = np.zeros(601, np.float32), np.full(256, 1 / 16, np.float32)
    who = VoiceProfile(1, samples, 16_000, embedding, 120.0, 0.2, spectrum, 8000.0, 30.0, heard_s=2.0)
    return Packet(who, 0, 0)


def spoken(it: PocketVoice, *steps: Text) -> list[Speech]:
    return [packet.payload for packet in feed(it, text=text(*steps)).speech]


@PACKAGE
def test_sound_comes_while_it_is_made_and_the_first_piece_has_the_words(node: PocketVoice) -> None:
    pieces = spoken(node, STEP)
    assert len(pieces) > 1
    assert (pieces[0].text, pieces[0].words, pieces[0].rate_hz) == (STEP.text, STEP.committed, 24_000)
    assert all(piece.text == "" for piece in pieces[1:])
    for before, after in pairwise(pieces):
        assert after.plays_at == before.plays_at + before.duration


@PACKAGE
def test_it_speaks_like_the_profile_from_the_next_text_on(
    node: PocketVoice, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        node.open()
        try:
            stock = node._state
            assert list(node.process(None, profile())) == []
            assert node._state is not stock
            assert list(node.process(text(STEP)[0], None))
        finally:
            node.close()
    assert "tts.pocket: speaks like speaker 1" in caplog.text


@PACKAGE
def test_without_the_weights_for_it_the_voice_stays_and_the_log_says_what_to_do(
    node: PocketVoice, caplog: pytest.LogCaptureFixture
) -> None:
    node.open()
    try:
        stock, node._lease.value.clones = node._state, False
        assert list(node.process(None, profile())) == []
        assert node._state is stock
    finally:
        node.close()
    assert "cannot speak like speaker 1 with these weights; accept the terms at https://hugg" in caplog.text


@PACKAGE
def test_another_pace_changes_the_length_and_not_the_rate(node: PocketVoice) -> None:
    plain = sum(piece.duration for piece in spoken(node, STEP))
    node.speed = 1.5
    pieces = spoken(node, STEP)
    assert {(piece.speed, piece.rate_hz) for piece in pieces} == {(1.5, 24_000)}
    assert sum(piece.duration for piece in pieces) < 0.8 * plain


@PACKAGE
def test_a_run_that_ends_in_the_middle_leaves_no_thread(node: PocketVoice) -> None:
    node.open()
    try:
        said = node.process(text(STEP)[0], None)
        next(iter(said))
    finally:
        node.close()
    again = spoken(node, LATER)
    assert again[0].text == LATER.text


@PACKAGE
def test_a_voice_and_a_model_that_are_not_there_are_named(config: Path) -> None:
    with pytest.raises(SettingsError, match="the voice 'nobody' cannot be had"):
        PocketVoice(model=str(config), voice="nobody").open()
    with pytest.raises(SettingsError, match="model 'klingon': there is no such model"):
        PocketVoice(model="klingon").open()


def test_a_language_without_a_model_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(
        RouteError, match=r"no model for 'ja', only for: de, en, es, fr, it, nl, pt; put tts\.esp"
    ):
        PocketVoice(lang="ja").open()


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocket_tts", None)
    with pytest.raises(PackageError, match=r"type: pip install 'dragoman\[pocket\]'"):
        PocketVoice().open()
