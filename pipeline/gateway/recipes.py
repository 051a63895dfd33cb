"""From a wish to a graph: which one serves it, where it is fed, and which outputs are read.

Two ways. Without a graph of the operator's, each wish gets the graph of its route, the one that `dragoman interpret` runs,
less the files that it writes. With one, that graph serves every wish, and a wish that it cannot serve is refused.
Nothing of a client's reaches a graph but languages that are known, words to expect, and numbers within their bounds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from pipeline import routes, voices
from pipeline.errors import InputError, RouteError
from pipeline.gateway.calls import Refused, Wish
from pipeline.gateway.fittings import (
    Recipe,
    with_progress,
    with_rate,
    with_sample,
    with_terms,
    with_voice,
)
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation
from pipeline.languages import canonical, language
from pipeline.media import Activity, Gesture, ScreenText, Speech, Terms, Text

HEARD_HZ = 16_000  # rate of the sound that graphs are fed with
VOICE_ACTIVITY = "gateway-activity"


class Operator(msgspec.Struct, frozen=True):
    """What the operator serves: graphs by route, or one of their own."""

    voice: str = ""  # node that speaks; empty: the best at hand; none: captions only
    graph: Graph | None = None
    to: str = ""  # (own graph) the language that it translates into
    transcript: str = ""  # (own graph) outputs; empty: found by their names
    translation: str = ""
    speech: str = ""


class Recipes:
    """Recipes of one operator, kept by wish."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._own = None if operator.graph is None else _own(operator, operator.graph)
        self._cached = lru_cache(maxsize=64)(self._made)

    def of(self, wish: Wish) -> Recipe:
        """The recipe for a wish. Raises `Refused` with the field at fault."""
        # Only what changes the graph tells recipes apart.
        telling = Wish(wish.from_, wish.to, wish.transcribe, wish.speak, phrases=wish.phrases)
        voice = wish.voice if wish.speak and voices.is_choice(wish.to, wish.voice) else ""
        if wish.clone:
            telling = msgspec.structs.replace(telling, clone=True, frequency=wish.frequency)
        return self._cached(msgspec.structs.replace(telling, voice=voice))

    @property
    def operator(self) -> Operator:
        """What is served."""
        return self._operator

    @property
    def speaks(self) -> bool:
        """Whether the operator's own graph speaks; without one, that depends on the language."""
        return self._own is None or bool(self._own.speech)

    @property
    def sees(self) -> bool:
        """Whether some graph looks at the pictures of clients."""
        return self._own is not None and self._own.sees

    def _made(self, wish: Wish) -> Recipe:
        recipe = self._routed(wish) if self._own is None else self._suited(self._own, wish)
        recipe = with_voice(with_terms(recipe, wish), wish)
        if wish.clone:
            recipe = with_sample(recipe, wish)
        recipe = with_rate(recipe)
        return with_progress(recipe)

    def _suited(self, own: Recipe, wish: Wish) -> Recipe:
        to = self._operator.to
        if to and wish.to.partition("-")[0] != to.partition("-")[0]:
            raise Refused(f"this server interprets into {to!r} only", "to")
        if wish.speak and not own.speech:
            raise Refused("this server does not speak; ask for text only", "speak")
        return own

    def _routed(self, wish: Wish) -> Recipe:
        voice = self._operator.voice if wish.speak else "none"
        if wish.speak and voice == "none":
            raise Refused("this server does not speak; ask for text only", "speak")
        try:
            target = language(wish.to).tag
        except RouteError as error:
            raise Refused(str(error), "to") from None
        if wish.speak and not (voice or routes.voice(target)):
            raise Refused(f"nothing speaks {target!r} here; ask for text only", "speak")
        try:
            return _interpreted(wish, voice)
        except RouteError as error:
            raise Refused(_public(error), "from_" if _unheard(wish.from_) else "to") from None
        except InputError as error:
            raise Refused(_public(error), "voice") from None


def _unheard(tag: str) -> bool:
    if tag == "auto":
        return False
    try:
        return not language(tag).hears
    except RouteError:
        return True


def _public(error: Exception) -> str:
    """What a client may read: what is wrong, not what the operator should type."""
    return str(error).partition(";")[0]


def _interpreted(wish: Wish, voice: str) -> Recipe:
    same = canonical(wish.from_) == canonical(wish.to)  # its graph transcribes: a voice is added below
    ready = interpretation(
        Talk(
            source="mic:",  # takes the place of the source that clients are heard through
            to=wish.to,
            from_=wish.from_,
            voice="none" if same else voice,
            source_captions=wish.transcribe,
        )
    )
    files = [name for name, member in ready.graph.members.items() if member.uses.startswith("sink.")]
    graph = ready.graph.without(*files).replace("talk", "source.external", rate_hz=HEARD_HZ)
    speech = ready.speech
    if wish.speak and not speech:  # the language spoken is the one wanted
        inputs = {"text": ready.target_text}
        graph = graph.plus("voice", voice or routes.voice(wish.to), inputs, lang=ready.target_lang)
        speech = "voice.speech"
    transcript = ready.source_text if wish.transcribe else ""
    return Recipe(graph, "talk", "speech.activity", transcript, ready.target_text, speech, False)


def _own(operator: Operator, graph: Graph) -> Recipe:
    """The operator's graph, its ends found. Raises `InputError` that says what it lacks."""
    place = graph.spec.file
    sources = [name for name, member in graph.members.items() if member.uses == "source.external"]
    if len(sources) != 1:
        raise InputError(
            f"{place}: has {len(sources)} nodes source.external; a graph that is served hears through exactly one"
        )
    source: Any = graph[sources[0]]
    if source.rate_hz != HEARD_HZ:
        raise InputError(f"{place}: {sources[0]} has not rate_hz {HEARD_HZ}; leave it out")
    translation = operator.translation or _found(graph, Text, "translation")
    if not translation:
        raise InputError(f"{place}: no output called translation; name one with --translation node.output")
    transcript = operator.transcript or _found(graph, Text, "transcript")
    speech = operator.speech or _found(graph, Speech, "speech")
    activity = _found(graph, Activity, "activity")
    if not activity:
        graph = graph.plus(VOICE_ACTIVITY, "vad.silero", {"audio": f"{sources[0]}.audio"})
        activity = f"{VOICE_ACTIVITY}.activity"
    eyes = _after(graph, f"{sources[0]}.video")
    sights = tuple(
        f"{name}.{port.name}"
        for name in eyes
        for port in graph[name].outputs.values()
        if {Terms, ScreenText, Gesture} & set(port.kinds)
    )
    return Recipe(graph, sources[0], activity, transcript, translation, speech, bool(eyes), sights)


def _after(graph: Graph, output: str) -> list[str]:
    """The nodes that an output reaches, those between included."""
    found: list[str] = []
    reached = {output}
    while True:
        new = [
            name
            for name, member in graph.members.items()
            if name not in found and reached & {edge.source for edge in member.inputs.values()}
        ]
        if not new:
            return found
        found += new
        reached |= {f"{name}.{port}" for name in new for port in graph[name].outputs}


def _found(graph: Graph, kind: type, called: str) -> str:
    """The last output of a kind and a name; empty where there is none."""
    found = [
        f"{name}.{port.name}"
        for name, member in graph.members.items()
        for port in member.node.outputs.values()
        if kind in port.kinds and port.name == called
    ]
    return found[-1] if found else ""
