"""The table of languages: whole, one tag for each language whoever names it, and the codes of every engine."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import models
from pipeline.errors import RouteError
from pipeline.languages import ENGINES, canonical, code, language, languages, names, of_service, quality
from tests.media import need_model

SCRIPTS = {  # ISO 15924: how the Unicode names of its letters begin
    "Arab": "ARABIC", "Armn": "ARMENIAN", "Beng": "BENGALI", "Cyrl": "CYRILLIC", "Deva": "DEVANAGARI", "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN", "Grek": "GREEK", "Gujr": "GUJARATI", "Guru": "GURMUKHI", "Hans": "CJK", "Hant": "CJK",
    "Hebr": "HEBREW", "Jpan": "CJK", "Khmr": "KHMER", "Knda": "KANNADA", "Kore": "HANGUL", "Laoo": "LAO", "Latn": "LATIN",
    "Mlym": "MALAYALAM", "Mymr": "MYANMAR", "Sinh": "SINHALA", "Taml": "TAMIL", "Telu": "TELUGU", "Thai": "THAI",
    "Tibt": "TIBETAN",
}  # fmt: skip


@pytest.mark.parametrize("tag", languages())
def test_a_language_is_written_in_its_script_by_known_engines(tag: str) -> None:
    one = languages()[tag]
    first = next(letter for letter in one.endonym if unicodedata.category(letter) in ("Lu", "Ll", "Lo"))
    assert unicodedata.name(first).startswith(SCRIPTS[one.script])
    assert set(one.codes) <= set(ENGINES)
    assert set(one.cer) <= {*one.voices, "piper"}
    assert one.near in ("", *(other for other in languages() if languages()[other].hears))


def test_what_is_not_heard_says_what_is_nearest() -> None:
    assert {one.tag: one.near for one in languages().values() if not one.hears} == {
        "ast": "es",
        "ceb": "fil",
        "ky": "kk",
    }


def test_no_two_languages_share_a_name() -> None:
    every = [name for one in languages().values() for name in names(one)]
    assert len(every) == len(set(every))


def test_the_closed_service_has_its_sixty_languages_of_which_it_speaks_twenty_nine() -> None:
    assert (len(of_service("text")), len(of_service("speech")), len(of_service("early"))) == (60, 29, 18)
    assert of_service("speech") <= of_service("text") >= of_service("early")


@pytest.mark.parametrize(
    ("named", "tag"),
    [
        ("pt-BR", "pt"), ("iw", "he"), ("in", "id"), ("no", "nb"), ("nn", "nn"), ("zh-Hant-TW", "zh"), ("cmn", "zh"),
        ("zh-yue", "yue"), ("spa", "es"), ("tl", "fil"), ("jw", "jv"), ("EN_us", "en"), ("zh-HK", "zh"), ("xx-YY", "xx-YY"), ("", ""),
    ],
)  # fmt: skip
def test_one_tag_whoever_names_the_language(named: str, tag: str) -> None:
    assert canonical(named) == tag


@given(st.sampled_from(sorted(languages())), st.sampled_from(["", "-XX", "_xx", "-Latn-XX"]))
def test_a_canonical_tag_stays_whatever_region_it_has(tag: str, region: str) -> None:
    assert canonical(tag.upper() + region) == tag


@pytest.mark.parametrize("engine", ["whisper", "firefox", "apertium", "espeak"])
def test_the_code_of_an_engine_leads_back_to_the_language(engine: str) -> None:
    borrowed = {
        ("whisper", "yue"),
        ("espeak", "nn"),
        ("espeak", "fil"),
    }  # heard and spoken as another language
    for one in languages().values():
        if engine in one.codes and (engine, one.tag) not in borrowed:
            assert canonical(one.codes[engine]) == one.tag


@pytest.mark.parametrize(
    ("engine", "named", "found"),
    [
        ("whisper", "nb", "no"), ("whisper", "yue", "zh"), ("whisper", "fil-PH", "tl"), ("whisper", "jv", "jw"),
        ("whisper", "ky", ""), ("espeak", "zh-CN", "cmn"), ("espeak", "nn", "nb"), ("firefox", "no", "nb"),
        ("hibari", "en-GB", "en"), ("hibari", "pt", ""), ("whisper", "xx", ""),
    ],
)  # fmt: skip
def test_the_code_of_a_language_at_an_engines_edge(engine: str, named: str, found: str) -> None:
    assert code(engine, named) == found


def test_whisper_is_asked_for_its_own_codes_only() -> None:
    known = set(models.model("whisper-base").languages)
    assert {one.codes["whisper"] for one in languages().values() if one.hears} == known


def test_the_model_has_a_token_for_each_of_its_codes() -> None:
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(need_model("whisper-base") / "tokenizer.json"))
    codes = {one.codes["whisper"] for one in languages().values() if one.hears}
    assert [code for code in codes if tokenizer.token_to_id(f"<|{code}|>") is None] == []


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("xx", "language 'xx': not known here; `dragoman languages` lists all"),
        ("Portugese", "did you mean 'pt' \\(Portuguese\\)\\?"),
        ("deutsh", "did you mean 'de' \\(German\\)\\?"),
    ],
)
def test_a_language_that_is_not_known(word: str, message: str) -> None:
    with pytest.raises(RouteError, match=message):
        language(word)


@pytest.mark.parametrize(
    ("cer", "name"),
    [
        (None, "untried"),
        (0.0, "clear"),
        (0.1, "clear"),
        (0.11, "fair"),
        (0.5, "rough"),
        (0.51, "broken"),
        (3, "broken"),
    ],
)
def test_an_error_rate_has_a_name(cer: float | None, name: str) -> None:
    assert quality(cer) == name
