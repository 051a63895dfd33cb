"""How much of a hypothesis may stand, given where its words were heard."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nodes._engines.reading import Reading, Task
from nodes._engines.stability import Placed
from nodes._engines.whisper import Word
from tests.nodes.engines.scripted import ScriptedEngine

S = 1_000_000_000
SAID = ["press", "five", "for", "the", "main"]


class Written(ScriptedEngine):
    """Token k is the k-th word of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text.split()

    def words(self, tokens: Sequence[int], *, spaced: bool) -> list[Word]:
        return [Word((t,), self._text[t], glue=False) for t in tokens]


def kept(text: str, starts_s: Sequence[float], task: Task) -> str:
    """What stands of a text whose first words were said, in 5 s of sound."""
    reading = Reading(Written(text), language="ru", task=task, sure=0.5)
    placed = [Placed(k, round(start * S), round(start * S) + S // 10) for k, start in enumerate(starts_s)]
    return " ".join(text.split()[: reading.placeable(placed, len(SAID), 5 * S)])


@pytest.mark.parametrize(
    ("after", "task", "stands"),
    [
        ("menu. Press four to record the message.", "translate", "menu."),
        ("menu. Press four to record the message.", "transcribe", ""),
        ("menu or four to record the message.", "translate", "menu or four to record the message."),
        ("menu. Press four.", "translate", "menu. Press four."),
    ],
    ids=["a whole sentence", "whole words", "an order of words that differs", "what fits"],
)
def test_nobody_says_a_sentence_in_a_moment(after: str, task: Task, stands: str) -> None:
    text = " ".join([*SAID, after])
    starts = [k * 0.5 for k in range(len(SAID))] + [4.8] * len(after.split())
    assert kept(text, starts, task) == " ".join([*SAID, stands]).strip()


def test_what_was_said_stays_said() -> None:
    assert kept("one two three. Four five six", [4.9] * 6, "translate") == "one two three. Four five six"
    assert kept("one two three four five", [4.9] * 5, "transcribe") == "one two three four five"
