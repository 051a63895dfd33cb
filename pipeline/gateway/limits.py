"""How much a client may do: buckets that fill with time, and the load of the machine. Pure; the time is an argument."""

from __future__ import annotations

from collections import deque

import msgspec

from pipeline.clock import SECOND, Ns


class Limits(msgspec.Struct, frozen=True):
    """What the operator allows."""

    sessions: int = 1000  # connected at the same time
    max_load: float = 0.95  # share of the cores, 0 to 1, from which nobody else is admitted
    max_lag_s: float = 6.0  # delay of translations, seconds, from which nobody else is admitted
    idle_s: float = 120.0  # without a frame, a session ends
    length_s: float = 7200.0  # so long a session lasts
    resume_s: float = 30.0  # a client that vanished may come back
    quiet_s: float = 5.0  # without sound, a graph tells what it heard and is let go


class Bucket:
    """So much a second, and `burst` at once."""

    def __init__(self, a_second: float, burst: float) -> None:
        self._a_second = a_second
        self._burst = burst
        self._left = burst
        self._at: Ns | None = None

    def take(self, amount: float, at: Ns) -> bool:
        """Whether there is that much; then it is taken."""
        since = 0.0 if self._at is None else (at - self._at) / SECOND
        self._at = at
        self._left = min(self._burst, self._left + since * self._a_second)
        if amount > self._left:
            return False
        self._left -= amount
        return True


class Guard:
    """What one session may do in a time."""

    def __init__(self) -> None:
        self.settings = Bucket(2, 20)  # session.update, commits
        self.pictures = Bucket(2, 4)
        self.errors = Bucket(5, 50)  # beyond that, it is no client but a flood


class Load:
    """How busy the machine is with us: CPU of the process over some seconds, and the lag of what was told lately."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self.busy = 0.0  # share of the cores, 0 to 1
        self._last: tuple[Ns, float] | None = None
        self._lags: deque[tuple[Ns, float]] = deque(maxlen=200)

    def measure(self, at: Ns, cpu_s: float) -> None:
        """Told every second or so: the time, and the CPU seconds of the process."""
        if self._last is not None and at > self._last[0]:
            share = (cpu_s - self._last[1]) / ((at - self._last[0]) / SECOND) / self.cores
            self.busy += 0.3 * (share - self.busy)  # a mean over some three seconds
        self._last = (at, cpu_s)

    def lagged(self, at: Ns, lag_s: float) -> None:
        """A translation came so long after its end was heard."""
        self._lags.append((at, lag_s))

    def lag_s(self, at: Ns) -> float:
        """The 95th percentile of the last half minute; 0 where nothing was told."""
        recent = sorted(lag for when, lag in self._lags if at - when < 30 * SECOND)
        return recent[int(0.95 * (len(recent) - 1))] if recent else 0.0

    def full(self, at: Ns, limits: Limits) -> str:
        """Why nobody else is admitted; empty where there is room."""
        if self.busy > limits.max_load:
            return f"the machine is busy ({self.busy:.0%} of {self.cores} cores)"
        lag = self.lag_s(at)
        if lag > limits.max_lag_s:
            return f"translations are {lag:.1f} s late"
        return ""
