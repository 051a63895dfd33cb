import json
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.gateway.dialects import Event, Weight
from pipeline.gateway.outbox import HARD, SOFT, Outbox


def event(number: int, weight: Weight = "kept", key: str = "", size: int = 0) -> Event:
    return Event({"event_id": f"event_{number}", "type": "t", "pad": "x" * size}, weight, key)


def read(outbox: Outbox, count: int | None = None) -> list[int]:
    """The numbers of the events that a client reads."""

    async def reading() -> list[int]:
        found: list[int] = []
        while len(outbox) and count != len(found):
            body: dict[str, Any] = json.loads(await outbox.get(lambda: True))
            found.append(int(body["event_id"].removeprefix("event_")))
        return found

    return anyio.run(reading)


def test_states_that_a_later_one_replaces_are_left_out_while_both_wait() -> None:
    outbox = Outbox()
    for number in range(4):
        outbox.put(event(number, "newest", "a"))
    outbox.put(event(4, "newest", "b"))
    assert read(outbox) == [3, 4]
    outbox.put(event(5, "newest", "a"))
    assert read(outbox) == [5]


def test_audio_goes_before_text_for_a_slow_reader_and_is_counted() -> None:
    outbox = Outbox()
    for number in range(10):
        outbox.put(event(number, "audio", size=SOFT // 4))
    for number in range(10, 14):
        outbox.put(event(number, size=100))
    assert outbox.dropped_audio == 7
    assert read(outbox) == [7, 8, 9, 10, 11, 12, 13]
    assert not outbox.overflow.is_set()


def test_text_is_never_dropped_but_its_reader_is() -> None:
    outbox = Outbox()
    for number in range(9):
        outbox.put(event(number, size=HARD // 8))
    assert outbox.overflow.is_set()
    assert len(outbox) == 9


@given(sent=st.integers(1, 20), waiting=st.integers(0, 5), got=st.integers(1, 20))
def test_a_client_that_comes_back_gets_each_event_once(sent: int, waiting: int, got: int) -> None:
    outbox = Outbox()
    for number in range(sent + waiting):
        outbox.put(event(number))
    assert read(outbox, sent) == list(range(sent))
    last = min(got, sent) - 1
    assert outbox.rewind(f"event_{last}")
    assert read(outbox) == list(range(last + 1, sent + waiting))
    assert not outbox.rewind("event_unknown")


def test_what_was_sent_long_ago_is_forgotten() -> None:
    outbox = Outbox()
    for number in range(5):
        outbox.put(event(number, size=900_000))
    read(outbox)
    assert not outbox.rewind("event_0")
    assert outbox.rewind("event_3")


@pytest.mark.anyio
async def test_a_reader_waits_for_news_and_for_the_end() -> None:
    outbox, over = Outbox(), False
    got: list[str | bytes] = []

    async def reader() -> None:
        while text := await outbox.get(lambda: over):
            got.append(text)

    async with anyio.create_task_group() as group:
        group.start_soon(reader)
        await anyio.wait_all_tasks_blocked()
        outbox.put(event(1))
        await anyio.wait_all_tasks_blocked()
        over = True
        outbox.wake()
    assert len(got) == 1
