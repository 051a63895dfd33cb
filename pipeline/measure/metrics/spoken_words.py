"""Spoken words: the words of translated speech, each at the moment at which it is heard."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.measure.trace import Piece, Said


def spoken(pieces: Iterable[Piece]) -> list[Said]:
    """The words of pieces of speech: word i of n begins i/n into its piece, and renders as much of its span.

    Their one clock is that of the voice: `heard` and `out` are both the moment at which the word begins to sound.
    """
    found = []
    for piece in pieces:
        words = piece.text.split()
        for i, word in enumerate(words):
            at = piece.plays_at + piece.duration * i / len(words)
            start, end = (piece.start + (piece.end - piece.start) * k / len(words) for k in (i, i + 1))
            found.append(Said(word, at, 0.0, at, start, end))
    return found


def ends_at(pieces: Iterable[Piece]) -> float:
    """When the last piece has been played, ms; 0 where there is none."""
    return max((piece.plays_at + piece.duration for piece in pieces), default=0.0)
