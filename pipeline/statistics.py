"""Counts of a run that cost next to nothing to keep: histograms of bounded size, and counts per node."""

from __future__ import annotations

from pipeline.clock import Ns


class Histogram:
    """Durations in buckets an eighth of an octave wide: any quantile within 7 %, in constant memory."""

    __slots__ = ("_buckets", "total")

    def __init__(self) -> None:
        self._buckets = [0] * 512
        self.total: Ns = 0

    def add(self, value: Ns) -> None:
        """Count one duration (nanoseconds, at least 0)."""
        bits = value.bit_length()
        self._buckets[value if bits <= 3 else (bits << 3) | ((value >> (bits - 4)) & 7)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many durations were counted."""
        return sum(self._buckets)

    def quantile(self, q: float) -> Ns:
        """The duration below which a share `q` of them lies (middle of its bucket); 0 when there are none."""
        rank = q * self.count
        seen = 0
        for bucket, count in enumerate(self._buckets):
            seen += count
            if count and seen >= rank:
                return _middle(bucket)
        return 0


def _middle(bucket: int) -> Ns:
    if bucket < 32:
        return bucket
    bits, step = bucket >> 3, bucket & 7
    width = 1 << (bits - 4)
    return (8 + step) * width + width // 2


class NodeCounts:
    """What one node did in a run."""

    __slots__ = ("busy", "failed", "restarts", "yielded")

    def __init__(self) -> None:
        self.yielded = 0  # packets of a source
        self.failed = 0
        self.restarts = 0
        self.busy = Histogram()  # of its steps

    @property
    def calls(self) -> int:
        """Steps taken; for a source, packets yielded."""
        return self.yielded + self.busy.count
