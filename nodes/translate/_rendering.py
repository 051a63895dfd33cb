"""Rendering: steps of a growing source text to steps of a growing translation.

Decides: which source span each word of a translation gets, when there is something to say, and that a term is never
parted: the first words of one that may go on wait for the next step. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from nodes.translate._continuation import Continuation, Piece
from nodes.translate._enforcing import Enforcing
from pipeline.clock import Ns
from pipeline.media import Term, Text, Word, join_words


class Rendering:
    """One text being translated from beginning to end, by a translator from `source` to `target` (BCP 47)."""

    def __init__(self, translate: Callable[[str], str], source: str, target: str, *, tentative: bool) -> None:
        self._enforcing = Enforcing(translate, source, target)
        self._continuation = Continuation(self._enforcing, target)
        self._target = target
        self._tentative = tentative
        self._shown = ""  # the tentative translation that was told last
        self._tail = ""  # the source of it
        self._waiting: tuple[Word, ...] = ()  # committed words that may be the beginning of a term

    @property
    def held_since(self) -> Ns | None:
        """Where the words begin that wait for the rest of a term; None where none do."""
        return self._waiting[0].start if self._waiting else None

    def expect(self, terms: Sequence[Term]) -> None:
        """Terms to render as they say from now on."""
        self._enforcing.expect(terms)

    def render(self, step: Text) -> Text | None:
        """The step of the translation for a step of the source; None when it brings nothing new."""
        step = self._whole(step)
        words: tuple[Word, ...] = ()
        if step.committed:
            words = spread(self._extend(step), step.committed)
        if step.ends in ("sentence", "end"):
            self._continuation.forget()
        before, tail = self._shown, self._preview(step.tentative, fresh=bool(step.committed or step.ends))
        if not (step.committed or step.ends) and tail == before:
            return None
        return Text(words, tail, self._target, step.ends, step.reason, step.committed)

    def rest(self) -> Text | None:
        """What waited for the rest of a term that never came; nothing more will come."""
        return self.render(Text((), ends="end")) if self._waiting else None

    def _whole(self, step: Text) -> Text:
        """A step with what waited before it, and without what is to wait behind it."""
        words = self._waiting + step.committed
        goes_on = not step.ends and step.reason != "wait-k"
        count = self._enforcing.unfinished(words) if goes_on else 0
        self._waiting = words[len(words) - count :]
        if words == step.committed and not count:
            return step
        tail = f"{join_words(self._waiting)} {step.tentative}".strip()
        return msgspec.structs.replace(step, committed=words[: len(words) - count], tentative=tail)

    def _extend(self, step: Text) -> list[Piece]:
        unit = join_words(step.committed)
        if (
            step.reason == "wait-k"
        ):  # see segment.wait_k: what was read ahead is in view, and nothing more is said
            return self._continuation.lag(unit, step.tentative)
        return self._continuation.extend(unit)

    def _preview(self, tail: str, *, fresh: bool) -> str:
        if not self._tentative:
            return ""
        if fresh or tail != self._tail:
            self._tail, self._shown = tail, self._continuation.preview(tail)
        return self._shown


def spread(target: Sequence[Piece], source: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a translation, evenly over the span of the source words that they render, in order."""
    start, end = source[0].start, max(word.end for word in source)
    length = max(0, end - start)
    return tuple(
        Word(
            piece.text,
            start + length * index // len(target),
            start + length * (index + 1) // len(target),
            piece.glue,
        )
        for index, piece in enumerate(target)
    )
