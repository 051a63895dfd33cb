"""Offset: how long it is before an interpretation begins, and how long it goes on after the source has ended."""

from __future__ import annotations

from collections.abc import Sequence


def start_offset(delays: Sequence[float]) -> float | None:
    """From the start of the source to the first unit, ms: StartOffset of Ma et al. 2020 (arXiv:2007.16193)."""
    return delays[0] if len(delays) else None


def end_offset(delays: Sequence[float], source_ms: float) -> float | None:
    """From the end of the source to the last unit (for speech: to the end of the last interval that plays), ms.

    Negative where the last unit came before the source's end: most recordings end with a silence.
    """
    return delays[-1] - source_ms if len(delays) else None
