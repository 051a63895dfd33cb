"""One of FFmpeg's audio filters over a whole recording; FFmpeg comes with PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from pipeline.media import Samples


def frames_through(samples: Samples, rate_hz: int, name: str, settings: str) -> Iterator[Any]:
    """The frames of sound that filter `name` makes of samples, (n,) float32, each with its metadata.

    Raises what PyAV raises for a filter or a setting that it does not know.
    """
    from av import AudioFrame
    from av.error import BlockingIOError, EOFError
    from av.filter import Graph

    graph = Graph()
    base = Fraction(1, rate_hz)
    source = graph.add_abuffer(format="flt", sample_rate=rate_hz, layout="mono", time_base=base)
    filter_, sink = graph.add(name, settings), graph.add("abuffersink")
    source.link_to(filter_)
    filter_.link_to(sink)
    graph.configure()
    frame: Any = AudioFrame.from_ndarray(
        np.ascontiguousarray(samples, np.float32)[None], format="flt", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, base
    graph.push(frame)
    graph.push(None)
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, EOFError):
            return
