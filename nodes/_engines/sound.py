"""Sound that is not done with yet, and where in it somebody speaks.

What it decides: nothing; it keeps samples and voice windows on one stream-time axis and cuts both alike. What it must
not know: words, models, when to listen. Memory is what lies between the last cut and now.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 16_000
SECOND_NS = 1_000_000_000
VoiceWindow = tuple[int, int, float]  # start ns, end ns, probability that somebody speaks


def samples_in(span_ns: int) -> int:
    """How many samples a span holds, 0 for a span that runs backwards."""
    return max(0, span_ns * RATE_HZ // SECOND_NS)


class Sound:
    """Samples from `start_ns` on, (n,) float32 mono 16 kHz, with the voice windows that cover them."""

    def __init__(self, start_ns: int) -> None:
        self._first_ns = start_ns  # time of sample 0; all times count from it, so no rounding adds up
        self._dropped = 0
        self._samples: NDArray[np.float32] = np.zeros(0, np.float32)
        self._voice: deque[VoiceWindow] = deque()

    @property
    def start_ns(self) -> int:
        """Time of the first sample kept."""
        return self._first_ns + self._dropped * SECOND_NS // RATE_HZ

    @property
    def end_ns(self) -> int:
        """Time after the last sample."""
        return self._first_ns + (self._dropped + len(self._samples)) * SECOND_NS // RATE_HZ

    @property
    def seconds(self) -> float:
        """How much is kept."""
        return len(self._samples) / RATE_HZ

    def add(self, samples: NDArray[np.float32]) -> None:
        """Append samples that follow the last one."""
        self._samples = np.concatenate([self._samples, samples])

    def add_voice(self, window: VoiceWindow) -> None:
        """Append a voice window; windows come in order."""
        self._voice.append(window)

    def drop_before(self, time_ns: int) -> None:
        """Forget what lies before a time."""
        count = min(len(self._samples), samples_in(time_ns - self.start_ns))
        self._samples = self._samples[count:]
        self._dropped += count
        while self._voice and self._voice[0][1] <= self.start_ns:
            self._voice.popleft()

    def until(self, time_ns: int) -> NDArray[np.float32]:
        """What is kept up to a time, (n,) float32."""
        return self._samples[: samples_in(time_ns - self.start_ns)]

    def voiced_s(self, until_ns: int, *, above: float) -> float:
        """Seconds of voice with at least that probability, up to a time."""
        spans = (
            min(end, until_ns) - start for start, end, likely in self._windows(until_ns) if likely >= above
        )
        return sum(spans) / SECOND_NS

    def quietest(self, time_ns: int, *, within_ns: int) -> float:
        """The lowest voice probability near a time; 1.0 where nothing is known."""
        near = (p for start, end, p in self._voice if start - within_ns <= time_ns <= end + within_ns)
        return min(near, default=1.0)

    def _windows(self, until_ns: int) -> Iterator[VoiceWindow]:
        return (window for window in self._voice if window[0] < until_ns)
