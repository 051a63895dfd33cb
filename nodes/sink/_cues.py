"""Cues: captions with a beginning and an end, made from committed words as they come. Pure.

Decides: which words stand together in one cue, when it is shown, and when it can no longer change.

How it works
    Each word stands for a time: that at which it was said (`source`; words that share a span, as those of one
    reading unit do, divide it by their length) or that at which it came (`live`). Words gather until the cue is
    full (lines, seconds), a sentence ends after `min_cue_s`, or the speaker pauses. A full cue is cut behind the
    last sentence, else the last clause, else where it is full. It is shown from its first word until its last one,
    and longer if reading takes longer, but never into the next cue; so it is held until the next one begins, or
    until stream time has passed its end. Cues never overlap and their times never go back; none is shorter than
    `min_cue_s`, and one that comes too soon behind another waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

import msgspec

from nodes.sink._lines import Atom, atoms, ends_clause, ends_sentence, joined, width, wrap
from pipeline.clock import Ns, seconds
from pipeline.media import Word

PAUSE: Ns = seconds(1.2)  # a silence after which a new cue begins


class Cue(msgspec.Struct, frozen=True):
    """One caption."""

    start: Ns
    end: Ns
    lines: tuple[str, ...]


class CueRules(msgspec.Struct, frozen=True):
    """What a cue may be."""

    max_line: int = 42  # columns
    max_lines: int = 2
    max_cue_s: float = 7.0
    min_cue_s: float = 1.0
    reading_cps: float = 17.0  # columns a second


class _Timed(msgspec.Struct, frozen=True):
    atom: Atom
    start: Ns
    end: Ns

    @property
    def rank(self) -> int:
        """How good a place to break is behind it: 2 a sentence, 1 a clause, 0 any."""
        return 2 if ends_sentence(self.atom.text) else int(ends_clause(self.atom.text))


class Cues:
    """Cues of one text. `add` and `settle` yield those that can no longer change, `rest` the others."""

    def __init__(self, rules: CueRules) -> None:
        self._rules = rules
        self._open: list[_Timed] = []  # not yet in a cue
        self._held: Cue | None = None  # complete, but for its end
        self._wanted: Ns = 0  # end that the held cue would like
        self._until: Ns = 0  # end of the last cue that was handed out

    def add(self, words: Sequence[Word], at: Ns | None = None) -> Iterator[Cue]:
        """Take words, at their own times or all from `at` on."""
        for item in self._timed(words, at):
            if self._open and self._full(item):
                yield from self._cut(self._best_cut())
            if self._open and item.start - self._open[-1].end >= PAUSE:
                yield from self._cut(len(self._open))
            self._open.append(item)
            if item.rank == 2 and item.end - self._open[0].start >= seconds(self._rules.min_cue_s):
                yield from self._cut(len(self._open))

    def settle(self, at: Ns) -> Iterator[Cue]:
        """Nothing that is still to come starts before `at`."""
        if self._open and at - self._open[-1].end >= PAUSE:
            yield from self._cut(len(self._open))
        if self._held is not None and not self._open and self._wanted <= at:
            yield self._release(self._wanted)

    def break_here(self) -> Iterator[Cue]:
        """The speaker pauses: what is open is a cue."""
        if self._open and self._open[-1].end - self._open[0].start >= seconds(self._rules.min_cue_s):
            yield from self._cut(len(self._open))

    def rest(self) -> Iterator[Cue]:
        """All that is held; nothing more will come."""
        if self._open:
            yield from self._cut(len(self._open))
        if self._held is not None:
            yield self._release(self._wanted)

    def _timed(self, words: Sequence[Word], at: Ns | None) -> Iterator[_Timed]:
        """Words as atoms, each with its part of the span that it shares with its neighbours."""
        for span, group in groupby(words, key=lambda word: (word.start, word.end) if at is None else None):
            pieces = [a for word in group for a in atoms(word.text, word.glue, self._rules.max_line)]
            widths = [width(piece.text) for piece in pieces]
            total = max(1, sum(widths))
            start, end = span or (at or 0, (at or 0) + seconds(total / self._rules.reading_cps))
            ends = [start + (end - start) * done // total for done in accumulate(widths)]
            for piece, begins, stops in zip(pieces, [start, *ends], ends, strict=False):
                yield _Timed(piece, begins, stops)

    def _full(self, item: _Timed) -> bool:
        """Whether the open cue has no room for one more."""
        if item.end - self._open[0].start > seconds(self._rules.max_cue_s):
            return True
        pieces = [*(timed.atom for timed in self._open), item.atom]
        return len(wrap(pieces, self._rules.max_line)) > self._rules.max_lines

    def _best_cut(self) -> int:
        """How many of the open words to cut off: behind a sentence or clause in the second half, else all."""
        count, total = len(self._open), width(joined([timed.atom for timed in self._open]))
        best, rank, seen = count, 0, 0
        for index, timed in enumerate(self._open):
            seen += width(timed.atom.text) + timed.atom.space
            if seen >= total / 2 and timed.rank >= max(rank, 1):
                best, rank = index + 1, timed.rank
        return best

    def _cut(self, count: int) -> Iterator[Cue]:
        """Make the first `count` open words the held cue; the one that was held is done."""
        words, self._open = self._open[:count], self._open[count:]
        if self._held is not None:
            shortest = self._held.start + seconds(self._rules.min_cue_s)
            yield self._release(max(shortest, min(self._wanted, words[0].start)))
        start = max(words[0].start, self._until)
        pieces = [timed.atom for timed in words]
        reading_s = max(self._rules.min_cue_s, width(joined(pieces)) / self._rules.reading_cps)
        longest = start + seconds(self._rules.max_cue_s)
        self._wanted = min(max(words[-1].end, start + seconds(reading_s)), longest)
        self._held = Cue(start, self._wanted, tuple(wrap(pieces, self._rules.max_line)))

    def _release(self, end: Ns) -> Cue:
        assert self._held is not None
        cue, self._held = self._held, None
        self._until = end
        return Cue(cue.start, end, cue.lines)
