"""How speech keeps up with text: faster first, then by leaving out whole pieces, each one counted.

Decides: at what speed a piece is spoken, when it plays, and whether it is left out. Pure: the times are arguments.

How it works
    Text comes at `at`, the later of the end of what it speaks of and the run time at which it came. It plays when
    the piece before it is over. Backlog is how long that takes: `busy_until - at`. Up to `catch_up_ms` the voice
    keeps its own pace; above, it quickens linearly, to `max_speed` times that pace at `RAMP` times `catch_up_ms`
    (at `skip_ms` where that comes first). From `skip_ms` on, pieces are left out until the backlog is smaller.

Nothing is condensed in between. Fillers ("um", "you know") hardly reach a voice, because recognisers and
translators leave them out, and a word list cannot tell the filler from the words ("you know the answer").
"""

from __future__ import annotations

from pipeline.clock import Ns, ms

RAMP = 4  # full speed at this many times `catch_up_ms` of backlog


class Backlog:
    """The state of one voice: until when it is busy, and what it left out."""

    def __init__(
        self, speed: float, max_speed: float, fastest: float, catch_up_ms: float, skip_ms: float
    ) -> None:
        self._own = speed
        self._top = max(speed, min(speed * max_speed, fastest))
        self._calm = ms(catch_up_ms)
        self._skip = ms(skip_ms)
        self._full = RAMP * self._calm if not skip_ms else min(RAMP * self._calm, self._skip)
        self._busy_until: Ns = 0
        self._skipped = 0  # pieces left out since the last one that was spoken

    def behind(self, at: Ns) -> Ns:
        """Backlog of text that comes at `at`, nanoseconds."""
        return max(0, self._busy_until - at)

    def too_far(self, at: Ns) -> bool:
        """Whether a piece that comes at `at` is to be left out."""
        return bool(self._skip) and self.behind(at) >= self._skip

    def speed(self, at: Ns) -> float:
        """Speed of a piece that comes at `at`; 1.0 is the voice's own pace."""
        over = self.behind(at) - self._calm
        if over <= 0:
            return self._own
        part = min(1.0, over / (self._full - self._calm)) if self._full > self._calm else 1.0
        return self._own + part * (self._top - self._own)

    def leave_out(self) -> None:
        """Count a piece that is not spoken."""
        self._skipped += 1

    def play(self, at: Ns, duration: Ns) -> tuple[Ns, int]:
        """Take a piece; returns when it starts to play, and how many were left out just before it."""
        plays_at = max(at, self._busy_until)
        self._busy_until = plays_at + duration
        skipped, self._skipped = self._skipped, 0
        return plays_at, skipped


def check(catch_up_ms: float, skip_ms: float) -> None:
    """Raises `ValueError` when pieces would be left out before the voice has tried to be faster."""
    if skip_ms and skip_ms <= catch_up_ms:
        raise ValueError(
            f"skip_ms {skip_ms:g} is not above catch_up_ms {catch_up_ms:g}, so pieces would be left out before the "
            "voice speaks faster; raise skip_ms, or give 0 to leave out nothing"
        )
