"""The settings that every voice has: which language, how fast, and what to do when speech falls behind.

Decides: their names, ranges and defaults. What they do is in `_backlog.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from nodes.tts._backlog import Backlog, check


@dataclass
class Speaking:
    """Settings; a voice adds them to its own by inheriting them. Raises `ValueError` where two do not go together."""

    lang: str = ""  # language of the text, BCP 47; empty takes it from the text
    speed: Annotated[float, Meta(ge=0.5, le=2)] = 1.0  # pace; 1.0 is the voice's own, 0.5 to 2
    max_speed: Annotated[float, Meta(ge=1, le=2)] = 1.35  # how much faster it may get to keep up, 1 to 2
    catch_up_ms: Annotated[float, Meta(ge=0)] = 1500  # backlog from which it gets faster, milliseconds
    skip_ms: Annotated[float, Meta(ge=0)] = 0  # backlog from which it skips, milliseconds; 0: never

    def __post_init__(self) -> None:
        check(self.catch_up_ms, self.skip_ms)

    def backlog(self, fastest: float) -> Backlog:
        """The state of one voice that can speak at most `fastest` times its own pace."""
        return Backlog(self.speed, self.max_speed, fastest, self.catch_up_ms, self.skip_ms)
