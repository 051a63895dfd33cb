"""Heavy things, loaded once a process and used by every graph in it.

`shared(key, make)` gives a `Lease`; the first one with a key calls `make`, the last one to be closed lets the
thing go. Nodes take a lease in `open()` and close it in `close()`. Any thread may call; two that ask for the
same key at once wait for one `make`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Holding:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.leases = 0
        self.value: Any = None


class Lease(Generic[T]):
    """A right to use `value` until `close()`."""

    def __init__(self, key: Hashable, value: T) -> None:
        self._key = key
        self._open = True
        self.value = value

    def close(self) -> None:
        """Give the lease back; the last one closes the value if it has `close()`. Safe to call twice."""
        if self._open:
            self._open = False
            _give_back(self._key)


_holdings: dict[Hashable, _Holding] = {}  # the one piece of state that is meant to outlive a graph
_lock = threading.Lock()


def shared(key: Hashable, make: Callable[[], T]) -> Lease[T]:
    """Lease the thing known by `key`, made by `make` if nobody has it. Raises what `make` raises."""
    with _lock:
        holding = _holdings.setdefault(key, _Holding())
        holding.leases += 1
    with holding.lock:
        if holding.value is None:
            try:
                holding.value = make()
            except BaseException:
                _forget(key, holding)
                raise
        return Lease(key, holding.value)


def _forget(key: Hashable, holding: _Holding) -> bool:
    """Count one lease less; True when it was the last."""
    with _lock:
        holding.leases -= 1
        last = holding.leases == 0
        if last and _holdings.get(key) is holding:
            del _holdings[key]
        return last


def _give_back(key: Hashable) -> None:
    holding = _holdings[key]
    if _forget(key, holding):
        close = getattr(holding.value, "close", None)
        if close is not None:
            close()
