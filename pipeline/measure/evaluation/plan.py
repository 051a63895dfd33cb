"""Plan: what an evaluation runs: which recordings, which graph, with which settings, at which pace."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline.measure.recording import LeftOut, Recording

Pace: TypeAlias = Literal["virtual", "realtime"]


class Plan(msgspec.Struct, frozen=True):
    """What an evaluation runs. Two plans with the same graph, settings and pace can share a folder."""

    recordings: tuple[Recording, ...]
    out: Path
    graph: str = ""  # a graph file or the name of a shipped one; empty: what `dragoman interpret` would run
    settings: dict[str, Any] = {}  # node.key -> value, over those of the graph
    pace: Pace = "virtual"
    voice: str = ""  # without `graph`: node that speaks; empty: the best at hand; "none": captions only
    latency: str = "balanced"  # without `graph`: low, balanced or quality
    source_captions: bool = (
        True  # without `graph`: recognise the language spoken where the route does without
    )
    jobs: int = 0  # recordings at once; 0: as many as do not slow one another
    again: bool = False  # run what is there already once more
    listen: bool = False  # transcribe the speech that came out, and score that
    name: str = ""  # for tables; empty: the name of the graph
    manifest: str = ""  # path of the manifest, and its digest, for the record
    digest: str = ""
    left_out: tuple[LeftOut, ...] = ()  # of the manifest, for the record
