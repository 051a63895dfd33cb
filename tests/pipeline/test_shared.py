"""Shared things: made once however many ask, let go when the last one is done."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.shared import Lease, shared


class Model:
    """Counts how often it is closed."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_two_that_ask_get_the_same_and_the_last_one_closes_it() -> None:
    first, second = shared("model", Model), shared("model", Model)
    assert first.value is second.value
    first.close()
    first.close()  # twice is once
    assert first.value.closed == 0
    second.close()
    assert first.value.closed == 1
    third = shared("model", Model)
    assert third.value is not first.value
    third.close()


def test_other_keys_are_other_things() -> None:
    a, b = shared(("whisper", "base"), Model), shared(("whisper", "small"), Model)
    assert a.value is not b.value
    a.close()
    assert (a.value.closed, b.value.closed) == (1, 0)
    b.close()


def test_many_that_ask_at_once_wait_for_one_make() -> None:
    made: list[Model] = []
    asking = threading.Barrier(8)

    def make() -> Model:
        made.append(Model())
        return made[-1]

    def ask(_: int) -> Lease[Model]:
        asking.wait(10)
        return shared("at once", make)

    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(ask, range(8)))
    assert len(made) == 1
    for lease in leases:
        assert made[0].closed == 0
        lease.close()
    assert made[0].closed == 1


def test_when_making_fails_the_next_one_tries_again() -> None:
    def broken() -> Model:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        shared("fragile", broken)
    lease = shared("fragile", Model)
    assert lease.value.closed == 0
    lease.close()


def test_a_thing_without_close_is_just_let_go() -> None:
    lease = shared("plain", lambda: [1, 2])
    assert lease.value == [1, 2]
    lease.close()
