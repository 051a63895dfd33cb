"""The engine of Firefox Translations: any thread may ask, long texts are whole, errors say what to do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nodes._engines.firefox import FirefoxEngine, route
from pipeline.errors import ModelError, NodeError, RouteError
from tests.media import need_model


def test_a_pair_of_the_list_is_direct_and_others_go_through_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodes._engines.firefox.pairs", lambda: [("en", "pt"), ("pt", "en"), ("es", "en")])
    assert route("en", "pt") == [("en", "pt")]
    assert route("en-GB", "pt-BR") == [("en", "pt")]
    assert route("es", "pt") == [("es", "en"), ("en", "pt")]
    assert route("pt", "ja") == [("pt", "ja")]


def threads() -> set[int | None]:
    """The threads of engines, in this process."""
    return {thread.ident for thread in threading.enumerate() if thread.name.startswith("firefox")}


def test_from_a_language_to_itself_there_is_no_way() -> None:
    with pytest.raises(
        RouteError, match=r"from 'pt' to 'pt-BR' there is nothing to translate; give two languages"
    ):
        route("pt", "pt-BR")


def test_without_a_network_the_pairs_at_hand_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setenv("FXTRANSLATE_RECORDS_URL", "http://127.0.0.1:9/records")
    before = threads()
    with pytest.raises(ModelError, match=r"no model from en to de is at hand.*connect to the network.*en-pt"):
        FirefoxEngine("en", "de")
    assert threads() == before


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.ensure", lambda name: tmp_path)
    with pytest.raises(ModelError, match=r"no model\.\*\.bin with vocab.* dragoman models fetch"):
        FirefoxEngine("en", "pt")


@pytest.mark.model
def test_any_thread_may_ask_and_the_engine_ends_its_own() -> None:
    need_model("firefox-en-pt")
    before = threads()
    engine = FirefoxEngine("en", "pt")
    sentences = ["I am here.", "You are there.", "Where is she?"] * 4
    with ThreadPoolExecutor(4) as pool:
        rendered = list(pool.map(engine.translate, sentences))
    assert rendered == [engine.translate(sentence) for sentence in sentences]
    assert rendered[0] == "Eu estou aqui."
    assert engine.translate("  ") == ""
    engine.close()
    assert threads() == before
    with pytest.raises(NodeError, match=r"asked after close\(\)"):
        engine.translate("I am here.")


@pytest.mark.model
def test_of_a_long_text_nothing_is_left_out() -> None:
    need_model("firefox-en-pt")
    engine = FirefoxEngine("en", "pt")
    try:
        rendered = engine.translate("the house is big and the street is long and " * 15)
        assert rendered.count("casa") == 15
    finally:
        engine.close()


@pytest.mark.model
def test_portuguese_comes_back_as_english() -> None:
    need_model("firefox-pt-en")
    engine = FirefoxEngine("pt-BR", "en")
    try:
        assert engine.translate("A água está fria.") == "The water is cold."
    finally:
        engine.close()
