"""The board of a session: what people on other screens see."""

import anyio
import pytest

from pipeline.gateway.board import TURNS, Board, board_id
from pipeline.gateway.happenings import Finished, Heard, Rendered
from pipeline.media import Word
from pipeline.testing import words
from tests.gateway.wire import a_turn


def shown(board: Board) -> list[tuple[str, str]]:
    turns: list[dict[str, dict[str, str]]] = board.shown()["turns"]  # type: ignore[assignment]
    return [(turn["source"]["text"], turn["target"]["text"]) for turn in turns]


def test_who_joins_late_sees_the_last_lines() -> None:
    board = Board()
    for number in range(TURNS + 3):
        for happening in a_turn(number):
            board.tell(happening)
    assert shown(board) == [("Le colis arrive.", "The parcel arrives.")] * TURNS


def test_a_tail_is_shown_until_the_next_step_replaces_it() -> None:
    board = Board()
    board.tell(Heard(0, words("good"), "morn", "en"))
    assert board.shown()["turns"][0]["source"] == {"text": "good", "tail": " morn", "lang": "en"}  # type: ignore[index]
    board.tell(Heard(0, words("morning,"), "", "en"))
    assert board.shown()["turns"][0]["source"]["text"] == "good morning,"  # type: ignore[index]


def test_scripts_without_spaces_get_none() -> None:
    board = Board()
    board.tell(Rendered(0, (Word("你", 0, 1), Word("好", 1, 2, glue=True)), "吗", "zh"))
    board.tell(Rendered(0, (Word("吗", 2, 3, glue=True),), "", "zh"))
    assert shown(board) == [("", "你好吗")]


def test_a_speaker_without_end_does_not_fill_the_memory() -> None:
    board = Board()
    for _ in range(1000):
        board.tell(Heard(0, words("on and on"), "", "en"))
    assert len(shown(board)[0][0]) == 1500


@pytest.mark.anyio
async def test_a_watcher_is_woken_by_news_and_by_the_end() -> None:
    board = Board()
    seen: list[int] = []

    async def watch() -> None:
        while not board.over:
            assert await board.news(board.version, 10)
            seen.append(board.version)

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await anyio.wait_all_tasks_blocked()
        board.tell(Heard(0, (), "hm", "en"))
        await anyio.wait_all_tasks_blocked()
        board.tell(Finished())
    assert seen == [1, 2]


@pytest.mark.anyio
async def test_a_watcher_of_silence_is_told_that_nothing_came() -> None:
    assert not await Board().news(0, 5)


def test_the_address_of_a_board_does_not_lead_back_to_the_session() -> None:
    assert board_id("sess_a") != board_id("sess_b")
    assert set(board_id("sess_a")) <= set("0123456789abcdef")
