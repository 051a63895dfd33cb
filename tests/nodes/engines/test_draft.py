"""What of a hypothesis is stable, and when it is given out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nodes._engines.draft import Draft, LiveWord
from nodes._engines.policy import Policy
from nodes._engines.stability import Placed, stability
from nodes._engines.whisper import Word

SECOND_NS = 1_000_000_000
PIECES = {0: " to", 1: " mor", 2: "row", 3: " we", 4: " sail", 5: ","}


def words(tokens: Sequence[int]) -> list[Word]:
    found: list[Word] = []
    for token in tokens:
        text = PIECES[token]
        if found and not text.startswith(" "):
            found[-1] = Word((*found[-1].tokens, token), found[-1].text + text, found[-1].glue)
        else:
            found.append(Word((token,), text.strip(), glue=not text.startswith(" ")))
    return found


def placed(*tokens: int, start_s: int = 0) -> list[Placed]:
    """Each token lasts a second, one after the other."""
    at = start_s * SECOND_NS
    return [Placed(t, at + i * SECOND_NS, at + (i + 1) * SECOND_NS) for i, t in enumerate(tokens)]


@pytest.fixture
def draft() -> Draft:
    return Draft(words, begins=lambda word: word.text != ",", stability=stability(Policy(), words))


def test_two_hypotheses_that_agree_give_whole_words(draft: Draft) -> None:
    assert draft.revise(placed(0, 1), settled_ns=0) == 0
    assert draft.revise(placed(0, 1, 2), settled_ns=0) == 1
    assert [word.text for word in draft.commit(1)] == ["to"]
    assert draft.tentative == "morrow"


def test_what_lies_well_before_the_end_needs_no_second_look(draft: Draft) -> None:
    stable = draft.revise(placed(0, 1, 2, 3), settled_ns=3 * SECOND_NS)
    assert draft.commit(stable) == [
        LiveWord("to", 0, SECOND_NS),
        LiveWord("morrow", SECOND_NS, 3 * SECOND_NS),
    ]


def test_the_last_word_of_a_hypothesis_may_still_grow(draft: Draft) -> None:
    assert draft.revise(placed(0, 1), settled_ns=9 * SECOND_NS) == 1


def test_a_comma_after_a_word_given_out_is_glued_to_it(draft: Draft) -> None:
    draft.revise(placed(3, 4), settled_ns=0)
    draft.commit()
    draft.revise(placed(3, 4, 5, 0), settled_ns=0)
    assert draft.commit() == [
        LiveWord(",", 2 * SECOND_NS, 3 * SECOND_NS, glue=True),
        LiveWord("to", 3 * SECOND_NS, 4 * SECOND_NS),
    ]


def test_words_never_run_backwards(draft: Draft) -> None:
    draft.revise(placed(3, start_s=5), settled_ns=0)
    draft.commit()
    draft.clear()
    draft.revise(placed(4, start_s=2), settled_ns=0)
    assert draft.commit() == [LiveWord("sail", 6 * SECOND_NS, 6 * SECOND_NS)]
    assert draft.told_ns == 6 * SECOND_NS


def test_a_cut_lets_go_of_the_words_before_it(draft: Draft) -> None:
    draft.revise(placed(0, 1, 2, 3), settled_ns=0)
    draft.commit()
    assert draft.ends() == [SECOND_NS, 3 * SECOND_NS, 4 * SECOND_NS]
    draft.cut(3 * SECOND_NS)
    assert draft.said == [3]
    draft.clear()
    assert draft.said == []


def test_the_first_word_of_other_sound_stands_alone_but_a_comma_does_not(draft: Draft) -> None:
    draft.revise(placed(2), settled_ns=0)
    assert draft.commit() == [LiveWord("row", 0, SECOND_NS)]
    draft.clear()
    draft.revise(placed(5, start_s=1), settled_ns=0)
    assert draft.commit() == [LiveWord(",", SECOND_NS, 2 * SECOND_NS, glue=True)]
