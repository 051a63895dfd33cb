"""Runs for the tests of logs: a recording, and what was said of it at given times."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.trace import Said, Stream, Trace

SENTENCES = (Sentence("Good morning.", 0, 2000), Sentence("Good evening.", 2500, 4000))


def recording(name: str = "talk", *, to: str = "en", sentences: Sequence[Sentence] = SENTENCES) -> Recording:
    """A recording with two sentences of reference."""
    return Recording(name, Path(f"/media/{name}.flac"), "de", to, 4.0, tuple(sentences))


def one(text: str, *, heard: Sequence[float], out: Sequence[float]) -> Trace:
    """What was said, word by word, ms."""
    said = tuple(
        Said(word, at, now - at, now, at, at) for word, at, now in zip(text.split(), heard, out, strict=True)
    )
    return Trace("talk", 4000.0, Stream(), Stream(), Stream(said=said, shown=len(said)), ())


__all__ = ["SENTENCES", "one", "recording"]
