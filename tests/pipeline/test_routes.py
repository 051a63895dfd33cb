"""Routes: which way is taken, what is missing, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pipeline import models, routes
from pipeline.errors import RouteError
from pipeline.languages import languages


@pytest.fixture
def having(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say which models are at hand; everything else is not."""
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(routes, "firefox_cache", frozenset)
    monkeypatch.setattr(routes, "apertium_pairs", frozenset)

    def have(*names: str) -> None:
        monkeypatch.setattr(models, "at_hand", lambda name: name in names)

    return have


HEARING = ("whisper-base", "silero-vad")


def test_a_cascade_comes_first(having: Callable[..., None]) -> None:
    having(*HEARING, "firefox-en-pt", "firefox-pt-en")
    assert str(routes.find("en", "pt")) == "asr.whisper -> translate.firefox"
    assert routes.find("pt", "en").shape == "cascade"


def test_what_works_now_comes_before_what_must_be_fetched(having: Callable[..., None]) -> None:
    having(*HEARING, "firefox-en-pt")
    assert routes.find("pt", "en").shape == "direct"
    assert [route.shape for route in routes.routes("pt", "en")] == ["direct", "cascade"]


def test_into_english_whisper_comes_before_rules(
    having: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    having(*HEARING)
    monkeypatch.setattr(routes, "apertium_pairs", lambda: frozenset({("es", "en"), ("es", "pt")}))
    assert [route.shape for route in routes.routes("es", "en")][:2] == ["direct", "cascade"]
    assert str(routes.find("es", "pt")) == "asr.whisper -> translate.apertium"


def test_any_language_goes_through_english(having: Callable[..., None]) -> None:
    having(*HEARING, "firefox-en-pt")
    for source in ("de", "sw", "auto"):
        assert str(routes.find(source, "pt")) == "translate.whisper -> translate.firefox"
    assert routes.find("auto", "en").shape == "direct"
    assert routes.find("auto", "pt").from_ == ""


def test_the_same_language_is_captioned(having: Callable[..., None]) -> None:
    having(*HEARING)
    assert routes.find("pt-BR", "pt").shape == "same"


def test_what_is_missing_is_what_to_type(having: Callable[..., None]) -> None:
    having()
    with pytest.raises(RouteError) as caught:
        routes.find("en", "pt")
    assert str(caught.value) == (
        "en -> pt: not at hand; type: dragoman models fetch whisper-base silero-vad firefox-en-pt"
    )
    having(*HEARING)
    with pytest.raises(RouteError, match="en -> de: not at hand; type: fxtranslate models add en de"):
        routes.find("en", "de")


@pytest.mark.parametrize(
    ("from_", "to", "message"),
    [
        ("en", "sw", "en -> sw: there is no way; `dragoman languages --from en` lists the ways"),
        ("auto", "sw", "auto -> sw: there is no way; `dragoman languages` lists the ways"),
        ("xx", "pt", "language 'xx': not known here; `dragoman languages` lists all"),
        ("German", "pt", "language 'German': not known here; did you mean 'de' \\(German\\)\\?"),
    ],
)
def test_no_way(having: Callable[..., None], from_: str, to: str, message: str) -> None:
    having(*HEARING)
    with pytest.raises(RouteError, match=message):
        routes.find(from_, to)


def test_commands_are_joined() -> None:
    needs = ("dragoman models fetch a", "fxtranslate models add en de", "dragoman models fetch b")
    assert routes.commands(needs) == "dragoman models fetch a b && fxtranslate models add en de"
    assert routes.commands(()) == ""


def test_a_language_that_nothing_hears_names_the_nearest_that_is_heard(having: Callable[..., None]) -> None:
    having(*HEARING)
    with pytest.raises(
        RouteError, match=r"nothing here hears Kyrgyz \(nearest to it is kk, Kazakh\), so there is no"
    ):
        routes.find("ky", "en")


def test_an_alias_finds_the_models_of_its_language(having: Callable[..., None]) -> None:
    having(*HEARING)
    with pytest.raises(RouteError, match="fxtranslate models add en nb"):
        routes.find("en", "no")
    assert routes.find("zh-Hant", "en") == routes.find("zh", "en")


@pytest.mark.parametrize(("cores", "voice"), [(4, "tts.kokoro"), (2, "tts.espeak")])
def test_the_more_natural_voice_comes_first_where_it_keeps_up(
    cores: int, voice: str, having: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    having("kokoro", "kokoro-voices")
    assert routes.voice("en") == "tts.hibari"
    assert routes.voice("pt-BR") == voice


def test_a_voice_that_lacks_a_part_says_what_to_type_and_comes_behind(having: Callable[..., None]) -> None:
    having("kokoro")
    *ready, kokoro = routes.speakers("fr")
    assert [speaker.node for speaker in ready] == ["tts.espeak"]
    assert kokoro == routes.Speaker(
        "tts.kokoro", kokoro.quality, "dragoman models fetch kokoro kokoro-voices"
    )


def test_a_voice_that_is_not_understood_comes_behind_one_that_is(
    having: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    having("kokoro", "kokoro-voices")
    hindi = msgspec.structs.replace(languages()["hi"], cer={"kokoro": 0.7, "espeak": 0.2})
    monkeypatch.setattr(routes, "languages", lambda: {"hi": hindi})
    assert [speaker.quality for speaker in routes.speakers("hi")] == ["fair", "broken"]


def test_a_language_without_a_voice(having: Callable[..., None]) -> None:
    having()
    assert routes.voice("bo") == ""
    assert routes.speakers("xx") == []
