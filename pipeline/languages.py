"""Languages: the one table of them, and what each engine calls them.

Decides: which languages there are, which tags mean the same one, and what the error rate of a voice is called.
Knows nothing of what is installed or fetched; the ways between languages are in `routes.py`.

A tag of the table is what the house says everywhere: in settings, in packets, in files. Engines have codes of their own
(Whisper's `no` is `nb`, espeak's `cmn` is `zh`); `code` gives them at their edge, and `canonical` leads back, because
every such code is also a name of its language.

What must change with it: `languages.toml`, whose head says what its keys mean.
"""

from __future__ import annotations

import difflib
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import RouteError

ENGINES = ("whisper", "firefox", "apertium", "hibari", "kokoro", "espeak")
VOICES = ("hibari", "kokoro", "espeak")  # those that speak
QUALITIES = (  # name, and the largest share of wrong characters that it may have
    ("clear", 0.10),
    ("fair", 0.25),
    ("rough", 0.50),
    ("broken", float("inf")),
)
UNTRIED = "untried"


class Language(msgspec.Struct, frozen=True):
    """A line of the table."""

    tag: str  # BCP 47
    name: str
    endonym: str
    script: str  # ISO 15924
    codes: dict[str, str]  # engine: its code
    also: tuple[str, ...] = ()
    near: str = (
        ""  # tag of the language that is heard in its place, or that is nearest where nothing is heard
    )
    service: frozenset[str] = frozenset()  # of text, speech, early; see languages.toml
    cer: dict[str, float] = {}  # voice: share of characters wrong when it is heard again

    @property
    def hears(self) -> bool:
        """Whether the multilingual Whisper models hear it, be it as the language near to it."""
        return "whisper" in self.codes

    @property
    def voices(self) -> tuple[str, ...]:
        """The engines that speak it, most natural first."""
        return tuple(voice for voice in VOICES if voice in self.codes)

    def quality(self, voice: str) -> str:
        """What is to be expected of a voice: clear, fair, rough, broken or untried."""
        return quality(self.cer.get(voice))


def quality(cer: float | None) -> str:
    """The name of an error rate: how much whisper-base understands of a voice; None: nobody measured it.

    It speaks of the voice and the recogniser together, so a language that whisper-base hardly hears gets no better
    name than the recogniser deserves.
    """
    return UNTRIED if cer is None else next(name for name, most in QUALITIES if cer <= most)


@cache
def languages() -> dict[str, Language]:
    """Tag to language."""
    table = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    return {tag: _language(tag, line) for tag, line in table.items()}


def _language(tag: str, line: dict[str, Any]) -> Language:
    by = dict(word.partition(":")[::2] for word in line["by"].split())
    return Language(
        tag=tag,
        name=line["name"],
        endonym=line["endonym"],
        script=line["script"],
        codes={engine: code or tag for engine, code in by.items()},
        also=tuple(line.get("also", "").split()),
        near=line.get("near", ""),
        service=frozenset(line.get("service", "").split()),
        cer=line.get("cer", {}),
    )


@cache
def _aliases() -> dict[str, str]:
    return {name: one.tag for one in languages().values() for name in names(one)}


def names(one: Language) -> tuple[str, ...]:
    """Every tag that means a language: its own, others for it, and the one by three letters that Apertium has."""
    return tuple(dict.fromkeys((one.tag, *one.also, one.codes.get("apertium", one.tag))))


@lru_cache(maxsize=1024)
def canonical(tag: str) -> str:
    """The tag of the table for any tag or code (`pt-BR`, `iw`, `no`, `por`, `zh-Hant`); an unknown one as it is."""
    parts = tag.lower().replace("_", "-").split("-")
    tried = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_aliases()[one] for one in tried if one in _aliases()), tag)


def language(tag: str) -> Language:
    """The language that any tag or code means. Raises `RouteError`."""
    found = languages().get(canonical(tag))
    if found is None:
        raise RouteError(f"language {tag!r}: not known here; {_nearest(tag)}`dragoman languages` lists all")
    return found


def _nearest(word: str) -> str:
    """The language that is meant by a name, or by one nearly written; empty when none is near."""
    by_name = {name.lower(): one for one in languages().values() for name in (one.endonym, one.name)}
    near = difflib.get_close_matches(word.lower(), by_name, n=1, cutoff=0.7)
    return f"did you mean {by_name[near[0]].tag!r} ({by_name[near[0]].name})? " if near else ""


def code(engine: str, tag: str) -> str:
    """What an engine calls a language; empty where the engine does not have it, or nobody knows it."""
    found = languages().get(canonical(tag))
    return found.codes.get(engine, "") if found else ""


def of_service(word: str) -> frozenset[str]:
    """The languages that LiveTranslate takes: by text, speech or early; see languages.toml."""
    return frozenset(tag for tag, one in languages().items() if word in one.service)
