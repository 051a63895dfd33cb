"""Latency: how soon against how well; three presets for the nodes that decide when something is said.

Decides: the figures of each preset, all of them in the table below, and which nodes of a graph they reach. What a
setting does is said by its node; why words wait at all, by docs/interpretation.md. Works on names of nodes only.

`balanced` is what the nodes do by themselves. A preset is laid over a graph, so what is set afterwards overrules it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.errors import InputError, did_you_mean
from pipeline.graph import Graph

_SOON = {"hear_ms": 100, "step_ms": 700, "behind_ms": 400}
_WELL = {"step_ms": 1300, "behind_ms": 1200, "longest_ms": 12_000, "keep_ms": 5000, "beam": 3}

PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {  # preset: what a node uses: its settings
    "low": {
        "asr.whisper": _SOON,
        "translate.whisper": _SOON,
        "segment.units": {"min_words": 2, "floor": 0.6, "min_ms": 500.0, "max_ms": 1500.0},
    },
    "balanced": {},
    "quality": {
        "asr.whisper": _WELL,
        "translate.whisper": _WELL,
        "segment.units": {
            "min_words": 4,
            "max_words": 40,
            "threshold": 0.85,
            "floor": 0.75,
            "max_ms": 6000.0,
        },
    },
}


def with_latency(graph: Graph, latency: str) -> Graph:
    """A graph with the settings of a preset. Raises `InputError` for one that there is not."""
    if latency not in PRESETS:
        raise InputError(f"latency {latency!r}: no such preset; {did_you_mean(latency, list(PRESETS))}")
    wanted = PRESETS[latency]
    return graph.with_settings(
        {
            f"{name}.{key}": value
            for name, member in graph.members.items()
            for key, value in wanted.get(member.uses, {}).items()
        }
    )


__all__ = ["PRESETS", "with_latency"]
