"""Testing one node: packets in, packets out; no graph, no waiting, no model.

Run: pytest examples/test_one_node.py
"""

from __future__ import annotations

import numpy as np

from nodes.vad.energy import EnergyVad
from pipeline import check_node, feed
from pipeline.clock import seconds
from pipeline.testing import audio, silence, tone


def test_a_tone_between_silences_is_one_segment() -> None:
    signal = np.concatenate([silence(0.5), tone(1.0), silence(0.5)])
    [segment] = feed(EnergyVad(), audio(signal)).speech
    assert (segment.start, segment.end) == (seconds(0.5), seconds(1.5))


def test_it_keeps_the_promises_of_a_node() -> None:
    check_node(EnergyVad)  # deterministic, causal, any cutting of the sound, closes what it opens, …
