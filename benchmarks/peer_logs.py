"""What a foreign system said, as the events that our own runs write, so that the same code scores it.

A system that shows a whole text and may change it is taken at its word: a word counts as said when it and all before
it stood as they do in the end. So nothing said is ever taken back in the events, and changing one's mind costs time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec


class Shown(msgspec.Struct, frozen=True):
    """A text as it was shown from a moment on: the words that the system calls final, and their spans, seconds."""

    clock_s: float
    words: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    tail: str = ""  # what may still change, by the system's own word
    heard_s: float = 0.0  # sound that had been given to it


class Settled(msgspec.Struct, frozen=True):
    """The words that stood for good from a moment on."""

    shown: Shown  # the state in which they did so first
    first: int
    last: int


def settled(states: Sequence[Shown]) -> list[Settled]:
    """When each word of the last state, with all before it, had come to stay."""
    if not states:
        return []
    final = states[-1].words
    stays = [_common(state.words, final) for state in states]
    for index in range(len(stays) - 2, -1, -1):  # a prefix that was lost again had not come to stay
        stays[index] = min(stays[index], stays[index + 1])
    found, told = [], 0
    for state, count in zip(states, stays, strict=True):
        if count > told:
            found.append(Settled(state, told, count))
            told = count
    return found


def write_events(path: Path, states: Sequence[Shown], lang: str) -> None:
    """Write the states of a system as `events.jsonl`; spans are those of the last state."""
    spans = states[-1].spans if states else ()
    final = states[-1].words if states else ()
    lines = []
    for part in settled(states):
        words = [[final[n], *spans[n]] for n in range(part.first, part.last)]
        line = {
            "kind": "translation",
            "clock_s": round(part.shown.clock_s, 3),
            "start_s": words[0][1],
            "end_s": max(part.shown.heard_s, words[-1][2]),  # all that it had been given
            "text": " ".join(final[part.first : part.last]),
            "tentative": part.shown.tail,
            "committed": True,
            "lang": lang,
            "words": words,
        }
        lines.append(json.dumps(line, ensure_ascii=False))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
