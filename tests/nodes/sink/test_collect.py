"""A test or a notebook finds in a list what came out."""

from __future__ import annotations

from nodes.sink.collect import Collect
from pipeline.media import Text
from pipeline.testing import audio, feed, text, tone, words


def test_it_keeps_what_comes() -> None:
    packets = text(Text(words("Good morning.")), Text((), "every"))
    node = Collect()
    feed(node, packets)
    assert node.packets == packets
    assert node.payloads[1].tentative == "every"


def test_a_limit_keeps_the_newest() -> None:
    packets = audio(tone(1.0), frame_ms=100)
    node = Collect(limit=3)
    feed(node, packets)
    assert node.packets == packets[-3:]


def test_a_new_run_starts_empty() -> None:
    node = Collect()
    feed(node, audio(tone(0.1)))
    feed(node, [])
    assert node.packets == []
