"""Voices: the voices of every engine: language, sex, and what to fetch. Read from lists; no engine is loaded.

Decides: what a person may choose from, for `dragoman voices`, for the page, and for clients that name a voice of another
service. The engines' own lists are read where they lie: hibari's in its package, Kokoro's and Piper's in models.toml.
Which engine speaks a language, and which best, is for routes.py.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from pipeline import models, routes
from pipeline.errors import RouteError
from pipeline.languages import canonical, code, language

Sex: TypeAlias = Literal["female", "male", ""]

HIBARI, KOKORO, PIPER, ESPEAK = "tts.hibari", "tts.kokoro", "tts.piper", "tts.espeak"
KOKORO_MODELS = ("kokoro", "kokoro-voices")  # the network, and a file for each voice
PIPER_MODELS = "piper-"  # how the names of its models begin; then the name of the voice: en_US-joe-medium
SEXES: dict[str, Sex] = {"f": "female", "m": "male"}
VARIANTS: dict[str, tuple[Sex, str]] = {  # of espeak-ng, over any language: sex, and what people call it
    "": ("male", "plain"),
    "m3": ("male", "deep"),
    "m7": ("male", "old"),
    "f2": ("female", "high"),
    "f4": ("female", "soft"),
}


class Voice(msgspec.Struct, frozen=True):
    """One voice of one engine."""

    node: str
    name: str  # for the setting `voice` of the node; empty: what it has without
    lang: str  # tag of the table of languages
    sex: Sex = ""
    title: str = ""  # what people call it; empty: its name
    needs: str = ""  # what to do to get it; empty when it is at hand

    @property
    def quality(self) -> str:
        """How well its language is understood when this engine speaks it; see pipeline/languages.py."""
        return language(self.lang).quality(self.node.removeprefix("tts."))


def voices(tag: str, node: str = "") -> tuple[Voice, ...]:
    """The voices of a language, those of the best engine first; of one engine where it is named.

    Raises `RouteError` for a language that is not known.
    """
    lang = language(tag).tag
    engines = [one.node for one in routes.speakers(lang) if node in ("", one.node) and one.node in _LISTS]
    return tuple(voice for engine in engines for voice in _LISTS[engine](lang))


@cache
def _hibari(lang: str) -> tuple[Voice, ...]:
    found = find_spec("hibari") if lang == "en" else None
    if found is None or found.origin is None:
        return ()
    listed = json.loads((Path(found.origin).parent / "assets" / "voices.json").read_text(encoding="utf-8"))
    return tuple(
        Voice(HIBARI, name, "en", _sex(one["gender"]), f"{name.title()}, {one['accent']}", _fetched(one))
        for name, one in listed.items()
    )


def _fetched(one: dict[str, object]) -> str:
    """What to do for a voice of hibari: its package fetches the others when they are first named."""
    folder = os.environ.get("HIBARI_HOME") or _cache() / "hibari"
    if one["bundled"] or (Path(folder) / str(one["file"])).is_file():
        return ""
    return "fetched when it is first used"


def _cache() -> Path:
    """Where the user's system keeps what can be fetched again."""
    if sys.platform == "darwin":
        return Path("~/Library/Caches").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()


def _kokoro(lang: str) -> tuple[Voice, ...]:
    """Its voices are files called after their language, sex and name: `af_heart`."""
    absent = [name for name in KOKORO_MODELS if not models.at_hand(name)]
    needs = routes.FETCH + " ".join(absent) if absent else ""
    stems = [file.name.removesuffix(".bin") for file in models.model(KOKORO_MODELS[1]).files]
    return tuple(
        Voice(KOKORO, stem, lang, SEXES[stem[1]], stem[3:].title(), needs)
        for stem in stems
        if stem[0] in code("kokoro", lang)
    )


def _piper(lang: str) -> tuple[Voice, ...]:
    found = []
    for name in models.catalogue():
        voice = name.removeprefix(PIPER_MODELS)
        if voice != name and canonical(voice.partition("-")[0]) == lang:
            needs = "" if models.at_hand(name) else routes.FETCH + name
            found.append(Voice(PIPER, voice, lang, "", voice.split("-")[1].title(), needs))
    return tuple(found)


def _espeak(lang: str) -> tuple[Voice, ...]:
    needs = next(one.needs for one in routes.speakers(lang) if one.node == ESPEAK)
    return tuple(Voice(ESPEAK, name, lang, sex, title, needs) for name, (sex, title) in VARIANTS.items())


def _sex(word: object) -> Sex:
    return "female" if word == "female" else "male" if word == "male" else ""


_LISTS: dict[str, Callable[[str], tuple[Voice, ...]]] = {
    HIBARI: _hibari,
    KOKORO: _kokoro,
    PIPER: _piper,
    ESPEAK: _espeak,
}


def chosen(tag: str, node: str, wanted: str) -> str:
    """The name of the voice of an engine that is meant by its name or by its sex; empty for what it has without."""
    at_hand = [voice for voice in voices(tag, node) if not voice.needs]
    if any(voice.name == wanted for voice in at_hand):
        return wanted
    of_sex = [voice.name for voice in at_hand if voice.sex == wanted]
    return "" if not of_sex or (at_hand and at_hand[0].sex == wanted) else of_sex[0]


def is_choice(tag: str, wanted: str) -> bool:
    """Whether a word chooses among the voices of a language: a name, or a sex."""
    if not wanted or wanted in SEXES.values():
        return bool(wanted)
    try:
        return any(voice.name == wanted for voice in voices(tag))
    except RouteError:
        return False
