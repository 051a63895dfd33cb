"""Changes: a graph with something changed: settings, a node exchanged, or a policy of the field put in.

Decides: what a key of a change means, and where a policy goes. Knows nodes by their names only.

    node.key    a setting
    node.uses   another node in its place; its wires stay, and the settings that the new one knows too
    policy      a policy of simultaneous translation, by the name that papers give it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.errors import InputError, did_you_mean
from pipeline.graph import Graph
from pipeline.media import Text
from pipeline.resolve import node_class
from pipeline.settings import settings_of
from pipeline.spec import EdgeSpec

POLICY = "policy"
SEGMENTERS = {  # policies that decide on recognised words: the node that does
    "units": "segment.units",
    "sentences": "segment.sentences",
    "fixed": "segment.fixed",
    "wait-k": "segment.wait_k",
}
COMMITMENTS = {  # policies by which a recogniser gives words out: the value of its setting `policy`
    "agreement": "agreement",
    "hold": "hold",
    "attention": "attention",
    "agreement+attention": "agreement+attention",
}
POLICIES = (*SEGMENTERS, *COMMITMENTS)


def varied(graph: Graph, changes: Mapping[str, Any]) -> Graph:
    """A graph with changes, as above; values as they are, not as YAML text.

    Raises `InputError` for a node, setting or policy that there is not, `GraphError` where it no longer makes sense.
    """
    if POLICY in changes:
        graph = with_policy(graph, str(changes[POLICY]))
    settings: dict[str, Any] = {}
    for key, value in changes.items():
        name, _, setting = key.partition(".")
        if setting == "uses":
            graph = _exchanged(graph, name, str(value))
        elif key != POLICY:
            settings[key] = value
    return graph.with_settings(settings) if settings else graph


def with_policy(graph: Graph, policy: str) -> Graph:
    """A graph that decides by a policy of the field. Raises `InputError`, `GraphError`."""
    if policy in COMMITMENTS:
        return _committing(graph, COMMITMENTS[policy])
    if policy not in SEGMENTERS:
        raise InputError(f"policy {policy!r}: not known; {did_you_mean(policy, list(POLICIES))}")
    there = [name for name, member in graph.members.items() if member.uses.startswith("segment.")]
    if len(there) > 1:
        raise InputError(
            f"{graph.spec.file}: policy {policy!r} could stand at {', '.join(there)}; "
            f"write {there[0]}.uses={SEGMENTERS[policy]}"
        )
    if there:
        return _exchanged(graph, there[0], SEGMENTERS[policy])
    if policy == "units":
        return graph  # where the speech itself is translated, what it commits is the unit
    return _with_segmenter(graph, SEGMENTERS[policy])


def _committing(graph: Graph, value: str) -> Graph:
    recognisers = [
        name
        for name, member in graph.members.items()
        if member.uses.startswith(("asr.", "translate.")) and POLICY in settings_of(type(member.node))
    ]
    if not recognisers:
        raise InputError(
            f"{graph.spec.file}: no recogniser here has a setting `policy`; use one that has, as asr.whisper"
        )
    return graph.with_settings({f"{name}.{POLICY}": value for name in recognisers})


def _exchanged(graph: Graph, name: str, uses: str) -> Graph:
    if graph.member(name).uses == uses:
        return graph
    known = settings_of(node_class(uses))
    kept = {key: value for key, value in graph.spec.nodes[name].with_.items() if key in known}
    return graph.replace(name, uses, **kept)


def _with_segmenter(graph: Graph, uses: str) -> Graph:
    """A segmenter behind the text that the graph gives out, before all who read it."""
    source = _last_text(graph)
    readers = [
        (name, port, edge)
        for name, member in graph.members.items()
        for port, edge in member.inputs.items()
        if edge.source == source
    ]
    graph = graph.plus("units", uses, {"words": EdgeSpec(source)})
    for name, port, edge in readers:
        graph = graph.wired(name, **{port: msgspec.structs.replace(edge, source="units.unit")})
    return graph


def _last_text(graph: Graph) -> str:
    """The output that is the translation, or the transcript where nothing is translated. Raises `InputError`."""
    for group in ("translate.", "asr."):
        found = [
            f"{name}.{port}"
            for name, member in graph.members.items()
            if member.uses.startswith(group)
            for port, output in member.node.outputs.items()
            if Text in output.kinds
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise InputError(
                f"{graph.spec.file}: a segmenter could stand behind {', '.join(found)}; put one into the graph file"
            )
    raise InputError(f"{graph.spec.file}: nothing here gives text out; a policy needs a recogniser")


__all__ = ["COMMITMENTS", "POLICIES", "POLICY", "SEGMENTERS", "varied", "with_policy"]
