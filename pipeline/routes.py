"""Routes: the ways from speech in one language to text and speech in another, with what is at hand.

Decides: which legs there are, which route is best, and what would have to be fetched for one that is not at hand.

    cascade   recognise the source language, translate the text        captions in both languages
    direct    translate the speech into English                        English only
    pivot     translate the speech into English, then the text         any language that is heard
    same      recognise                                                captions in the language spoken

A cascade comes first, because its recogniser knows the language and its translator is the better one; then
`direct`, then `pivot`. Into English a cascade by rules (Apertium) comes behind `direct`: measured from Spanish it is no
better, and 95 of 100 words are there within 4.9 s instead of 2.2 s. Of the voices of a language the more natural one comes
first, unless it was measured to be hard to understand. Names of nodes stand here and nowhere else in pipeline/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline import models
from pipeline.errors import RouteError
from pipeline.languages import Language, canonical, code, language, languages

Shape: TypeAlias = Literal["cascade", "direct", "pivot", "same"]
RECOGNISER = "whisper-base"
VOICE_ACTIVITY = "silero-vad"
ENGLISH = "en"
FETCH = "dragoman models fetch "
NATURAL = ("hibari", "kokoro", "piper", "espeak")  # engines that speak, the most natural first
PACKAGES = {"hibari": "hibari", "espeak": "espeakng_loader"}  # engines without a model: their package
INSTALL = "pip install 'dragoman[tts]'"
HEAVY = {"kokoro": 4}  # engines that keep up beside a recogniser from so many cores on
HARD = ("rough", "broken")  # voices that come behind those that are understood


class Leg(msgspec.Struct, frozen=True):
    """One translator of text."""

    uses: str
    from_: str
    to: str
    needs: str = ""  # what to type to get it; empty when it is at hand

    @property
    def settings(self) -> dict[str, str]:
        """Settings of the node."""
        return {"from": self.from_, "to": self.to}


class Route(msgspec.Struct, frozen=True):
    """A way from one language to another. `needs` lists what to type before it works."""

    shape: Shape
    from_: str  # BCP 47; empty when it is to be detected
    to: str
    leg: Leg | None = None
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        hears = "translate.whisper" if self.shape in ("direct", "pivot") else "asr.whisper"
        return hears + (f" -> {self.leg.uses}" if self.leg else "")


def find(from_: str, to: str) -> Route:
    """The best route that works now; `from_` may be `auto`. Raises `RouteError` that says what would help."""
    every = routes(from_, to)
    ready = [route for route in every if not route.needs]
    if ready:
        return ready[0]
    pair = f"{from_} -> {to}"
    if not every:
        given = "" if from_ == "auto" else f" --from {from_}"
        raise RouteError(
            f"{pair}: {_unheard(from_)}there is no way; `dragoman languages{given}` lists the ways that there are"
        )
    raise RouteError(f"{pair}: not at hand; type: {commands(every[0].needs)}")


def _unheard(tag: str) -> str:
    """What to say of a source that nothing hears; empty for others."""
    if tag == "auto" or language(tag).hears:
        return ""
    near = language(language(tag).near)
    return f"nothing here hears {language(tag).name} (nearest to it is {near.tag}, {near.name}), so "


def commands(needs: Iterable[str]) -> str:
    """What to type, in one line: models of the house with one command."""
    named = [need.removeprefix(FETCH) for need in needs if need.startswith(FETCH)]
    others = [need for need in needs if not need.startswith(FETCH)]
    return " && ".join([*([FETCH + " ".join(named)] if named else []), *others])


def routes(from_: str, to: str, heard: tuple[str, ...] | None = None) -> list[Route]:
    """Every route, best first, whether at hand or not. Raises `RouteError` for an unknown language.

    `heard` is what `hearing()` says, for those who ask about thousands of pairs.
    """
    target, heard = language(to).tag, hearing() if heard is None else heard
    if from_ == "auto":
        return _through_english("", target, heard)
    source = language(from_)
    if not source.hears:
        return []
    if source.tag == target:
        return [Route("same", source.tag, target, None, heard)]
    cascades = [
        Route("cascade", source.tag, target, leg, (*heard, *_typed(leg)))
        for leg in text_legs(source.tag, target)
    ]
    others = _through_english(source.tag, target, heard) if source.tag != ENGLISH else []
    # What works comes before what must be fetched, less to fetch before more; else the better one comes first.
    return sorted([*cascades, *others], key=lambda route: (len(route.needs), _by_rules(route)))


def _by_rules(route: Route) -> bool:
    """Whether rules translate into English what Whisper would as well, and sooner."""
    return route.to == ENGLISH and route.leg is not None and route.leg.uses == "translate.apertium"


def hearing() -> tuple[str, ...]:
    """What to type before anything can be recognised; empty when it is at hand."""
    return tuple(FETCH + name for name in (RECOGNISER, VOICE_ACTIVITY) if not models.at_hand(name))


def _through_english(source: str, target: str, heard: tuple[str, ...]) -> list[Route]:
    if target == ENGLISH:
        return [Route("direct", source, target, None, heard)]
    return [Route("pivot", source, target, leg, (*heard, *_typed(leg))) for leg in text_legs(ENGLISH, target)]


def _typed(leg: Leg) -> tuple[str, ...]:
    return (leg.needs,) if leg.needs else ()


def text_legs(from_: str, to: str) -> list[Leg]:
    """Translators of text from one language to another, best first."""
    legs: list[Leg] = []
    source, target = (code("firefox", tag) or tag for tag in (from_, to))
    name = f"firefox-{source}-{target}"
    if name in _listed(_own()):
        needs = "" if models.at_hand(name) else FETCH + name
        legs.append(Leg("translate.firefox", source, target, needs))
    elif ENGLISH in (from_, to) and code("firefox", to if from_ == ENGLISH else from_):
        cached = (source, target) in firefox_cache()
        needs = "" if cached else f"fxtranslate models add {source} {target}"
        legs.append(Leg("translate.firefox", source, target, needs))
    if (from_, to) in apertium_pairs():
        legs.append(Leg("translate.apertium", from_, to))
    return legs


def _own() -> str:
    """What tells one models folder from another: what it lists is read once, and thousands of pairs ask for it."""
    return os.environ.get("DRAGOMAN_MODELS", "")


@cache
def _listed(own: str) -> frozenset[str]:
    """Names of models, with those that the user's list in the models folder adds."""
    return frozenset(models.catalogue())


@cache
def firefox_cache() -> frozenset[tuple[str, str]]:
    """Pairs that fxtranslate has fetched itself."""
    try:
        from fxtranslate import Cache
    except ImportError:
        return frozenset()
    try:
        found: list[Any] = Cache().list_cached()
    except (OSError, ValueError):
        return frozenset()
    pairs = (str(entry["name"]).split("-") for entry in found)
    return frozenset((pair[0], pair[1]) for pair in pairs if len(pair) == 2)


@cache
def apertium_pairs() -> frozenset[tuple[str, str]]:
    """Pairs of an installed Apertium, by the tags of the house."""
    program = shutil.which("apertium")
    if program is None:
        return frozenset()
    listed = subprocess.run([program, "-l"], capture_output=True, text=True, check=False).stdout.split()
    pairs = (entry.split("-") for entry in listed if "_" not in entry)
    return frozenset((canonical(pair[0]), canonical(pair[1])) for pair in pairs if len(pair) == 2)


class Speaker(msgspec.Struct, frozen=True):
    """An engine that speaks a language. `needs` is what to type to get it; empty when it is at hand."""

    node: str
    quality: str  # see pipeline/languages.py
    needs: str = ""


def voice(tag: str) -> str:
    """The node that speaks a language best with what is at hand; empty when none does."""
    return next((speaker.node for speaker in speakers(tag) if not speaker.needs), "")


def speakers(tag: str) -> list[Speaker]:
    """Every engine that speaks a language, best first, whether at hand or not; none for one that is not known."""
    one = languages().get(canonical(tag))
    found = [speaker for engine in NATURAL if one and (speaker := _speaker(engine, one))]
    # What works comes before what must be fetched; what is not understood at all comes last; what keeps up comes before
    # what holds up the words; then the clear ones, then the natural ones.
    return sorted(
        found, key=lambda one: (bool(one.needs), one.quality == "broken", _too_heavy(one), _hard(one))
    )


def _hard(speaker: Speaker) -> bool:
    return speaker.quality in HARD


def _too_heavy(speaker: Speaker) -> bool:
    """Whether this machine has too few cores for an engine to speak as fast as people do, while somebody is heard."""
    return (os.cpu_count() or 1) < HEAVY.get(speaker.node.removeprefix("tts."), 0)


def _speaker(engine: str, one: Language) -> Speaker | None:
    """An engine for a language; None where it does not speak it."""
    if engine in PACKAGES:
        there = one.tag in spoken() if engine == "espeak" else find_spec(PACKAGES[engine]) is not None
        needs = "" if there else INSTALL
        return Speaker(f"tts.{engine}", one.quality(engine), needs) if engine in one.codes else None
    models_of = [name for name, tags in _voice_models(_own()) if one.tag in tags]
    listed = [name for name in models_of if name.partition("-")[0] == engine]
    if not listed:
        return None
    wanted = listed if engine in listed else listed[:1]  # one that is cut in parts, or any of several voices
    ready = all if engine in listed else any
    needs = "" if ready(models.at_hand(name) for name in listed) else FETCH + " ".join(wanted)
    return Speaker(f"tts.{engine}", one.quality(engine), needs)


@cache
def _voice_models(own: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Models that speak, with the tags of their languages."""
    listed = [model for model in models.catalogue().values() if model.capability == "tts"]
    return tuple((model.name, frozenset(map(canonical, model.languages))) for model in listed)


@cache
def spoken() -> frozenset[str]:
    """Languages that espeak-ng has a voice for; none where it is not installed."""
    found = find_spec(PACKAGES["espeak"])
    if found is None or found.origin is None:
        return frozenset()
    data = Path(found.origin).parent / "espeak-ng-data" / "lang"
    voices = {path.name.lower() for path in data.rglob("*") if path.is_file()}
    return frozenset(tag for tag, one in languages().items() if one.codes.get("espeak") in voices)
