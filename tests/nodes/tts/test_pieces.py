"""What of a text is spoken, in which pieces, and what is told of the rest; the voice is espeak-ng."""

# ruff: noqa: RUF001 - signs of many scripts

from __future__ import annotations

import ctypes.util
import logging
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.tts._clauses import clauses
from nodes.tts._pieces import LONGEST
from nodes.tts._scripts import foreign
from nodes.tts._streamed import streamed
from nodes.tts.espeak import EspeakVoice
from pipeline.media import Samples, Speech, Text, Word, join_words
from pipeline.testing import feed, silence, text, tone, words

try:
    import espeakng_loader  # noqa: F401 - is it there?
except ImportError:
    if ctypes.util.find_library("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: pip install 'dragoman[tts]'", allow_module_level=True)

SENTENCE = "This is a sentence, and it goes on for a while. "


def spoken(*steps: Text, **settings: Any) -> list[Speech]:
    return [packet.payload for packet in feed(EspeakVoice(rate_wpm=450, **settings), text(*steps)).speech]


def test_ten_thousand_characters_are_spoken_part_by_part_with_every_word() -> None:
    step = Text(words(SENTENCE * 210), lang="en")
    assert len(step.text) > 10_000
    pieces = spoken(step)
    assert len(pieces) > 30
    assert all(len(piece.text) <= LONGEST for piece in pieces)
    assert all(piece.text.endswith((".", ",")) for piece in pieces)
    assert join_words(word for piece in pieces for word in piece.words) == step.text
    for before, after in pairwise(pieces):
        assert after.plays_at == before.plays_at + before.duration
    assert {piece.speed for piece in pieces} == {1.0}  # its own length is no reason to hurry


def test_a_packet_is_left_out_whole_or_not_at_all(caplog: pytest.LogCaptureFixture) -> None:
    long = Text(words(SENTENCE * 40), lang="en")
    pieces = spoken(long, Text(words("Hello.", start_s=1), lang="en"), catch_up_ms=500, skip_ms=1000)
    assert sum(len(piece.words) for piece in pieces) == len(long.committed)
    assert "did not speak 'Hello.': speech is" in caplog.text


def test_a_text_without_spaces_is_cut_between_characters() -> None:
    written = "今天天气很好我们去公园散步吧" * 60
    pieces = spoken(Text((Word(written, 0, 1),), lang="zh"))
    assert "".join(piece.text for piece in pieces) == written
    assert [len(piece.words) for piece in pieces] == [1] + [0] * (len(pieces) - 1)


@pytest.mark.parametrize(
    ("written", "lang"), [("42", "en"), ("3.14", "de"), ("2024", "ja"), ("٣", "ar"), ("½", "fr"), ("1️⃣", "en")]
)
def test_digits_alone_are_spoken(written: str, lang: str) -> None:
    assert len(spoken(Text(words(written), lang=lang))) == 1


@pytest.mark.parametrize("written", ["😀", "👍🏽 🇧🇷", "…", "♪"])
def test_signs_alone_make_no_sound_and_are_no_fault(written: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert spoken(Text(words(written), lang="en")) == []
    assert "there is nothing to say in" in caplog.text
    assert "did not speak" not in caplog.text


@pytest.mark.parametrize(
    ("written", "lang", "script"),
    [
        ("你好世界", "en", "Han"),
        ("Привет всем", "pt", "Cyrillic"),
        ("Καλημέρα", "ru", "Greek"),
        ("สวัสดี", "hi", "Thai"),
    ],
)
def test_text_in_a_script_of_another_language_is_counted_and_told(
    written: str, lang: str, script: str, caplog: pytest.LogCaptureFixture
) -> None:
    [piece] = spoken(Text(words(written), lang=lang), Text(words("12", start_s=1), lang=lang))
    assert piece.skipped == 1
    assert f"it is written in {script}, which {lang!r} is not read in" in caplog.text


@pytest.mark.parametrize(
    ("written", "lang"),
    [
        ("Microsoft Windows", "ru"),  # every voice reads Latin
        ("Hello, мир: this is mixed", "en"),
        ("コーヒー and 漢字", "ja"),
        ("ｈｅｌｌｏ", "en"),
        ("Zdravo", "sr"),
        ("你好", "xx"),
    ],
)
def test_what_a_voice_may_read_is_left_to_it(written: str, lang: str) -> None:
    assert foreign(written, lang) == ""


@given(st.text(alphabet="ab .,!?。，\n\u0301", max_size=400), st.integers(1, 60))
def test_clauses_are_the_text_and_none_is_too_long(written: str, longest: int) -> None:
    parts = clauses(written, longest)
    assert "".join(parts) == written
    assert all(0 < len(part) <= longest for part in parts)


def test_a_text_is_cut_at_sentences_before_commas_before_words() -> None:
    assert clauses("One is here. Two, three and four", 20) == ["One is here. ", "Two, three and four"]
    assert clauses("One is here, two are there", 20) == ["One is here, ", "two are there"]
    assert clauses("One is here two are there", 20) == ["One is here two are ", "there"]


CUTS = st.lists(st.integers(1, 4000), min_size=1, max_size=20)


@given(CUTS)
def test_sound_that_comes_bit_by_bit_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    whole = np.concatenate([silence(0.4), tone(0.3), silence(0.5), tone(0.3), silence(0.6)])
    at_once = joined(streamed([whole], 16_000))
    edges = [0, *np.minimum(np.cumsum(cuts), len(whole)).tolist(), len(whole)]
    chunks = [whole[begin:end] for begin, end in pairwise(edges)]
    np.testing.assert_array_equal(joined(streamed(chunks, 16_000)), at_once)
    assert len(at_once) / 16 == pytest.approx(20 + 300 + 500 + 300 + 120, abs=3)


def test_sound_that_comes_bit_by_bit_starts_and_ends_softly_and_is_given_at_once() -> None:
    chunks = [np.ascontiguousarray(part) for part in np.split(tone(1.0, hz=1000) + np.float32(0.2), 10)]
    before = [chunk.copy() for chunk in chunks]
    pieces = list(streamed(chunks, 16_000))
    assert len(pieces) > 8
    assert pieces[0][0] == pieces[-1][-1] == 0
    for chunk, old in zip(chunks, before, strict=True):
        np.testing.assert_array_equal(chunk, old)


def test_silence_that_comes_bit_by_bit_gives_nothing() -> None:
    assert list(streamed([silence(1.0), silence(0.1), np.zeros(0, np.float32)], 16_000)) == []


def joined(pieces: Any) -> Samples:
    found = list(pieces)
    return np.concatenate(found) if found else np.zeros(0, np.float32)
