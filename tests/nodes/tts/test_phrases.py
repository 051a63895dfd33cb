"""The beginning of a long text is heard while the rest is still made; nothing of it is lost."""

# ruff: noqa: RUF001 (marks of many scripts are meant)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.tts._phrases import phrases


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Good morning, everyone.", ["Good morning, everyone."]),
        (
            "We talk, you listen, and they sleep in the room.",
            ["We talk, you listen, ", "and they sleep in the room."],
        ),
        (
            "大家早上好，我们今天讨论人工智能的发展，知识。",
            ["大家早上好，", "我们今天讨论人工智能的发展，知识。"],
        ),
        ("It was 9.5 metres long and 3,000 years old when they found it", None),
        ("No marks are in here but it goes on and on and on", None),
    ],
)
def test_a_long_text_is_cut_behind_its_marks_the_first_time_soon(text: str, cut: list[str] | None) -> None:
    assert phrases(text) == (cut or [text])


@given(st.text(alphabet="ab ,.;!?9。，大", max_size=200))
def test_the_phrases_are_the_text(text: str) -> None:
    assert "".join(phrases(text)) == text


def test_a_cut_never_leaves_a_crumb() -> None:
    assert phrases("This sentence is quite long, as sentences go, ok.")[-1] == "as sentences go, ok."
