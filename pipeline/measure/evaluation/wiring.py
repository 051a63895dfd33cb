"""Wiring: the graph that interprets one recording of an evaluation, with everything written down that is scored.

Decides: which source plays the recording, and which outputs of a graph are its transcript, its units, its
translation and its speech. A graph's own `sink.jsonl` says so; what it leaves out is found by the names of nodes:
what comes from `asr.*`, `segment.*` and `translate.*` as text, and what speaks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx

from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation
from pipeline.measure.evaluation.changes import varied
from pipeline.measure.evaluation.plan import Plan
from pipeline.measure.recording import Recording
from pipeline.media import Speech, Text
from pipeline.node import Source

EVENTS = "events.jsonl"
KINDS = ("transcript", "unit", "translation", "speech")


def graph_of(plan: Plan, recording: Recording) -> Graph:
    """The graph of one recording, checked; nothing is opened. Paths of its sinks are relative.

    Raises `InputError` (`RouteError`, `GraphError`) where a graph, a setting or a route does not fit.
    """
    graph = _given(plan, recording) if plan.graph else _by_route(plan, recording)
    graph = _recorded(graph, recording)
    return varied(graph, plan.settings) if plan.settings else graph


def _by_route(plan: Plan, recording: Recording) -> Graph:
    talk = Talk(
        str(recording.path),
        recording.to,
        recording.from_,
        latency=plan.latency,
        voice=plan.voice,
        terms=recording.terms,
        source_captions=plan.source_captions,
    )
    return interpretation(talk).graph


def _given(plan: Plan, recording: Recording) -> Graph:
    graph = Graph.load(plan.graph)
    sources = [
        name
        for name, member in graph.members.items()
        if isinstance(member.node, Source) and hasattr(member.node, "path")
    ]
    if len(sources) != 1:
        raise InputError(
            f"{graph.spec.file}: {len(sources)} sources have a `path`; an evaluation needs one that plays the recording"
        )
    settings: dict[str, Any] = {f"{sources[0]}.path": str(recording.path)}
    if hasattr(graph[sources[0]], "pace"):
        settings[f"{sources[0]}.pace"] = "realtime"
    if recording.terms:
        settings |= {
            f"{name}.terms": list(recording.terms)
            for name, member in graph.members.items()
            if member.uses == "context.terms"
        }
    return graph.with_settings(settings)


def _recorded(graph: Graph, recording: Recording) -> Graph:
    """A graph whose outputs are all written: events.jsonl, and the speech."""
    speakers = [name for name, member in graph.members.items() if member.uses == "sink.speaker"]
    graph = graph.without(*speakers)  # a device keeps its own time
    outputs = scored(graph)
    if "translation" not in outputs:
        raise InputError(
            f"{graph.spec.file}: nothing in it is a translation; name the output with a node "
            "{uses: sink.jsonl, inputs: {translation: node.output}}"
        )
    log = _log(graph)
    if log is None:
        log = _free(graph, "events")
        graph = graph.plus(log, "sink.jsonl", outputs, path=EVENTS)
    else:
        graph = graph.wired(log, **outputs).with_settings({f"{log}.path": EVENTS})
    return _written(graph, outputs.get("speech", ""), recording.to, log)


def _written(graph: Graph, speech: str, lang: str, log: str) -> Graph:
    """The graph with the speech in a file of a known name, and all other files in the folder of the run."""
    wav = f"speech.{lang}.wav"
    changes = {}
    for name, member in graph.members.items():
        if not member.uses.startswith("sink.") or not hasattr(member.node, "path") or name == log:
            continue
        says = member.uses == "sink.wav" and any(edge.source == speech for edge in member.inputs.values())
        changes[f"{name}.path"] = wav if says else Path(member.node.path).name
    graph = graph.with_settings(changes)
    if speech and wav not in changes.values():
        graph = graph.plus(_free(graph, "sound"), "sink.wav", {"sound": speech}, path=wav)
    return graph


def scored(graph: Graph) -> dict[str, str]:
    """Which outputs are scored: kind (a key of `KINDS`) to `node.output`; what a graph does not have is left out."""
    log = _log(graph)
    own = {} if log is None else {port: edge.source for port, edge in graph.members[log].inputs.items()}
    found = _by_names(graph) | {kind: own[kind] for kind in KINDS if kind in own}
    if "unit" not in own and found.get("unit") in (found.get("translation"), found.get("transcript")):
        found.pop("unit", None)
    return found


def _by_names(graph: Graph) -> dict[str, str]:
    flow: networkx.DiGraph[str] = networkx.DiGraph()
    flow.add_nodes_from(graph.members)
    for name, member in graph.members.items():
        flow.add_edges_from((edge.source.partition(".")[0], name) for edge in member.inputs.values())
    texts = {
        group: [name for name, member in graph.members.items() if member.uses.startswith(f"{group}.")]
        for group in ("asr", "segment", "translate")
    }
    speakers = [name for name, member in graph.members.items() if _output(graph, name, Speech)]
    last = _last(flow, texts, speakers)
    found = {"translation": last, "speech": speakers[0] if speakers else ""}
    found["transcript"] = next((name for name in texts["asr"]), "")
    units = [
        name for name in texts["segment"] if last and name != last and networkx.has_path(flow, name, last)
    ]
    found["unit"] = units[-1] if units else ""
    kinds = {kind: (name, Speech if kind == "speech" else Text) for kind, name in found.items() if name}
    return {kind: f"{name}.{_output(graph, name, type_)}" for kind, (name, type_) in kinds.items()}


def _last(flow: networkx.DiGraph[str], texts: dict[str, list[str]], speakers: list[str]) -> str:
    """The node whose text is the translation: the last one of its way, rather what is spoken than what is not."""
    every = [*texts["asr"], *texts["segment"], *texts["translate"]]
    ends = [name for name in every if not networkx.descendants(flow, name) & set(every)]

    def rank(name: str) -> tuple[bool, bool]:
        above = {name, *networkx.ancestors(flow, name)}
        return bool(above & set(texts["translate"])), bool(networkx.descendants(flow, name) & set(speakers))

    return max(ends, key=rank, default="")


def _output(graph: Graph, name: str, kind: type) -> str:
    """The output of a node that carries a kind; empty where it has none."""
    outputs = graph.members[name].node.outputs
    return next((port for port, output in outputs.items() if kind in output.kinds), "")


def _log(graph: Graph) -> str | None:
    """The node that writes events."""
    return next((name for name, member in graph.members.items() if member.uses == "sink.jsonl"), None)


def _free(graph: Graph, name: str) -> str:
    while name in graph.members:
        name += "_"
    return name
