"""Fittings: what a graph gets beside its own nodes so that it serves a session.

A recipe is a graph with its ends named. Each fitting takes one and gives one: words to expect, the voice chosen, the sample
for a cloned voice, the rate of speech, and the settling of what is read. Which of them a wish needs is for recipes.py.
"""

from __future__ import annotations

import msgspec

from pipeline.errors import GraphError, InputError
from pipeline.gateway.calls import Refused, Wish
from pipeline.gateway.happenings import SPOKEN_HZ
from pipeline.graph import Graph
from pipeline.interpreter import with_terms as told_terms
from pipeline.media import AudioFrame
from pipeline.spec import EdgeSpec

PROGRESS = "gateway-progress"
TERMS = "gateway-terms"
SPEECH = "gateway-speech"
VOICES = {  # node that speaks: its voices that a client may choose, and what people call them
    "tts.espeak": {"m3": "Spoken, deep", "f2": "Spoken, high", "f4": "Spoken, soft", "m7": "Spoken, old"}
}
ROOM = 4096  # packets that may wait for the settling of others


class Recipe(msgspec.Struct, frozen=True):
    """A graph for one wish; outputs are empty where it has none."""

    graph: Graph
    source: str  # the node to push sound and pictures into
    activity: str
    transcript: str
    translation: str
    speech: str
    sees: bool  # something looks at the pictures
    sights: tuple[str, ...] = ()  # what is found in the pictures: terms, text, gestures

    @property
    def outputs(self) -> list[str]:
        """What to read of a run."""
        texts = [self.transcript, self.translation, self.speech]
        found = dict.fromkeys(name for name in (*texts, *self.sights) if name)
        return [self.activity, *found, f"{PROGRESS}.settled"]


def with_terms(recipe: Recipe, wish: Wish) -> Recipe:
    """The client's words to expect, told to whoever takes some and is told none, with their renderings."""
    if not wish.phrases:
        return recipe
    given = {
        "terms": [source for source, _ in wish.phrases],
        "renderings": {source: rendering for source, rendering in wish.phrases if rendering},
        "to": wish.to,
    }
    graph = told_terms(recipe.graph.plus(TERMS, "context.terms", {}, **given), f"{TERMS}.expected")
    return msgspec.structs.replace(recipe, graph=graph)


def with_voice(recipe: Recipe, wish: Wish) -> Recipe:
    """The voice that the client chose, where the node that speaks has it."""
    name = recipe.speech.partition(".")[0]
    if not wish.voice or not name or wish.voice not in VOICES.get(recipe.graph.member(name).uses, {}):
        return recipe
    graph = recipe.graph.with_settings({f"{name}.voice": wish.voice})
    return msgspec.structs.replace(recipe, graph=graph)


def with_sample(recipe: Recipe) -> Recipe:
    """The voice shown who speaks. Raises `Refused` where it has no input for sound."""
    name = recipe.speech.partition(".")[0]
    member = recipe.graph.members.get(name)
    if member is None:
        raise Refused("voice cloning needs speech; ask for audio", "clone")
    ears = [port.name for port in member.node.inputs.values() if AudioFrame in port.kinds]
    if not ears:
        raise Refused("voice cloning is not supported by the voice of this server", "clone")
    if ears[0] in member.inputs:
        return recipe
    sound = EdgeSpec(f"{recipe.source}.audio", ROOM)
    return msgspec.structs.replace(recipe, graph=recipe.graph.wired(name, **{ears[0]: sound}))


def with_rate(recipe: Recipe) -> Recipe:
    """Speech at the rate of the gateway, whatever the voice has."""
    if not recipe.speech:
        return recipe
    graph = recipe.graph.plus(SPEECH, "audio.resample", {"sound": recipe.speech}, rate_hz=SPOKEN_HZ)
    return msgspec.structs.replace(recipe, graph=graph, speech=f"{SPEECH}.resampled")


def with_progress(recipe: Recipe) -> Recipe:
    """The settling of what is read, told. Raises `InputError` for a graph in which it cannot be known."""
    given = {
        "activity": recipe.activity,
        "transcript": recipe.transcript,
        "translation": recipe.translation,
        "speech": recipe.speech,
    }
    inputs: dict[str, str | EdgeSpec] = {
        name: EdgeSpec(output, ROOM) for name, output in given.items() if output
    }
    try:
        graph = recipe.graph.plus(PROGRESS, "pipeline.gateway.progress:Progress", inputs)
    except GraphError as error:
        raise InputError(f"{recipe.graph.spec.file}: cannot be served ({error})") from error
    return msgspec.structs.replace(recipe, graph=graph)
