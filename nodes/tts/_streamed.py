"""Sound that comes in chunks while it is made: the same silence at its ends and the same fades as `_sound.trimmed`, without
waiting for its end. Pure.

What is quieter than `QUIET` is silence, as the peak is not known yet. Silence is held back until something is heard
after it, and so are the last milliseconds, which are faded if nothing comes after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from nodes.tts._sound import FADE_MS, LEAD_MS, TAIL_MS
from pipeline.media import Samples

QUIET = 0.005  # of full scale: -46 dBFS


def streamed(chunks: Iterable[Samples], rate_hz: int) -> Iterator[Samples]:
    """Pieces of sound that follow one another without a gap; nothing where all is silent.

    `chunks`: (n,) float32 each, full scale ±1.0; are not changed.
    """
    lead, tail, fade = (rate_hz * length // 1000 for length in (LEAD_MS, TAIL_MS, FADE_MS))
    held, begun = np.zeros(0, np.float32), False
    for chunk in chunks:
        held = np.concatenate([held, np.clip(chunk, -1.0, 1.0).astype(np.float32)])
        heard = np.nonzero(np.abs(held) > QUIET)[0]
        if not begun:
            held = held[max(0, (int(heard[0]) if len(heard) else len(held)) - lead) :]
            if not len(heard):
                continue
            heard = np.nonzero(np.abs(held) > QUIET)[0]
            held[:fade] *= _ramp(min(fade, len(held)))
            begun = True
        ready = int(heard[-1]) + 1 - fade if len(heard) else 0
        if ready > 0:
            yield held[:ready].copy()
            held = held[ready:]
    if begun and len(held):
        heard = np.nonzero(np.abs(held) > QUIET)[0]
        last = held[: (int(heard[-1]) + 1 if len(heard) else 0) + tail].copy()
        width = min(fade, len(last))
        last[len(last) - width :] *= _ramp(width)[::-1]
        yield last


def _ramp(width: int) -> Samples:
    """(width,) float32, 0 to 1: raised cosine."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(width) / max(width, 1))).astype(np.float32)
