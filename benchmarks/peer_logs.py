"""What a foreign system showed, as the trace that our own runs leave, so that the same code scores it.

A system that shows a whole text and may change it is taken at its word: a word counts as said when it and all before
it stood as they do in the end. So nothing said is ever taken back in the trace, and changing one's mind costs time.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.live_recordings import Recording
from pipeline.measure.logs.log import trace
from pipeline.measure.trace import Said, Trace


class Shown(msgspec.Struct, frozen=True):
    """A text as it was shown from a moment on: the words that the system calls final, and their spans, seconds."""

    clock_s: float
    words: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    heard_s: float = 0.0  # sound that had been given to it


def settled(recording: Recording, states: Sequence[Shown]) -> Trace:
    """The words of the last state, with its spans, each when it with all before it had come to stay."""
    if not states:
        return trace(recording.name, recording.seconds * 1000, [])
    final = states[-1]
    stays = [_common(state.words, final.words) for state in states]
    for index in range(len(stays) - 2, -1, -1):  # a prefix that was lost again had not come to stay
        stays[index] = min(stays[index], stays[index + 1])
    said: list[Said] = []
    for state, count in zip(states, stays, strict=True):
        for n in range(len(said), count):
            start, end = (1000 * at for at in final.spans[n])
            heard, out = 1000 * state.heard_s, 1000 * max(state.clock_s, state.heard_s)
            said.append(Said(final.words[n], heard, out - heard, out, start, end))
    return trace(recording.name, recording.seconds * 1000, said)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
