"""Dragoman: a framework of stream processors for audio, video and text, and the live interpreter made of it.

The public names, loaded when they are first used:

    Graph                      a checked graph: load, change, run, iterate
    Node, Source               what a node is
    Input, Output              its ports
    Packet                     what flows: a payload and its span of stream time
    AudioFrame, VideoFrame, Activity, SpeechSegment, Text, Word, Terms, Term, Speech    payload kinds
    feed, check_node           testing one node
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.conformance import check_node
    from pipeline.graph import Graph
    from pipeline.media import (
        Activity,
        AudioFrame,
        Speech,
        SpeechSegment,
        Term,
        Terms,
        Text,
        VideoFrame,
        Word,
    )
    from pipeline.node import Node, Source
    from pipeline.packet import Packet
    from pipeline.port import Input, Output
    from pipeline.testing import feed

_HOMES = {
    "Activity": "media",
    "AudioFrame": "media",
    "Graph": "graph",
    "Input": "port",
    "Node": "node",
    "Output": "port",
    "Packet": "packet",
    "Source": "node",
    "Speech": "media",
    "SpeechSegment": "media",
    "Term": "media",
    "Terms": "media",
    "Text": "media",
    "VideoFrame": "media",
    "Word": "media",
    "check_node": "conformance",
    "feed": "testing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(importlib.import_module(f"pipeline.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "Activity",
    "AudioFrame",
    "Graph",
    "Input",
    "Node",
    "Output",
    "Packet",
    "Source",
    "Speech",
    "SpeechSegment",
    "Term",
    "Terms",
    "Text",
    "VideoFrame",
    "Word",
    "check_node",
    "feed",
]
