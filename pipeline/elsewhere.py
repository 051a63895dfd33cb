"""Elsewhere: a node on trial run by a graph, and its module imported by a fresh interpreter.

Decides: how streams that were made before are played into a graph, and which packages count as heavy.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from pipeline.clock import RunClock
from pipeline.errors import NodeError
from pipeline.graph import Graph
from pipeline.node import Node, Place, Source
from pipeline.packet import Packet
from pipeline.port import Emission, Output
from pipeline.sameness import said
from pipeline.trial import Stream, Told, Trial


@dataclasses.dataclass
class Replay(Source):
    """Give packets that were made before, as fast as they are taken."""

    packets: Stream = ()  # what it gives

    out = Output(msgspec.Struct)

    async def produce(self, clock: RunClock) -> AsyncGenerator[Emission[Any], None]:
        for packet in self.packets:
            yield self.out(packet.payload, packet.start, packet.end)


def run_in_graph(trial: Trial, place: Place) -> Told:
    """What the node says when a graph runs it at a place."""
    nodes: dict[str, Node] = {f"from_{name}": _replay(trial, name) for name in trial.streams}
    wires = {f"tried.{name}": f"from_{name}.out" for name in trial.streams}
    graph = Graph.of({**nodes, "tried": trial.make()}, wires)
    graph.members["tried"].runs_on = place
    outputs = [f"tried.{name}" for name in trial.cls.outputs]
    found: dict[str, list[Packet[Any]]] = {name: [] for name in trial.cls.outputs}
    for name, packet in graph.stream(*outputs):
        found[name.removeprefix("tried.")].append(packet)
    return {name: said(packets) for name, packets in found.items()}


def _replay(trial: Trial, name: str) -> Source:
    """A source whose output has the kinds of the input that it feeds."""
    port = trial.cls.inputs[name]
    output: Output[Any] = Output(port.kinds[0])
    output.kinds, output.name = port.kinds, "out"
    source = type("Replay", (Replay,), {"out": output})
    return source(tuple(trial.streams[name]))  # type: ignore[no-any-return]


_LIGHT = "import {modules}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
HEAVY = (
    "av",
    "ctranslate2",
    "cv2",
    "faster_whisper",
    "fxtranslate",
    "hibari",
    "huggingface_hub",
    "mediapipe",
    "networkx",
    "onnxruntime",
    "scipy",
    "sounddevice",
    "soxr",
    "tensorflow",
    "torch",
    "transformers",
)  # packages that take longer to import than all nodes together, or need a device


def heavy_imports(*modules: str) -> list[str]:
    """Which heavy packages a fresh interpreter has imported after importing modules."""
    path = f"import sys; sys.path[:] = {sys.path!r}; "
    done = subprocess.run(
        [sys.executable, "-c", path + _LIGHT.format(modules=", ".join(modules))],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise NodeError(
            f"{', '.join(modules)}: cannot be imported by a fresh interpreter ({last}); give it no side effects"
        )
    return [name for name in done.stdout.split() if name in HEAVY]
