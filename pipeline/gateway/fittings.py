"""Fittings: what a graph gets beside its own nodes so that it serves a session.

A recipe is a graph with its ends named. Each fitting takes one and gives one: words to expect, the voice chosen, the sample
for a cloned voice, the rate of speech, and the settling of what is read. Which of them a wish needs is for recipes.py.
"""

from __future__ import annotations

import msgspec

from pipeline import cloning, voices
from pipeline.errors import GraphError, InputError
from pipeline.gateway.calls import Refused, Wish
from pipeline.gateway.happenings import SPOKEN_HZ
from pipeline.graph import Graph
from pipeline.interpreter import with_terms as told_terms
from pipeline.spec import EdgeSpec

PROGRESS = "gateway-progress"
TERMS = "gateway-terms"
SPEECH = "gateway-speech"
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
    """The voice that the client chose by its name or its sex, where the node that speaks has it at hand."""
    name = recipe.speech.partition(".")[0]
    if not wish.voice or not name:
        return recipe
    chosen = voices.chosen(wish.to, recipe.graph.member(name).uses, wish.voice)
    if not chosen:
        return recipe
    graph = recipe.graph.with_settings({f"{name}.voice": chosen})
    return msgspec.structs.replace(recipe, graph=graph)


def with_sample(recipe: Recipe, wish: Wish) -> Recipe:
    """The voice of who is heard, shown to whoever speaks. Raises `Refused` where it cannot be cloned."""
    if not recipe.speech:
        raise Refused("voice cloning needs speech; ask for audio", "clone")
    heard = cloning.Heard(f"{recipe.source}.audio", recipe.activity)
    try:
        graph, speech = cloning.with_clone(
            recipe.graph, recipe.speech, heard, consent=True, frequency=wish.frequency
        )
    except InputError:
        raise Refused("voice cloning is not supported by the voice of this server", "clone") from None
    return msgspec.structs.replace(recipe, graph=graph, speech=speech)


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
