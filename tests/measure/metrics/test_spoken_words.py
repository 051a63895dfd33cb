"""The words of speech, when they are heard."""

from __future__ import annotations

from pipeline.measure.metrics.spoken_words import ends_at, spoken
from pipeline.measure.trace import Piece

PIECE = Piece("Foi o melhor dos", out=4800, plays_at=5000, duration=2000, start=1000, end=3000, skipped=0)


def test_words_are_spread_over_their_piece() -> None:
    words = spoken([PIECE])
    assert [word.text for word in words] == ["Foi", "o", "melhor", "dos"]
    assert [word.out for word in words] == [5000, 5500, 6000, 6500]
    assert [(word.start, word.end) for word in words][1] == (1500, 2000)
    assert all(word.heard == word.out for word in words)


def test_speech_ends_when_it_has_been_played() -> None:
    assert ends_at([PIECE]) == 7000
    assert ends_at([]) == 0


def test_a_piece_without_words_says_nothing() -> None:
    assert spoken([Piece("", 0, 0, 100, 0, 100, 0)]) == []
