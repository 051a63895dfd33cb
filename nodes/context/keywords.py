"""One stream of the words to expect: from a glossary, from who knows better, from the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, TypeAlias, cast

import msgspec
from msgspec import Meta

from nodes.context._screen_terms import Expected, expected
from pipeline.clock import Ns, seconds
from pipeline.errors import need
from pipeline.media import ScreenText, Term, Terms
from pipeline.node import JoinName, Node, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output

Frequencies: TypeAlias = Callable[..., float]

log = logging.getLogger(__name__)


class _Shown(msgspec.Struct, frozen=True):
    """Terms of one line of the screen."""

    terms: tuple[Expected, ...]
    until: Ns | None  # from when on they are expected no more; None while the line is there


@dataclass
class Keywords(Node):
    """Bring together the words to expect: a glossary, terms injected while it runs, and what stands on the screen.

    Emits all that is expected whenever that changes, the likeliest first: what was injected last, then names, rare
    words and numbers of the screen, the rarest first, then the glossary in its order. A term comes once, with the
    rendering that the glossary or the injection gives it. What leaves the screen is expected for `keep_s` more.
    Each packet of `glossary` and of `injected` takes the place of the one before it. Holds nothing back.

    Example:
        keys: {uses: context.keywords, inputs: {screen: slides.text, glossary: names.expected}}

    Source: Speer 2022, "rspeer/wordfreq", for how rare a word is.
    """

    screen_terms: Annotated[int, Meta(ge=0, le=200)] = 12  # terms of the screen at most, the rarest ones
    rare: Annotated[float, Meta(ge=0, le=8)] = 3.5  # Zipf value below which a word is rare, 0 to 8
    keep_s: Annotated[float, Meta(ge=0, le=86_400)] = 60  # how long a term is expected after it has left, s
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.7  # of a line that counts, 0 to 1
    lang: str = "en"  # language of lines that say none, BCP 47
    required: bool = True  # false: without the package wordfreq, say so and take nothing from the screen

    glossary = Input(Terms, optional=True)
    injected = Input(Terms, optional=True)
    screen = Input(ScreenText, optional=True)
    terms = Output(Terms)

    join: ClassVar[JoinName] = "arrival"
    runs_on: ClassVar[Place] = "thread"

    def open(self) -> None:
        self._frequencies = _frequencies(self.required)
        self._glossary: tuple[Term, ...] = ()
        self._injected: tuple[Term, ...] = ()
        self._shown: dict[int, _Shown] = {}
        self._told: tuple[Term, ...] = ()

    def process(
        self,
        glossary: Packet[Terms] | None,
        injected: Packet[Terms] | None,
        screen: Packet[ScreenText] | None,
    ) -> Iterator[Emission[Any]]:
        now: Ns = 0
        if glossary is not None:
            self._glossary, now = glossary.payload.terms, glossary.start
        if injected is not None:
            self._injected, now = injected.payload.terms, injected.start
        if screen is not None:
            self._look(screen.payload, screen.start)
            now = screen.start
        self._shown = {number: shown for number, shown in self._shown.items() if _is_on(shown.until, now)}
        if (found := self._all(now)) != self._told:
            self._told = found
            yield self.terms(Terms(found))

    def _look(self, line: ScreenText, now: Ns) -> None:
        """A line has come, or gone."""
        if line.over:
            if line.id in self._shown:
                self._shown[line.id] = _Shown(self._shown[line.id].terms, now + seconds(self.keep_s))
        elif self._frequencies is not None and line.confidence >= self.confidence:
            zipf = partial(_zipf, self._frequencies, line.lang or self.lang)
            if found := expected(line.text, zipf, self.rare):
                self._shown[line.id] = _Shown(tuple(found), None)

    def _all(self, now: Ns) -> tuple[Term, ...]:
        """All that is expected, once each, the likeliest first."""
        given = {term.text: term for term in (*self._glossary, *self._injected) if _is_on(term.until, now)}
        found: dict[str, Term] = {}
        for term in (*self._injected, *self._on_screen(), *self._glossary):
            if _is_on(term.until, now):
                found.setdefault(term.text, term)
        return tuple(_rendered(term, given) for term in found.values())

    def _on_screen(self) -> list[Term]:
        """What stands on the screen, or stood there lately: the rarest, and of two alike the later one."""
        lines = reversed(self._shown.values())
        latest = [(term, shown.until) for shown in lines for term in shown.terms]
        latest.sort(key=lambda pair: (pair[1] is not None, -pair[0].worth))
        best: dict[str, Term] = {}
        for term, until in latest:
            best.setdefault(term.text, Term(term.text, origin="screen", until=until))
        return list(best.values())[: self.screen_terms]


def _frequencies(required: bool) -> Frequencies | None:
    """How often words are used. Raises `PackageError` where that is not installed and required."""
    try:
        from wordfreq import zipf_frequency
    except ImportError:
        error = need("wordfreq", "vision", "context.keywords")
        if required:
            raise error from None
        log.warning("%s", error)
        return None
    return cast(Frequencies, zipf_frequency)


def _zipf(frequencies: Frequencies, lang: str, word: str) -> float:
    """How common a word is. Where a language has no list, or one that needs more packages, English stands in."""
    try:
        return frequencies(word.casefold(), lang, wordlist="small")
    except (LookupError, ValueError, ModuleNotFoundError):
        return frequencies(word.casefold(), "en", wordlist="small")


def _is_on(until: Ns | None, now: Ns) -> bool:
    return until is None or now < until


def _rendered(term: Term, given: dict[str, Term]) -> Term:
    """A term with the rendering that was given for it, whoever named it."""
    wanted = given.get(term.text)
    if term.rendering or wanted is None or not wanted.rendering:
        return term
    return msgspec.structs.replace(term, rendering=wanted.rendering, to=wanted.to)
