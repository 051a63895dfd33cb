"""Every async test runs in virtual time on trio, unless it asks for asyncio."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """trio with a clock that jumps: waits are instant and exact, and a deadlock is an instant error."""
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command writes for a pipe, not for the terminal that the tests were started in."""
    monkeypatch.delenv("COLUMNS", raising=False)
