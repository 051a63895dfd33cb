"""Listening: what every voice activity detector does around its own judgement of a window.

Decides: the order of things: cut into windows, judge, decide, tell. Knows nothing of how a window is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from nodes.vad._hysteresis import Hysteresis, Stretch
from nodes.vad._windows import Windows
from pipeline.clock import Ns
from pipeline.media import Activity, AudioFrame, Samples
from pipeline.packet import Packet

RATE_HZ = 16_000


class Heard(msgspec.Struct, frozen=True):
    """One window judged: its activity, and the stretch of speech that was over before or with it."""

    start: Ns
    end: Ns
    activity: Activity
    ended: Stretch | None


class Listening:
    """Sound in, judged windows out. `judge` gives the probability of a window; `forget` clears its memory."""

    def __init__(
        self,
        window_samples: int,
        hysteresis: Hysteresis,
        judge: Callable[[Samples], float],
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        self._windows = Windows(window_samples, RATE_HZ)
        self._hysteresis = hysteresis
        self._judge = judge
        self._forget = forget

    def hear(self, packet: Packet[AudioFrame]) -> Iterator[Heard]:
        """The windows that this packet completes. Where the stream is broken, speech before the break is over."""
        for window in self._windows.cut(packet):
            ended = None
            if window.fresh:
                ended = self._hysteresis.stop()
                self._forget()
            probability = self._judge(window.samples)
            ended = self._hysteresis.hear(window.start, window.end, probability) or ended
            activity = Activity(probability, self._hysteresis.speaking)
            yield Heard(window.start, window.end, activity, ended)

    def stop(self) -> Stretch | None:
        """The stretch that was going on when the stream ended."""
        return self._hysteresis.stop()

    @property
    def held_since(self) -> Ns | None:
        """Nothing that is told later starts before this."""
        held = [at for at in (self._windows.held_since, self._hysteresis.held_since) if at is not None]
        return min(held, default=None)


def check_thresholds(threshold: float, release: float) -> None:
    """Raises `ValueError` where speech would end at a probability at which it begins."""
    if release > threshold:
        raise ValueError(
            f"release {release} is above threshold {threshold}; "
            "give a release of at most the threshold, or speech would flicker"
        )
