"""What the readers of this folder share: a change of the screen goes in, lines of text come out.

Decides: the ports, where they run, and what happens where they cannot. Which engine reads is said by each node in
`reader()`; what a line is and when it is told, by `_screen.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from nodes._engines.optional import or_none
from nodes.ocr._lines import Reader
from nodes.ocr._screen import Screen
from pipeline.media import ScreenChange, ScreenText
from pipeline.node import Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


class ScreenReader(Node, ABC):
    """A node that reads text on the screen; a node of this kind has these settings, with defaults of its own."""

    min_confidence: float
    find_px: int
    required: bool

    runs_on: ClassVar[Place] = "thread"
    nice: ClassVar[int] = 6

    change = Input(ScreenChange)
    text = Output(ScreenText)

    @abstractmethod
    def reader(self) -> Reader:
        """The engine. Raises `PackageError` or `ModelError` where it cannot run."""

    def open(self) -> None:
        self._screen = or_none(
            lambda: Screen(self.reader(), self.min_confidence, self.find_px), self.required
        )

    def process(self, change: Packet[ScreenChange]) -> Iterator[Emission[Any]]:
        if self._screen is not None:
            for text in self._screen.look(change.payload, change.start, change.end):
                yield self.text(text)

    def finish(self) -> Iterator[Emission[Any]]:
        if self._screen is not None:
            for text in self._screen.stop():
                yield self.text(text)

    def close(self) -> None:
        if self._screen is not None:
            self._screen.close()
