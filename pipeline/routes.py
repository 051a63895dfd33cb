"""Routes: the ways from speech in one language to text and speech in another, with what is at hand.

Decides: which legs there are, which route is best, and what would have to be fetched for one that is not at hand.

    cascade   recognise the source language, translate the text        captions in both languages
    direct    translate the speech into English                        English only
    pivot     translate the speech into English, then the text         any language that is heard
    same      recognise                                                captions in the language spoken

A cascade comes first, because its recogniser knows the language and its translator is the better one; then
`direct`, then `pivot`. Into English a cascade by rules (Apertium) comes behind `direct`: measured from Spanish it is no
better, and 95 of 100 words are there within 4.9 s instead of 2.2 s. Names of nodes stand here and nowhere else in pipeline/.
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from pipeline import models
from pipeline.errors import RouteError

Shape: TypeAlias = Literal["cascade", "direct", "pivot", "same"]
RECOGNISER = "whisper-base"
VOICE_ACTIVITY = "silero-vad"
ENGLISH = "en"
FETCH = "dragoman models fetch "


class Language(msgspec.Struct, frozen=True):
    """A language of the table in languages.toml."""

    tag: str  # BCP 47
    name: str
    hears: bool = False
    firefox: bool = False


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


@cache
def languages() -> dict[str, Language]:
    """Tag to language."""
    table = tomllib.loads((Path(__file__).with_name("languages.toml")).read_text(encoding="utf-8"))
    return {tag: Language(tag, **line) for tag, line in table.items()}


def language(tag: str) -> Language:
    """A language by its tag; a region is left off (`pt-BR` is `pt`). Raises `RouteError`."""
    known = languages()
    short = tag.lower().partition("-")[0]
    if short not in known:
        raise RouteError(f"language {tag!r}: not known here; {_nearest(tag)}`dragoman languages` lists all")
    return known[short]


def _nearest(word: str) -> str:
    """The language that is meant by an English name, or by one nearly written; empty when none is near."""
    by_name = {entry.name.lower(): entry for entry in languages().values()}
    near = difflib.get_close_matches(word.lower(), by_name, n=1, cutoff=0.7)
    return f"did you mean {by_name[near[0]].tag!r} ({by_name[near[0]].name})? " if near else ""


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
            f"{pair}: there is no way; `dragoman languages{given}` lists the ways that there are"
        )
    raise RouteError(f"{pair}: not at hand; type: {commands(every[0].needs)}")


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
    name = f"firefox-{from_}-{to}"
    if name in _listed(models.root()):
        needs = "" if models.at_hand(name) else FETCH + name
        legs.append(Leg("translate.firefox", from_, to, needs))
    elif ENGLISH in (from_, to) and languages()[to if from_ == ENGLISH else from_].firefox:
        cached = (from_, to) in firefox_cache()
        needs = "" if cached else f"fxtranslate models add {from_} {to}"
        legs.append(Leg("translate.firefox", from_, to, needs))
    if (from_, to) in apertium_pairs():
        legs.append(Leg("translate.apertium", from_, to))
    return legs


@cache
def _listed(root: Path) -> frozenset[str]:
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
    """Pairs of an installed Apertium, by two-letter tags."""
    program = shutil.which("apertium")
    if program is None:
        return frozenset()
    listed = subprocess.run([program, "-l"], capture_output=True, text=True, check=False).stdout.split()
    pairs = (entry.split("-") for entry in listed if "_" not in entry)
    short = {"eng": "en", "spa": "es", "fra": "fr", "por": "pt", "cat": "ca", "ita": "it", "deu": "de"}
    return frozenset(
        (short.get(pair[0], pair[0]), short.get(pair[1], pair[1])) for pair in pairs if len(pair) == 2
    )


def voice(tag: str) -> str:
    """The node that speaks a language best with what ships in packages; empty when none does."""
    if tag.partition("-")[0] == ENGLISH:
        return "tts.hibari"
    return "tts.espeak" if tag.partition("-")[0] in spoken() else ""


@cache
def spoken() -> frozenset[str]:
    """Languages that espeak-ng has a voice for; none where it is not installed."""
    from importlib.util import find_spec

    found = find_spec("espeakng_loader")
    if found is None or found.origin is None:
        return frozenset()
    data = Path(found.origin).parent / "espeak-ng-data" / "lang"
    tags = {path.name.lower().partition("-")[0] for path in data.rglob("*") if path.is_file()}
    return frozenset(tags | ({"zh"} if "cmn" in tags else set()) | ({"no"} if "nb" in tags else set()))
