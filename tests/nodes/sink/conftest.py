"""What the tests of sinks share."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

SMALL = 64 * 1024  # bytes


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files may not grow beyond 64 KiB during this test: writing more fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
