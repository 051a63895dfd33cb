"""A graph made in Python, with a node of your own, run from async code.

Run: python examples/graph_in_python.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import anyio
import numpy as np

from nodes.source.tone import Tone
from nodes.vad.energy import EnergyVad
from pipeline import AudioFrame, Graph, Input, Node, Output, Packet
from pipeline.port import Emission


@dataclass
class Chop(Node):
    """Silence every other stretch of sound."""

    every_s: float = 1.0  # length of a stretch, seconds

    audio = Input(AudioFrame, rate_hz=16_000)
    sound = Output(AudioFrame, rate_hz=16_000)

    def process(self, audio: Packet[AudioFrame]) -> Iterator[Emission[Any]]:
        silent = int(audio.start / 1e9 / self.every_s) % 2 == 1
        factor = np.float32(0 if silent else 1)
        yield self.sound(AudioFrame(audio.payload.samples * factor, audio.payload.rate_hz))


async def main() -> None:
    graph = Graph.of(
        {"talk": Tone(duration_s=5, pace="asap"), "chop": Chop(), "speech": EnergyVad()},
        {"chop.audio": "talk.audio", "speech.audio": "chop.sound"},
    )
    async with graph.run("speech.speech") as run:
        async for _, packet in run:
            print(f"sound from {packet.start / 1e9:.1f} s to {packet.end / 1e9:.1f} s")
        await run.wait()
    print(run.report())


if __name__ == "__main__":
    anyio.run(main)
