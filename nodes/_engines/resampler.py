"""One stream of mono sound from one sample rate to another.

Why libswresample (it comes with PyAV) and not soxr: for live use the delay decides. Fed with 20 ms frames to
16 kHz, soxr HQ keeps 37 ms (from 48 kHz) to 115 ms (from 8 kHz) inside, because it works in blocks; swresample
with 64 taps keeps 2 to 4 ms. Its stop band is -90 dB from 8.5 kHz on and its pass band flat to 7 kHz, which is
more than recognisers see. The filter's own delay is taken out, so sample n of the output stands at n / to_hz.

Must not know: time, frames, gaps. Who has a gap flushes and makes a new one.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from pipeline.media import Samples

_FILTER = "filter_size=64:cutoff=0.97"


class Resampler:
    """Feed samples in any cutting: the samples that come out are the same, `round(n * to_hz / from_hz)` in all."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self.from_hz = from_hz
        self._to_hz = to_hz
        self._taken = self._given = 0  # samples
        self._same = from_hz == to_hz
        if self._same:
            return
        from av.filter import Graph

        self._graph = Graph()
        source = self._graph.add_abuffer(
            format="flt", sample_rate=from_hz, layout="mono", time_base=Fraction(1, from_hz)
        )
        filter_ = self._graph.add("aresample", f"{to_hz}:{_FILTER}")
        sink = self._graph.add("abuffersink")
        source.link_to(filter_)
        filter_.link_to(sink)
        self._graph.configure()

    def feed(self, samples: Samples) -> Samples:
        """What can be given out after these samples; (n,) float32, n may be 0."""
        if self._same or not len(samples):
            return samples
        self._taken += len(samples)
        given = self._through(samples)
        self._given += len(given)
        return given

    def flush(self) -> Samples:
        """The tail that was kept for the filter; nothing may be fed after it."""
        if self._same:
            return np.zeros(0, np.float32)
        missing = max(0, round(self._taken * self._to_hz / self.from_hz) - self._given)
        # Silence drives the tail out; left to itself, the library gives nothing for less than a filter's length.
        return self._through(np.zeros(256 * -(-self.from_hz // self._to_hz), np.float32))[:missing].copy()

    def _through(self, samples: Samples) -> Samples:
        from av import AudioFrame

        frame: Any = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None], format="flt", layout="mono")
        frame.sample_rate = self.from_hz
        self._graph.push(frame)
        return self._pulled()

    def _pulled(self) -> Samples:
        from av.error import BlockingIOError, EOFError

        pieces: list[Samples] = []
        while True:
            try:
                pieces.append(self._graph.pull().to_ndarray()[0])
            except (BlockingIOError, EOFError):
                return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
