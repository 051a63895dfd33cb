"""Cutting: where the waiting words of a stream are cut into reading units.

Decides: when a boundary is good enough. Knows words and stream time; knows nothing of ports.

How it works. `_boundaries` scores each place between words and forbids some. Where a translator is at hand, its
agreement (`_agreement`) is weighed in: a place scores AGREED of what the translator says and the rest of what the
features say; without one it has the benefit of the doubt, half of what they leave open. The best place is cut when
its score reaches a bar, and the bar falls with the age of the first waiting word, from `threshold` (up to `min_ms`)
to `floor` (at `max_ms`). Then the wait is over: the best place that no guard forbids is cut whatever its score, or
all that waits if there is none. A sentence mark, a pause and the end of the input cut at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from nodes.segment._agreement import Agreement
from nodes.segment._boundaries import Boundary, judge
from nodes.segment._lexicon import Lexicon
from pipeline.clock import Ns, ms
from pipeline.media import Word, join_words

AGREED = 0.7  # weight of the translator's word
LONGEST_CONTEXT = (
    40  # source words before the waiting ones that the translator is shown, as translators keep them
)
CANDIDATES = 3  # places for which it is asked in one step, the best first


class Rules(msgspec.Struct, frozen=True):
    """The figures by which it is decided."""

    min_words: int
    max_words: int
    ahead: int  # words that must follow before the translator is believed
    threshold: float
    floor: float
    min_ms: float
    max_ms: float
    pause_ms: float


class Cut(msgspec.Struct, frozen=True):
    """A reading unit: how many of the waiting words, why, and whether it ends a sentence."""

    count: int
    reason: str
    sentence: bool


class Cutting:
    """The words that wait, and the sentence that they continue."""

    def __init__(self, rules: Rules, agreement: Agreement | None) -> None:
        self._rules = rules
        self._agreement = agreement
        self._said = ""  # the units of the sentence that were cut already

    def cuts(self, waiting: list[Word], tail: str, heard: Ns, lexicon: Lexicon) -> Iterator[Cut]:
        """The cuts that are due, one after the other; the caller takes each off `waiting` before the next."""
        if self._agreement:
            self._agreement.begin_step()
        while waiting and (cut := self._cut(waiting, tail.split(), heard, lexicon)):
            self._note(waiting[: cut.count], sentence=cut.sentence)
            yield cut

    def rest(self, waiting: Sequence[Word], reason: str, lexicon: Lexicon) -> Cut:
        """All that waits, because of a pause or the end."""
        words = [word.text for word in waiting]
        cut = Cut(len(waiting), reason, judge(words, len(words) - 1, 0.0, lexicon).sentence)
        self._note(waiting, sentence=cut.sentence or reason == "end")
        return cut

    def _note(self, words: Sequence[Word], *, sentence: bool) -> None:
        self._said = f"{self._said} {join_words(words)}".strip()
        if sentence or len(self._said.split()) > LONGEST_CONTEXT:
            self._said = ""
            if self._agreement:
                self._agreement.forget()

    def _cut(self, waiting: Sequence[Word], tail: list[str], heard: Ns, lexicon: Lexicon) -> Cut | None:
        words = [word.text for word in waiting] + tail
        places = [
            judge(words, n, self._pause(waiting, n), lexicon)
            for n in range(min(len(waiting), self._rules.max_words))
        ]
        for index, place in enumerate(places):
            if place.sentence:
                return Cut(index + 1, place.reason, True)
        age = max(heard, waiting[-1].end) - waiting[0].start
        if age >= ms(self._rules.max_ms) or len(waiting) >= self._rules.max_words:
            return Cut(self._forced(places), "limit", False)
        return self._chosen(waiting, places, tail, self._bar(age))

    def _pause(self, waiting: Sequence[Word], index: int) -> float:
        """The silence behind a word as a share of a pause that counts in full."""
        if index + 1 >= len(waiting):
            return 0.0
        silence = max(0, waiting[index + 1].start - waiting[index].end)
        return silence / ms(self._rules.pause_ms) if self._rules.pause_ms else 0.0

    def _bar(self, age: Ns) -> float:
        rules = self._rules
        share = (age - ms(rules.min_ms)) / max(1, ms(rules.max_ms) - ms(rules.min_ms))
        return rules.threshold - (rules.threshold - rules.floor) * min(1.0, max(0.0, share))

    def _chosen(
        self, waiting: Sequence[Word], places: Sequence[Boundary], tail: list[str], bar: float
    ) -> Cut | None:
        """The best place that reaches the bar; of equals the latest."""
        fit = [n for n in range(self._rules.min_words - 1, len(places)) if not places[n].guarded]
        fit.sort(key=lambda n: (places[n].score, n), reverse=True)
        best: tuple[float, int] | None = None
        for n in fit[:CANDIDATES]:
            score = self._score(waiting, n, places[n], tail, bar)
            if score >= bar and (best is None or score > best[0]):
                best = (score, n)
        return Cut(best[1] + 1, places[best[1]].reason, False) if best else None

    def _score(
        self, waiting: Sequence[Word], index: int, place: Boundary, tail: list[str], bar: float
    ) -> float:
        most = (1 - AGREED) * place.score + AGREED
        if self._agreement is None:
            return (1 + place.score) / 2
        if most < bar or len(waiting) - index - 1 + len(tail) < self._rules.ahead:
            return 0.0
        prefix = f"{self._said} {join_words(waiting[: index + 1])}".strip()
        whole = " ".join([self._said, join_words(waiting), *tail]).strip()
        agreed = self._agreement.share(prefix, whole)
        return most - AGREED * (1 - agreed) if agreed is not None else 0.0

    def _forced(self, places: Sequence[Boundary]) -> int:
        """How many words go when the wait is over."""
        open_places = [n for n in range(len(places)) if not places[n].guarded]
        if not open_places:
            return len(places)
        return 1 + max(open_places, key=lambda n: (n + 1 >= self._rules.min_words, places[n].score, n))
