"""How far a graph has come: up to which moment everything that was said of it has been told.

A packet says what is new, and never that nothing more comes. Joins know (docs/time.md), so a node with a join asks one:
its leading input ticks with the sound, and a set is complete once all other inputs are settled past the tick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.media import Activity, Speech, Text
from pipeline.node import JoinName, Node
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output


@dataclass
class Progress(Node):
    """Pass voice activity on once all text and speech that overlaps it has passed. Holds back what is not settled.

    Example: `progress: {uses: "pipeline.gateway.progress:Progress", inputs: {activity: speech.activity}}`
    """

    join: ClassVar[JoinName] = "covering"

    activity = Input(Activity)
    transcript = Input(Text, optional=True, whole_span=True)
    translation = Input(Text, optional=True, whole_span=True)
    speech = Input(Speech, optional=True, whole_span=True)
    settled = Output(Activity)

    def process(
        self, activity: Packet[Activity], transcript: Any, translation: Any, speech: Any
    ) -> Iterator[Emission[Any]]:
        yield self.settled(activity.payload)
