"""How a translation grows: word by word it only ever gets longer, and still reads as one sentence."""

# ruff: noqa: RUF001 (Chinese commas are meant)

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes._engines.firefox import FirefoxEngine
from nodes.translate._continuation import Continuation, Piece, finished, following, pieces, plausible
from tests.media import need_model


def joined(words: list[Piece]) -> str:
    return "".join((" " if i and not piece.glue else "") + piece.text for i, piece in enumerate(words))


def rest(committed: str, whole: str) -> str | None:
    found = following(pieces(committed), pieces(whole))
    return None if found is None else joined(found)


def test_what_follows_the_committed_words_is_appended() -> None:
    assert rest("Ele foi", "Ele foi para casa.") == "para casa."


def test_case_and_marks_do_not_count() -> None:
    assert rest("Ele foi.", "ele foi para casa") == "para casa"


def test_a_comma_that_comes_later_is_glued_to_the_last_word() -> None:
    assert rest("Para que funcione", "Para que funcione, você precisa") == ", você precisa"
    assert following(pieces("a"), pieces("a, b")) == [Piece(",", glue=True), Piece("b")]


def test_a_word_that_changed_does_not_lose_the_place() -> None:
    assert rest("Se você gostaria de saber mais", "Se você quiser saber mais sobre isso") == "sobre isso"


def test_another_translation_has_no_place() -> None:
    assert rest("Ele foi para casa", "Amanhã chove muito por aqui") is None


def test_chinese_is_compared_by_characters() -> None:
    assert [piece.text for piece in pieces("你好，世界。")] == ["你", "好，", "世", "界。"]
    assert rest("你好", "你好，世界。") == "，世界。"


def test_a_full_stop_that_the_source_has_not_is_taken_off() -> None:
    assert joined(finished(pieces("Ele foi."), "he went")) == "Ele foi"
    assert joined(finished(pieces("Ele foi."), "he went.")) == "Ele foi."
    assert joined(finished(pieces("Ele foi?"), "he went")) == "Ele foi?"


def test_a_rest_out_of_proportion_is_not_believed() -> None:
    assert not plausible([], "one two three")
    assert not plausible(pieces("a " * 30), "one two three")
    assert plausible(pieces("um dois três"), "one two three")


def test_a_piece_translated_alone_begins_small_unless_it_is_a_name() -> None:
    answers = {"she said": "Disse ela", "she said on monday": "Foi na Segunda que", "on monday": "Segunda"}
    continuation = Continuation(lambda text: answers[text], "pt")
    continuation.extend("she said")
    assert joined(continuation.extend("on monday")) == "Segunda"
    answers["she said on monday"] = "Outra frase sem nada em comum"
    continuation.forget()
    continuation.extend("she said")
    assert joined(continuation.extend("on monday")) == "segunda"


@given(st.lists(st.text("abc .,", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=8))
def test_a_translator_that_repeats_its_input_loses_no_word(units: list[str]) -> None:
    continuation = Continuation(lambda text: text)
    said = [piece.text for unit in units for piece in continuation.extend(unit)]
    letters = "".join(letter for unit in units for letter in unit if letter.isalnum())
    assert "".join(letter for word in said for letter in word if letter.isalnum()) == letters


def test_lagging_behind_it_says_a_word_for_a_word_and_the_rest_at_the_end() -> None:
    answers = {
        "the white house": "a casa branca",
        "the white house is old": "a casa branca é velha",
        "the white house is old.": "A casa branca é velha.",
    }
    continuation = Continuation(lambda text: answers[text], "pt")
    assert joined(continuation.lag("the", "white house")) == "a"
    assert joined(continuation.lag("white house", "is old")) == "casa branca"
    assert joined(continuation.extend("is old.")) == "é velha."


@pytest.fixture(scope="module")
def engine() -> Iterator[FirefoxEngine]:
    need_model("firefox-en-pt")
    engine = FirefoxEngine("en", "pt")
    yield engine
    engine.close()


@pytest.mark.model
@pytest.mark.parametrize(
    ("units", "rendered"),
    [
        (
            ["In order for this test to work", "you will need", "to be connected to the Internet."],
            "Para que este teste funcione, você precisará estar conectado à Internet.",
        ),
        (
            ["If you would like", "to learn more technical information"],
            "Se você quiser saber mais informações técnicas",
        ),
        (
            ["The sample configuration", "has a single user."],
            "A configuração da amostra tem um único usuário.",
        ),
    ],
)
def test_units_of_a_sentence_read_as_one(engine: FirefoxEngine, units: list[str], rendered: str) -> None:
    continuation = Continuation(engine.translate, "pt")
    assert joined([piece for unit in units for piece in continuation.extend(unit)]) == rendered


@pytest.mark.model
def test_a_preview_commits_nothing(engine: FirefoxEngine) -> None:
    continuation = Continuation(engine.translate, "pt")
    continuation.extend("Please wait a moment")
    assert (
        continuation.preview("while I attempt")
        == continuation.preview("while I attempt")
        == "enquanto eu tento"
    )
    assert joined(continuation.extend("while you attempt")).startswith("enquanto você")
