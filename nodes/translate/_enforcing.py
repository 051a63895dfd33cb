"""Enforcing: a translator that renders terms as a glossary says, made of one that knows none. Pure.

Decides: how a wanted rendering comes into a translation. A translator is a function from text to text.

How it works, from what disturbs the translation least to what disturbs it most; the first that gives every rendering
as often as its term stands in the text is taken. docs/adr/0010-enforcing-terms.md has the figures.

    plain        the translator says it by itself, in whatever form the sentence asks for
    in place     the rendering takes the place of the term in the source; models copy a word that they do not know and
                 choose articles and endings that go with it
    stand-in     a name that means nothing takes the place of the term, and the rendering takes its place in the
                 translation; models copy names

Where none does, the stand-ins that came through are rendered and the plain translation is kept for the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from nodes.translate._glossary import Found, Glossary
from nodes.translate._inflection import plural
from pipeline.media import Term, Word

STAND_INS = ("Kolvar{}", "Zx{}")  # tried in this order; a number follows


class Wish(msgspec.Struct, frozen=True):
    """A term that was found, and the form in which it is to appear."""

    found: Found
    form: str


class Enforcing:
    """A translator with a glossary. `expect` may be called at any time; without terms it is the translator itself."""

    def __init__(self, translate: Callable[[str], str], source: str, target: str) -> None:
        self._translate = translate
        self._source = source
        self._target = target
        self._given: tuple[Term, ...] = ()
        self._terms: tuple[Term, ...] = ()  # of those, the ones to render
        self._glossary = Glossary((), source)

    def expect(self, terms: Sequence[Term]) -> None:
        """Terms from now on; only those with a rendering in the target language count."""
        if terms == self._given:
            return
        self._given = tuple(terms)
        code = self._target.partition("-")[0].lower()
        self._terms = tuple(
            term for term in terms if term.rendering and term.to.partition("-")[0].lower() in ("", code)
        )
        self._glossary = Glossary(self._terms, self._source)

    def unfinished(self, words: Sequence[Word]) -> int:
        """How many of the last words may be the beginning of a term that goes on."""
        return self._glossary.unfinished([word.text for word in words]) if self._terms else 0

    def __call__(self, text: str) -> str:
        """The translation, each term in it rendered as wanted."""
        wishes = [self._wish(text, found) for found in self._glossary.find(text)] if self._terms else []
        said = self._translate(text)
        if lacking := self._lacking(wishes, said):
            kept = [wish for wish in wishes if wish not in lacking]
            said = self._in_place(text, lacking, kept) or self._by_stand_ins(text, lacking) or said
        return self._spelt(said, wishes)

    def _wish(self, text: str, found: Found) -> Wish:
        """What a term that was found is to become: a plural becomes a plural, where the languages have rules."""
        term, written = found.term, text[found.start : found.end]
        many = not found.exact and written.casefold() == plural(term.text, self._source).casefold()
        return Wish(found, plural(term.rendering, self._target) if many else term.rendering)

    def _lacking(self, wishes: Sequence[Wish], said: str) -> list[Wish]:
        """Those that a translation has not got, in any form, as often as it should."""
        wanted = Counter(wish.found.term.rendering for wish in wishes)
        given = Counter(found.term.text for found in self._look_for(wanted, said))
        return [
            wish for wish in wishes if given[wish.found.term.rendering] < wanted[wish.found.term.rendering]
        ]

    def _look_for(self, renderings: Iterable[str], said: str) -> list[Found]:
        return Glossary([Term(rendering) for rendering in renderings], self._target, cased=False).find(said)

    def _in_place(self, text: str, lacking: Sequence[Wish], kept: Sequence[Wish]) -> str:
        """A translation of the text with renderings in it; empty where one of them did not come through unchanged."""
        said = self._translate(_replaced(text, [(wish.found, wish.form) for wish in lacking]))
        wanted = Counter(wish.form for wish in lacking)
        given = Counter(found.term.text for found in self._look_for(wanted, said) if found.exact)
        return "" if wanted - given or self._lacking(kept, said) else said

    def _by_stand_ins(self, text: str, lacking: Sequence[Wish]) -> str:
        """A translation of the text with stand-ins, and these rendered; empty where they did not come through."""
        for pattern in STAND_INS:
            names = [pattern.format(number) for number in range(1, len(lacking) + 1)]
            places = zip((wish.found for wish in lacking), names, strict=True)
            said = self._translate(_replaced(text, list(places)))
            stand_ins = [Term(name, wish.form) for name, wish in zip(names, lacking, strict=True)]
            through = Glossary(stand_ins, "", cased=False).find(said)
            if Counter(found.term.text for found in through) == Counter(names):
                return _replaced(said, [(found, found.term.rendering) for found in through])
        return ""

    def _spelt(self, said: str, wishes: Sequence[Wish]) -> str:
        """With capitals where the glossary has them."""
        names = {wish.form for wish in wishes if wish.form != wish.form.lower()}
        return _replaced(
            said, [(found, found.term.text) for found in self._look_for(names, said) if found.exact]
        )


def _replaced(text: str, changes: Sequence[tuple[Found, str]]) -> str:
    """A text with other words at some places; what begins it keeps its capital."""
    for match, new in reversed(changes):
        begins = not text[: match.start].strip() and text[match.start].isupper()
        text = text[: match.start] + (new[:1].upper() + new[1:] if begins else new) + text[match.end :]
    return text
