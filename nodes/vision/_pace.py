"""Pace: which pictures of a stream are looked at, so that their number a second has a bound. Pure."""

from __future__ import annotations

from pipeline.clock import SECOND, Ns, ms

_SLACK = ms(1)  # sources round their times


class Pace:
    """Chooses pictures, at most `fps` a second on the average; counts from the first one. `fps` 0 takes all."""

    def __init__(self, fps: float) -> None:
        self._step: Ns = round(SECOND / fps) if fps else 0
        self._due: Ns | None = None

    def takes(self, at: Ns, every: int = 1) -> bool:
        """Whether the picture at stream time `at` is looked at; `every` 2 is half the pace, from one call to the next."""
        due = at if self._due is None else self._due + (every - 1) * self._step
        if at < due - _SLACK:
            return False
        late = at - due >= self._step
        self._due = (at if late else due) + self._step
        return True
