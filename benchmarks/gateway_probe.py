"""A graph that costs nothing and knows when each of its words was said: what is left of a delay is the gateway's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.media import Activity, AudioFrame, Text, Word
from pipeline.node import Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

GRAPH = """
nodes:
  talk:  {uses: source.external, with: {frame_ms: 100}}
  probe: {uses: "benchmarks.gateway_probe:Probe", inputs: {audio: talk.audio}}
"""


@dataclass
class Probe(Node):
    """Say a word for each packet of sound, at once."""

    audio = Input(AudioFrame)
    activity = Output(Activity)
    translation = Output(Text)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        yield self.activity(Activity(0.95, True))
        yield self.translation(Text((Word("la", audio.start, audio.end),), lang="en"))
