"""Cloning: speech in the voice of whoever is heard, added to a graph that speaks.

Decides: how the nodes that know a voice and those that speak like it are wired to the engine that is there. What a voice
is measured by, and what is tried on it, is said by the nodes. Works on names of nodes and kinds of payloads only.

    audio, activity -> voice.profile -> voice.imitate -> `timbre` of an engine that can be shaped
                                                      -> voice.convert, after an engine that cannot
                    -> voice.profile -> an engine that takes the profile itself
    speech, audio, activity -> voice.delivery: as loud, as quick and as lively as the speaker, whatever the engine

Whose voice is used must have agreed: without `consent` nothing is wired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline import models
from pipeline.edge import WhenFull
from pipeline.errors import InputError
from pipeline.graph import Graph, Member
from pipeline.media import Speech, Timbre, VoiceProfile, VoiceTurn
from pipeline.node import Node
from pipeline.resolve import node_class
from pipeline.routes import FETCH
from pipeline.spec import EdgeSpec, ErrorSpec, GraphSpec

Frequency: TypeAlias = Literal["once", "always"]

KNOWS, IMITATES, CONVERTS, DELIVERS = "voice.profile", "voice.imitate", "voice.convert", "voice.delivery"
WHO, LIKENESS, CONVERTED, MANNER = "who", "likeness", "likened", "manner"  # what they are called in a graph
ENCODER = "ge2e"  # the model that tells voices apart
GENTLE = {"tts.espeak": 0.3}  # engines that are hard to understand when more is done to them, and how much is
FORGIVEN = {WHO, LIKENESS, MANNER}  # the talk goes on without what they failed at
ROOM = 1500  # frames of 20 ms that may wait while a voice is measured


class Heard(msgspec.Struct, frozen=True):
    """Where the speaker is heard in a graph."""

    audio: str = "talk.audio"  # output that carries the sound, 16 kHz
    activity: str = "speech.activity"  # output that says when somebody speaks


def missing() -> tuple[str, ...]:
    """What to type before a voice can be cloned; empty where all is at hand."""
    return () if models.at_hand(ENCODER) else (FETCH + ENCODER,)


def takes(uses: str, kind: type) -> bool:
    """Whether a node has an input for a kind of payload. Raises `InputError` where there is no such node."""
    return any(kind in port.kinds for port in node_class(uses).inputs.values())


def conversion(uses: str) -> dict[str, float]:
    """Settings of voice.convert behind an engine."""
    return {"strength": GENTLE[uses]} if uses in GENTLE else {}


def with_clone(
    graph: Graph, speech: str, heard: Heard, *, consent: bool, frequency: Frequency = "once"
) -> tuple[Graph, str]:
    """The graph with its speech in the voice that is heard, and the output that now carries that speech.

    A graph that listens to voices already stays as it is. Raises `InputError` without consent, where nothing speaks,
    and for what is not at hand.
    """
    if not consent:
        raise InputError(
            "--voice clone: speaks with the voice of whoever is heard; add --consent if they agreed to it"
        )
    if not speech:
        raise InputError("--voice clone: nothing speaks here; ask for another language, or leave it out")
    if needs := missing():
        raise InputError(f"--voice clone: not at hand; type: {' && '.join(needs)}")
    if any(member.uses == KNOWS for member in graph.members.values()):
        return graph, speech
    graph = graph.plus(WHO, KNOWS, _ears(graph, heard), consent=True, frequency=frequency)
    graph, speech = _shaped(graph, speech)
    graph, speech = _behind(graph, speech, MANNER, DELIVERS, _ears(graph, heard))
    return _forgiving(_told_turns(graph)), speech


def _ears(graph: Graph, heard: Heard) -> dict[str, str | EdgeSpec]:
    # Live, what measures a voice late may lose sound; it may not hold up the recogniser beside it.
    rule: WhenFull = "drop_oldest" if graph.live else "wait"
    return {
        "audio": EdgeSpec(heard.audio, ROOM, when_full=rule),
        "activity": EdgeSpec(heard.activity, ROOM, when_full=rule),
    }


def _shaped(graph: Graph, speech: str) -> tuple[Graph, str]:
    """The engine told how to speak, or what comes out of it made like the speaker."""
    name = speech.partition(".")[0]
    engine = graph.member(name)
    profile = EdgeSpec(f"{WHO}.profile", 1, when_full="latest")  # of several only the newest counts
    if port := _free(engine, VoiceProfile):
        return graph.wired(name, **{port: profile}), speech
    port = _free(engine, Timbre)
    told = {"engine": engine.uses, **_told(engine.node)} if port else {"engine": ""}
    graph = graph.plus(LIKENESS, IMITATES, {"profile": profile}, **told)
    if port:
        return graph.wired(name, **{port: f"{LIKENESS}.timbre"}), speech
    timbre = {"timbre": f"{LIKENESS}.timbre"}
    return _behind(graph, speech, CONVERTED, CONVERTS, timbre, **conversion(engine.uses))


def _behind(
    graph: Graph, speech: str, name: str, uses: str, inputs: Mapping[str, str | EdgeSpec], **settings: Any
) -> tuple[Graph, str]:
    """A node put between an output of speech and all that it feeds, and the output that they now have."""
    consumers = list(_consumers(graph, speech))
    graph = graph.plus(name, uses, {"speech": speech, **inputs}, **settings)
    output = f"{name}.{_made(uses)}"
    for consumer, port, edge in consumers:
        moved = msgspec.structs.replace(edge, source=output)
        graph = graph.wired(consumer, **{port: moved})
    return graph, output


def _told(engine: Node) -> dict[str, str]:
    """What the imitation must know of an engine, so that both use the same one."""
    values = {key: getattr(engine, key, "") for key in ("voice", "lang")}
    return {key: str(value) for key, value in values.items() if value}


def _told_turns(graph: Graph) -> Graph:
    """Whoever speaks or converts told who is heard, where it asks."""
    for name, member in graph.members.items():
        port = _free(member, VoiceTurn)
        if port and any(Speech in output.kinds for output in member.node.outputs.values()):
            graph = graph.wired(name, **{port: f"{WHO}.turn"})
    return graph


def _forgiving(graph: Graph) -> Graph:
    """The graph with a talk that goes on where measuring or following the speaker fails."""
    nodes = {
        name: msgspec.structs.replace(node, on_error=ErrorSpec("skip")) if name in FORGIVEN else node
        for name, node in graph.spec.nodes.items()
    }
    return Graph(GraphSpec(nodes, graph.spec.file, graph.spec.marks))


def _made(uses: str) -> str:
    """The output of a node that carries speech."""
    return next(name for name, port in node_class(uses).outputs.items() if Speech in port.kinds)


def _free(member: Member, kind: type) -> str:
    """The input of a node that takes a kind of payload and is not connected; empty where it has none."""
    found = (port.name for port in member.node.inputs.values() if kind in port.kinds)
    return next((name for name in found if name not in member.inputs), "")


def _consumers(graph: Graph, output: str) -> Iterator[tuple[str, str, EdgeSpec]]:
    """Every input that an output feeds: node, input, edge."""
    for name, member in graph.members.items():
        for port, edge in member.inputs.items():
            if edge.source == output:
                yield name, port, edge


__all__ = [
    "CONVERTS",
    "IMITATES",
    "KNOWS",
    "Frequency",
    "Heard",
    "conversion",
    "missing",
    "takes",
    "with_clone",
]
