"""Text in nine languages becomes the symbols that Kokoro was trained on."""

# ruff: noqa: RUF001 (letters and marks of many scripts are meant)
from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodes._engines.phonemes.european import folded
from nodes._engines.phonemes.japanese import sounds_of
from nodes._engines.phonemes.reading import LANGUAGES, Phonemes, reading_of
from pipeline.errors import PackageError
from tests.media import need_model


@pytest.fixture(scope="module")
def read() -> Iterator[Phonemes]:
    readers = Phonemes()
    yield readers
    readers.close()


def said(read: Phonemes, text: str, reading: str) -> str:
    """The symbols; skips where the library of the language is not installed."""
    try:
        return read(text, reading)
    except PackageError as error:
        pytest.skip(str(error))


SAID = {
    "en": ("Hello there.", "həlˈO ðˈɛɹ."),
    "en-gb": ("Hello there.", "həlˈQ ðˈɛː."),
    "es": ("¿Dónde está el coche?", "dˈonde estˈa el kˈoʧe?"),
    "it": ("Gli amici mangiano la pizza.", "ʎɪ amˈiʧɪ mˈanʤano la pˈiʦːa."),
    "ja": ("今日は学校に行った。", "kʲoː βa ɡaʔkoː ɲi iʔta."),
    "zh": ("大家早上好。", "ta↘ʨja→ ʦau↓ʂa↘ŋxau↓."),
    "hi": ("नमस्ते।", "nəmˈʌsteː."),
}


@pytest.mark.parametrize("reading", SAID)
def test_each_language_is_written_in_kokoro_s_letters(read: Phonemes, reading: str) -> None:
    text, symbols = SAID[reading]
    assert said(read, text, reading) == symbols


@pytest.mark.parametrize("reading", ["en", "pt", "fr", "zh", "ja"])
def test_marks_stay_where_they_were_and_all_symbols_are_known(read: Phonemes, reading: str) -> None:
    text = {"zh": "你好，世界！「再见」。", "ja": "はい、そうです！「またね」。"}.get(
        reading, 'Radio, "piano" (opera): normal!'
    )
    symbols = said(read, text, reading)
    vocabulary = json.loads((need_model("kokoro") / "vocabulary.json").read_text(encoding="utf-8"))["vocab"]
    assert [sign for sign in symbols if sign not in vocabulary] == []
    assert ", " in symbols
    assert "“" in symbols
    assert "”" in symbols


def test_a_number_with_a_point_is_not_cut_at_it(read: Phonemes) -> None:
    assert "pˈYnt" in said(read, "It costs 9.5 now.", "en").replace("pY", "pˈY")


def test_a_word_of_another_language_brings_no_flags(read: Phonemes) -> None:
    assert "(" not in said(read, "C'est un weekend.", "fr")


@pytest.mark.parametrize("text", ["", "   ", "…", "?!"])
def test_what_has_no_sound_has_no_letters(read: Phonemes, text: str) -> None:
    assert not any(sign.isalpha() for sign in read(text, "es"))


@given(text=st.text(max_size=60), reading=st.sampled_from(["en", "en-gb", "es", "fr", "hi", "it", "pt"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_read(read: Phonemes, text: str, reading: str) -> None:
    symbols = read(text, reading)
    assert symbols == symbols.strip()
    assert "^" not in symbols


@pytest.mark.parametrize(
    ("kana", "sounds"),
    [
        ("コンニチワ", "koɲɲiʨiβa"),
        ("サンポ", "sampo"),
        ("ケンキュー", "keŋkʲɨː"),
        ("チョコレート", "ʨokoɾeːto"),
        ("パーティー", "paːtʲiː"),
        ("ファイル", "ɸaiɾɯ"),
        ("キッサテン", "kʲiʔsateɴ"),
    ],
)
def test_kana_are_read_with_their_neighbours(kana: str, sounds: str) -> None:
    assert sounds_of(kana) == sounds


def test_english_diphthongs_and_syllables_have_one_letter() -> None:
    assert folded("lˈɪɾəl", "en") == "lˈɪTəl"
    assert folded("bˈʌʔn\u0329", "en") == "bˈʌtn"
    assert folded("nˈa^ɪt", "en") == folded("nˈa^ɪt", "es") == "nˈIt"


def test_tags_lead_to_readings() -> None:
    assert [reading_of(tag) for tag in ("en-GB", "en_us", "pt-BR", "zh-Hant-TW", "de", "")] == [
        "en-gb",
        "en",
        "pt",
        "zh",
        None,
        None,
    ]
    assert all(reading_of(lang) == lang for lang in LANGUAGES)
