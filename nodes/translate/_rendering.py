"""Rendering: steps of a growing source text to steps of a growing translation.

Decides: which source span each word of a translation gets, and when there is something to say. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nodes.translate._continuation import Continuation, Piece
from pipeline.media import Text, Word, join_words


class Rendering:
    """One text being translated from beginning to end."""

    def __init__(self, translate: Callable[[str], str], target: str, *, tentative: bool) -> None:
        self._continuation = Continuation(translate, target)
        self._target = target
        self._tentative = tentative
        self._shown = ""  # the tentative translation that was told last
        self._tail = ""  # the source of it

    def render(self, step: Text) -> Text | None:
        """The step of the translation for a step of the source; None when it brings nothing new."""
        words: tuple[Word, ...] = ()
        if step.committed:
            words = spread(self._extend(step), step.committed)
        if step.ends in ("sentence", "end"):
            self._continuation.forget()
        before, tail = self._shown, self._preview(step.tentative, fresh=bool(step.committed or step.ends))
        if not (step.committed or step.ends) and tail == before:
            return None
        return Text(words, tail, self._target, step.ends, step.reason, step.committed)

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
