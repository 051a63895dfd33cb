"""Fixtures for tests of nodes, there in every project that has Dragoman installed.

    feed          run one node over streams of packets: `feed(EnergyVad(), media.audio(signal)).speech`
    check_node    hold a node to its promises
    media         makers of signals whose answer is known: `media.tone(1.0)`, `media.audio(...)`, `media.words(...)`
    virtual_time  a backend for async tests on which waits are instant and exact

pytest imports this file at every start, in projects that never use it too, and before coverage is measured: it must
import nothing of Dragoman but in the fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@pytest.fixture(name="feed")
def _feed() -> Callable[..., Any]:
    """`feed(node, *streams)`: what one node makes of streams of packets, without a graph; see pipeline/testing.py."""
    from pipeline.testing import feed

    return feed


@pytest.fixture(name="check_node")
def _check_node() -> Callable[..., None]:
    """`check_node(NodeClass)`: hold a node to its promises; see pipeline/conformance.py."""
    from pipeline.conformance import check_node

    return check_node


@pytest.fixture(name="media")
def _media() -> ModuleType:
    """Makers of media and of packets: `media.tone`, `media.silence`, `media.audio`, `media.words`, …"""
    from pipeline import testing

    return testing


@pytest.fixture
def virtual_time() -> tuple[str, dict[str, Any]]:
    """trio with a clock that jumps while all wait: waits are instant and exact, a deadlock is an instant error.

    Make it the backend of your async tests: `@pytest.fixture def anyio_backend(virtual_time): return virtual_time`.
    """
    trio_testing = pytest.importorskip("trio.testing", reason="virtual time needs trio: pip install trio")
    return "trio", {"clock": trio_testing.MockClock(autojump_threshold=0)}
