"""What the tests of the framework share."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.pipeline import cast


@pytest.fixture
def gate() -> Iterator[str]:
    """The name of a gate that is opened at the end, so that no thread hangs on."""
    name = f"gate {len(cast.GATES)}"
    cast.GATES[name] = threading.Event()
    yield name
    cast.GATES[name].set()
