"""Who speaks: the face whose mouth goes with the sound. Pure.

How it works. Over the last three seconds the activity of each mouth is compared with the loudness of the sound (their
correlation; a mouth that speaks is busy when it is loud and rests when it is quiet), and added to how active it was in
the last moments, so that a change of turns shows at once. The highest sum wins, if that mouth spoke at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from nodes.vad._correlation import correlation
from pipeline.clock import Ns, ms, sample_index, seconds
from pipeline.media import AudioFrame, Samples
from pipeline.packet import Packet

_COMPARED = seconds(3)
_JUST_NOW = ms(500)
_FEW = 12  # windows below which a correlation says nothing
_QUIETEST = 1e-4  # RMS, full scale 1


class WhoSpeaks:
    """Compares mouths with sound, window after window. `lips` is the activity from which a mouth counts as speaking."""

    def __init__(self, lips: float) -> None:
        self._lips = lips
        self._seen: deque[tuple[Ns, float, dict[int, float]]] = deque()  # end, loudness, face to activity

    def hear(self, end: Ns, loudness: float, mouths: dict[int, float]) -> None:
        """Take a window of sound: its loudness (any scale that grows with it), and the mouths seen meanwhile."""
        self._seen.append((end, loudness, mouths))
        while self._seen[0][0] <= end - _COMPARED:
            self._seen.popleft()

    def now(self) -> tuple[int | None, float]:
        """The face that speaks, and how sure that is, 0 to 1; None where no mouth does."""
        if not self._seen:
            return None, 0.0
        sums = {face: self._sum(face) for face in self._seen[-1][2] if self._recent(face) > self._lips}
        if not sums:
            return None, 0.0
        best = max(sums, key=lambda face: sums[face])
        others = [total for face, total in sums.items() if face != best]
        lead = sums[best] - max(others, default=0.0)
        return best, float(np.clip(lead, 0, 1))

    def _recent(self, face: int) -> float:
        since = self._seen[-1][0] - _JUST_NOW
        active = [mouths[face] for end, _, mouths in self._seen if end > since and face in mouths]
        return float(np.mean(active)) if active else 0.0

    def _sum(self, face: int) -> float:
        pairs = [(loud, mouths[face]) for _, loud, mouths in self._seen if face in mouths]
        together = correlation(*np.array(pairs).T) if len(pairs) >= _FEW else None
        return self._recent(face) + (together or 0.0)


def loudness(frames: Sequence[Packet[AudioFrame]], start: Ns, end: Ns) -> float:
    """Loudness of sound from `start` to `end`, on a scale on which equal steps sound equal."""
    parts = [_between(frame, start, end) for frame in frames]
    samples = np.concatenate([*parts, np.zeros(1, np.float32)])
    return float(np.log(np.sqrt(np.square(samples).mean()) + _QUIETEST))


def _between(frame: Packet[AudioFrame], start: Ns, end: Ns) -> Samples:
    """The samples of a frame that lie in a window, however sound is cut into frames; (n,) float32."""
    rate_hz = frame.payload.rate_hz
    first = sample_index(frame.start, rate_hz)
    begin, until = (max(0, sample_index(at, rate_hz) - first) for at in (start, end))
    return frame.payload.samples[begin:until]
