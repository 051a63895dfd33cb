"""Following: the same number for the same face or hand from one picture to the next. Pure.

What is nearest is the same, if it is near: within its own size of where it was last seen. What was not seen for a
second is gone, and its number is not given again.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pipeline.clock import Ns, seconds
from pipeline.media import Box

_FORGOTTEN = seconds(1)


class _Known(msgspec.Struct):
    box: Box
    at: Ns


class Following:
    """Numbers for boxes, from 1."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._next = 1

    def follow(self, boxes: Sequence[Box], at: Ns) -> list[int]:
        """A number for each box of the picture at `at`."""
        self._known = {number: known for number, known in self._known.items() if at - known.at <= _FORGOTTEN}
        pairs = sorted(
            (gap, number, index)
            for number, known in self._known.items()
            for index, box in enumerate(boxes)
            if (gap := distance(known.box, box)) < 1
        )
        numbers = dict[int, int]()
        for _, number, index in pairs:
            if number not in numbers.values() and index not in numbers:
                numbers[index] = number
        for index in range(len(boxes)):
            if index not in numbers:
                numbers[index] = self._next
                self._next += 1
            self._known[numbers[index]] = _Known(boxes[index], at)
        return [numbers[index] for index in range(len(boxes))]

    @property
    def numbers(self) -> set[int]:
        """All that were seen within the last second."""
        return set(self._known)


def distance(one: Box, other: Box) -> float:
    """How far the centres of two boxes are apart, in sizes of the larger one."""
    across = abs(one.left + one.right - other.left - other.right) / 2
    down = abs(one.top + one.bottom - other.top - other.bottom) / 2
    wide = max(one.right - one.left, other.right - other.left, 1e-6)
    high = max(one.bottom - one.top, other.bottom - other.top, 1e-6)
    return max(across / wide, down / high)
