"""Memory of a server that opens and ends sessions for weeks.

`one_heap` and `settle` speak for a whole process: they are for `dragoman serve`, not for a program that holds a gateway.
"""

from __future__ import annotations

import ctypes
import gc
import sys

M_ARENA_MAX = -8  # glibc, malloc.h


def one_heap() -> None:
    """Have all threads allocate from one heap; to be called before they start. Does nothing where the C library is not glibc.

    glibc gives each thread a heap of its own, and each keeps what its busiest moment needed: with threads that come and go
    with sessions, that grows from session to session.
    """
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def settle() -> None:
    """Take all that is loaded now for good; to be called when the models are. What `give_back` looks through is then small."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Free what sessions left; 10 ms of the loop with two sessions, after `settle`.

    An ended graph is a ring of objects. Python looks for rings in its own time, and until then each holds its share of a
    recogniser's memory: 10 MB.
    """
    gc.collect()
