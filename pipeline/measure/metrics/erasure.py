"""Erasure: how much of what readers saw was taken back again (flicker)."""

from __future__ import annotations

from pipeline.measure.trace import Stream


def normalised_erasure(stream: Stream) -> float | None:
    """Words shown and taken back for each word that stayed; 0 for a system that only appends.

    Arivazhagan et al. 2020 (IWSLT 2020, paper 27): what each update removes is what of the text before lies
    after the longest common beginning. Tentative tails count here: they are shown.
    """
    return stream.erased / len(stream.said) if stream.said else None
