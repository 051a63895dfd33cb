"""Every async test runs in virtual time on trio, unless it asks for asyncio."""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """trio with a clock that jumps: waits are instant and exact, and a deadlock is an instant error."""
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}
