from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nodes.translate._fragments import Fragments, Piece


def said(lang: str, *fragments: str) -> list[list[Piece]]:
    text = Fragments(lang)
    return [*map(text.add, fragments), text.end()]


def test_a_word_is_whole_when_the_next_one_begins_or_the_sentence_ends() -> None:
    assert said("en", "the par", "cel", " arr", "ives.") == [
        [("the", False)],
        [],
        [("parcel", False)],
        [("arrives.", False)],
        [],
    ]


def test_the_last_word_is_whole_at_the_end() -> None:
    assert said("en", " tomorrow") == [[], [("tomorrow", False)]]


def test_what_was_taken_as_whole_too_early_goes_on_without_a_space() -> None:
    text = Fragments("en")
    text.add("par")
    assert text.end() == [("par", False)]
    assert text.add("cel ") == [("cel", True)]


def test_scripts_without_spaces_do_not_wait() -> None:
    assert said("zh", "包裹", "明天") == [[("包裹", False)], [("明天", True)], []]
    assert said("th", "พัสดุ") == [[("พัสดุ", False)], []]


@given(st.text("ab .は\n", max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_however_a_text_is_cut_its_words_say_the_same(whole: str, cuts: list[int]) -> None:
    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = [piece for step in said("en", *(whole[a:b] for a, b in pairwise(places))) for piece in step]
    joined = "".join(text if glue else f" {text}" for text, glue in pieces)
    assert joined.split() == whole.split()
