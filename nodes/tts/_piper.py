"""A Piper voice: phonemes by espeak-ng, then one VITS network that makes samples of them (Kim et al., "Conditional
Variational Autoencoder with Adversarial Learning for End-to-End Text-to-Speech", ICML 2021), run by ONNX Runtime.

A voice is a file `NAME.onnx` and beside it `NAME.onnx.json`, which says how phonemes are numbered. A sentence is one
run of the network: `^`, its phonemes and punctuation, `$`, with `_` between any two. The network adds noise of its own,
so that the same text sounds a little different each time.
"""

# ruff: noqa: RUF001 - signs of many scripts

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from nodes._engines.espeak import EspeakLibrary
from pipeline.errors import ModelError, SettingsError, did_you_mean
from pipeline.media import Samples
from pipeline.networks import network

START, END, PAD = "^", "$", "_"
_SWITCH = re.compile(
    r"\([a-z][a-z0-9-]*\)"
)  # espeak says so that it reads a word by another language's rules
_STOPS = re.compile(r"[.!?,;:…。！？，、；：؟،؛।॥—–]")
_PLAIN = str.maketrans("…。！？，、；：؟،؛।॥—–", "..!?,,;:?,;..,,")
_FULL = ".!?"
_ALWAYS = {"pt-br": {"c": ["k"]}}  # what the voices of a language were trained with, whatever their file says


class _Audio(msgspec.Struct):
    sample_rate: int


class _Espeak(msgspec.Struct):
    voice: str = ""


class _Inference(msgspec.Struct):
    noise_scale: float = 0.667
    length_scale: float = 1.0
    noise_w: float = 0.8


class _Language(msgspec.Struct):
    code: str = ""


class Config(msgspec.Struct):
    """What is used of `NAME.onnx.json`."""

    audio: _Audio
    phoneme_id_map: dict[str, list[int]]
    espeak: _Espeak = msgspec.field(default_factory=_Espeak)
    inference: _Inference = msgspec.field(default_factory=_Inference)
    language: _Language = msgspec.field(default_factory=_Language)
    phoneme_type: str = "espeak"
    phoneme_map: dict[str, list[str]] = {}
    num_speakers: int = 1
    speaker_id_map: dict[str, int] = {}

    @property
    def lang(self) -> str:
        """BCP 47."""
        return (self.language.code or self.espeak.voice).replace("_", "-")


class PiperEngine:
    """A voice, loaded; one synthesis at a time. Raises `ModelError` for files that are no Piper voice."""

    def __init__(self, onnx: Path, threads: int) -> None:
        self.config = _config(onnx)
        self._network = network(
            onnx, "tts.piper", extra="tts", remedy="give the file of a Piper voice", threads=threads
        )
        self._takes = {given.name for given in self._network.get_inputs()}
        if missing := {"input", "input_lengths", "scales"} - self._takes:
            raise ModelError(
                f"tts.piper: {onnx} has no input {min(missing)!r}, so it is no Piper voice; give another"
            )
        self._lock = threading.Lock()
        self._phonemes = EspeakLibrary("tts.piper") if self.config.phoneme_type == "espeak" else None

    def close(self) -> None:
        """Let espeak-ng go."""
        if self._phonemes is not None:
            self._phonemes.close()

    def speaker(self, name: str) -> int:
        """The number of a speaker by name or number; empty: the first. Raises `SettingsError`."""
        known, count = self.config.speaker_id_map, self.config.num_speakers
        if not name:
            return 0
        if name in known:
            return known[name]
        if name.isdecimal() and int(name) < count:
            return int(name)
        remedy = did_you_mean(name, list(known)) if known else f"there are: 0 to {count - 1}"
        raise SettingsError(f"tts.piper: no speaker {name!r}; {remedy}")

    def say(self, text: str, speaker: int, speed: float) -> Samples:
        """Samples of a text, (n,) float32, at `config.audio.sample_rate`."""
        with self._lock:
            sounds = [self._run(numbers, speaker, speed) for numbers in self._numbers(text)]
        return np.concatenate(sounds) if sounds else np.zeros(0, np.float32)

    def _run(self, numbers: list[int], speaker: int, speed: float) -> Samples:
        set_ = self.config.inference
        given = {
            "input": np.array([numbers], np.int64),  # (1, n)
            "input_lengths": np.array([len(numbers)], np.int64),
            "scales": np.array([set_.noise_scale, set_.length_scale / speed, set_.noise_w], np.float32),
        }
        if "sid" in self._takes:
            given["sid"] = np.array([speaker], np.int64)
        found: Samples = self._network.run(None, given)[0].reshape(-1)
        return found

    def _numbers(self, text: str) -> Iterator[list[int]]:
        """The numbers of each sentence that has a sound."""
        table = self.config.phoneme_id_map
        for sentence in self._sentences(text):
            known = [table[phoneme] for phoneme in sentence if phoneme in table]
            if any(unicodedata.category(phoneme)[0] == "L" and phoneme in table for phoneme in sentence):
                pad = table[PAD]
                inner = [number for numbers in known for number in (*numbers, *pad)]
                yield [*table[START], *pad, *inner, *table[END]]

    def _sentences(self, text: str) -> Iterator[list[str]]:
        """Phonemes and punctuation of each sentence, one character each, accents apart."""
        if self._phonemes is None:
            yield list(unicodedata.normalize("NFD", text.lower()))
            return
        sentence: list[str] = []
        for said, written in self._phonemes.phonemes(text, self.config.espeak.voice):
            sentence += self._mapped(unicodedata.normalize("NFD", _SWITCH.sub("", said)))
            stops = _STOPS.findall(written)
            stop = stops[-1].translate(_PLAIN) if stops else ""
            sentence += [stop, " "] if stop and stop not in _FULL else [stop] if stop else []
            if stop and stop in _FULL:
                yield sentence
                sentence = []
        if sentence:
            yield sentence

    def _mapped(self, phonemes: str) -> list[str]:
        table = self.config.phoneme_map or _ALWAYS.get(self.config.espeak.voice, {})
        return [new for phoneme in phonemes for new in table.get(phoneme, [phoneme])]


def _config(onnx: Path) -> Config:
    file = onnx.with_name(f"{onnx.name}.json")
    remedy = "a Piper voice is NAME.onnx and NAME.onnx.json in one folder"
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Config)
    except OSError as error:
        raise ModelError(f"tts.piper: {file}: cannot be read ({error.strerror}); {remedy}") from error
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ModelError(f"tts.piper: {file}: is not of a Piper voice ({error}); {remedy}") from error
    if found.phoneme_type not in ("espeak", "text"):
        raise ModelError(
            f"tts.piper: {file}: its phonemes are {found.phoneme_type!r}, which nothing here makes; "
            "choose a voice whose phonemes are espeak's"
        )
    if lacking := [mark for mark in (START, END, PAD) if mark not in found.phoneme_id_map]:
        raise ModelError(f"tts.piper: {file}: has no number for {lacking[0]!r}; {remedy}")
    return found
