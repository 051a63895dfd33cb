"""Eyes: what a camera sees, added to the graph of an interpretation; each cue can be left out.

Decides: which cues there are, and which a video gets when nobody says. How they are wired, and what of them is dropped
when there is too much to do, stands in graphs/interpret-video.yaml, from which they are taken. Works on names of nodes
only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import msgspec

from pipeline.errors import InputError, did_you_mean
from pipeline.graph import Graph
from pipeline.spec import EdgeSpec, GraphSpec, NodeSpec

log = logging.getLogger(__name__)

WHOLE = "interpret-video"  # the graph with all cues
HEARING = "ear"  # what the base calls `speech`, once lips have a say too


@dataclass(frozen=True)
class Cue:
    """One thing that is looked for: the nodes that do it, what they need, and what they tell to logs and films."""

    nodes: tuple[str, ...]
    modules: tuple[str, ...]  # of other packages
    events: Mapping[str, str]  # input of sink.jsonl to output
    marks: Mapping[str, str]  # input of sink.video to output


CUES: Mapping[str, Cue] = {  # in the order in which they give way when there is too much to do
    "text": Cue(
        ("changes", "slides"),
        ("cv2", "rapidocr", "wordfreq"),
        {"screen_text": "slides.text"},
        {"screen_text": "slides.text"},
    ),
    "gestures": Cue(
        ("gestures",),
        ("mediapipe", "cv2"),
        {"gesture": "gestures.gesture"},
        {"gesture": "gestures.gesture", "hands": "gestures.hands"},
    ),
    "lips": Cue(
        ("lips", "speech"),
        ("mediapipe", "cv2"),
        {"speaker": "speech.speaker"},
        {"faces": "lips.faces", "speaker": "speech.speaker"},
    ),
}
UNASKED = ("text",)  # what is looked for in a video when nobody says: it makes words right and can lose none
SCREEN_TEXT = "slides.text"


def cues(asked: str, *, pictures: bool) -> tuple[str, ...]:
    """The cues that are meant: `all`, `none`, `auto`, or their names with commas between them.

    Raises `InputError` for one that there is not, and where the source has no pictures to look at.
    """
    if asked in ("auto", "none"):
        return tuple(filter(_installed, UNASKED)) if asked == "auto" and pictures else ()
    wanted = tuple(CUES) if asked == "all" else tuple(name.strip() for name in asked.split(","))
    for name in wanted:
        if name not in CUES:
            known = [*CUES, "all", "none", "auto"]
            raise InputError(f"--see {asked}: no such cue as {name!r}; {did_you_mean(name, known)}")
    if not pictures:
        raise InputError(f"--see {asked}: the source has no pictures to look at; leave it out")
    return tuple(name for name in CUES if name in wanted)


def _installed(cue: str) -> bool:
    """Whether the packages for a cue are there; where they are not, the log tells which."""
    absent = [module for module in CUES[cue].modules if find_spec(module) is None]
    if absent:
        log.warning(
            "%s is not looked for in the pictures: %s not installed (pip install 'dragoman[vision]')",
            cue,
            ", ".join(absent),
        )
    return not absent


def with_eyes(graph: Graph, wanted: tuple[str, ...], lang: str = "") -> Graph:
    """The graph with the nodes of these cues, whose voice activity is called `speech`.

    lang: BCP 47 of what is spoken, and so likely of what stands on the screen; empty where it is not known.
    """
    if not wanted:
        return graph
    whole = Graph.load(WHOLE).spec.nodes
    names = [name for cue in wanted for name in CUES[cue].nodes]
    nodes = dict(graph.spec.nodes)
    if "speech" in names:
        nodes[HEARING] = nodes["speech"]
    nodes |= {name: _wired(whole[name], names, live=graph.live) for name in names}
    if lang and "slides" in names:
        slides = nodes["slides"]
        nodes["slides"] = msgspec.structs.replace(slides, with_=slides.with_ | {"langs": [lang]})
    return Graph(GraphSpec(nodes, graph.spec.file, graph.spec.marks))


def _wired(node: NodeSpec, names: list[str], *, live: bool) -> NodeSpec:
    """A node without the wires to cues that are left out; at another pace than that of life nothing is dropped."""
    known = {*names, "talk", HEARING}
    inputs = {port: edge for port, edge in node.inputs.items() if edge.source.partition(".")[0] in known}
    if not live:
        inputs = {port: EdgeSpec(edge.source, max(edge.capacity, 2)) for port, edge in inputs.items()}
    return msgspec.structs.replace(node, inputs=inputs)


def events(wanted: tuple[str, ...]) -> dict[str, str]:
    """Inputs of sink.jsonl to the outputs of these cues."""
    return {port: output for cue in wanted for port, output in CUES[cue].events.items()}


def marks(wanted: tuple[str, ...]) -> dict[str, str]:
    """Inputs of sink.video to the outputs of these cues."""
    return {port: output for cue in wanted for port, output in CUES[cue].marks.items()}
