"""Arrays in payloads: their types, and that nobody writes into what others read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


def read_only(array: NDArray[Any]) -> None:
    """Make an array read-only: one packet goes to many consumers."""
    array.flags.writeable = False
