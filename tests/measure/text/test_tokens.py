"""Words are cut as the Moses tokenizer cuts them."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import PackageError
from pipeline.measure.text import tokens as room
from pipeline.measure.text.tokens import normal, tokens
from tests.media import media_root, recordings

LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "ru", "cs", "nl", "ar", "hi", "ko")


@pytest.mark.parametrize(
    ("word", "lang", "expected"),
    [
        ("House.", "en", ("house", ".")),
        ("don't", "en", ("don", "'t")),
        ("l'eau,", "fr", ("l'", "eau", ",")),
        ("Herr'n", "de", ("herr", "'", "n")),
        ("well-known", "en-GB", ("well", "@-@", "known")),
        ("U.S.", "en", ("u.s.",)),
        ("usw.", "de", ("usw.",)),
        ("usw.", "en", ("usw", ".")),
        ("wait...", "en", ("wait", "...")),
        ("3.14", "en", ("3.14",)),
        ("4,", "en", ("4,",)),
        ("(“yes”)", "en", ("(", "“", "yes", "”", ")")),
        ("½", "en", ("1", "\u2044", "2")),
        ("\x01", "en", ()),
    ],
)
def test_a_word_is_cut(word: str, lang: str, expected: tuple[str, ...]) -> None:
    assert tokens([word], lang, "word") == [expected]


@pytest.mark.parametrize(("lang", "unit"), [("zh", "word"), ("ja-JP", "word"), ("th", "char")])
def test_without_spaces_a_unit_is_a_token(lang: str, unit: Any) -> None:
    assert tokens(["A。", "Ａ"], lang, unit) == [("a。",), ("a",)]  # noqa: RUF001 - a wide letter


@cache
def moses(lang: str) -> Any:
    """The Perl program. Skips where it is not installed."""
    package = pytest.importorskip("mosestokenizer.tokenizer", reason="mosestokenizer is not installed")
    return package.MosesTokenizer(lang=lang, no_escape=True)


@settings(max_examples=300)
@given(st.text(alphabet="abzé15.,'’\"`-–:;!?()%…की्ß", min_size=1, max_size=8), st.sampled_from(LANGUAGES))  # noqa: RUF001
def test_it_cuts_as_moses_does(word: str, lang: str) -> None:
    assert list(tokens([word], lang, "word")[0]) == moses(lang)(normal(word))


@pytest.mark.media
@pytest.mark.parametrize("lang", ["en", "de", "fr", "it", "es", "ru"])
def test_it_cuts_real_texts_as_moses_does(lang: str) -> None:
    media_root()
    words = {word for line in recordings("a_speech", lang=lang) for word in str(line["transcript"]).split()}
    found = tokens(sorted(words), lang, "word")
    assert [list(cut) for cut in found] == [moses(lang)(normal(word)) for word in sorted(words)]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sacremoses.corpus", None)
    room._cutter.cache_clear()
    with pytest.raises(PackageError, match=r"type: pip install 'dragoman\[measure\]'"):
        tokens(["a"], "en", "word")
