"""Choices: what a person may choose from before a talk: languages spoken and wanted, and voices."""

from __future__ import annotations

from functools import cache

import msgspec

from pipeline import routes, voices
from pipeline.gateway.recipes import Recipes
from pipeline.languages import canonical, languages

AUTO = "auto"


class Spoken(msgspec.Struct, frozen=True):
    """A language that is heard."""

    tag: str  # BCP 47, or auto
    name: str


class Voice(msgspec.Struct, frozen=True):
    """A voice of a language; the empty id is the one that speaks where none is named."""

    id: str
    name: str


class Wanted(msgspec.Struct, frozen=True):
    """A language that speech is interpreted into: from which, and with which voices."""

    tag: str  # BCP 47; empty: the one that the operator's graph translates into
    name: str
    from_: tuple[str, ...] = msgspec.field(name="from")
    voices: tuple[Voice, ...] = ()


class Choices(msgspec.Struct, frozen=True):
    """All that works now."""

    spoken: tuple[Spoken, ...]
    wanted: tuple[Wanted, ...]


def choices(recipes: Recipes) -> Choices:
    """What a server offers. Takes seconds the first time: every pair of languages is looked at."""
    operator = recipes.operator
    if operator.graph is None:
        return _routed(operator.voice)
    known = languages().get(canonical(operator.to))
    name = known.name if known else operator.to
    heard = Spoken(AUTO, "Set by the server")
    voices = (Voice("", "Spoken"),) if recipes.speaks else ()
    return Choices((heard,), (Wanted(operator.to, name, (AUTO,), voices),))


@cache
def _routed(speaker: str) -> Choices:
    known, heard = languages(), routes.hearing()
    sources = [AUTO, *(tag for tag, one in known.items() if one.hears)]
    wanted = []
    for target, one in known.items():
        ways = {source: routes.routes(source, target, heard) for source in sources}
        ready = tuple(source for source, found in ways.items() if found and not found[0].needs)
        if ready:
            wanted.append(Wanted(target, one.name, ready, _voices(speaker, target)))
    wanted.sort(key=lambda one: (len(one.from_) == 1, one.name))  # what is only written down comes last
    spoken = sorted((Spoken(tag, known[tag].name) for tag in sources[1:]), key=lambda one: one.name)
    return Choices((Spoken(AUTO, "Detect the language"), *spoken), tuple(wanted))


def _voices(speaker: str, tag: str) -> tuple[Voice, ...]:
    node = speaker or routes.voice(tag)
    if node in ("", "none"):
        return ()
    named = [one for one in voices.voices(tag, node) if one.name and not one.needs]
    return (Voice("", "Spoken"), *(Voice(one.name, f"Spoken, {one.title}") for one in named))
