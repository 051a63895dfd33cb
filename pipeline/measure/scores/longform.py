"""Long form: the delays of a long recording, sentence by sentence of its reference.

On a recording of minutes an ideal interpreter who speaks evenly from beginning to end says little: speakers pause, and
one word too many shifts all that follow. So the interpretation is laid on the sentences of the reference first, and each
sentence is scored from its own beginning. A recording's score is the mean over its sentences that have one.

    segments             which units fall to which sentence: for scores, for quality by sentence, for a page
    sentence_scores      the delays of each sentence by a clock
    mean_scores          their means, over the sentences of one recording or of many
    long_scores          all of it for one recording and one clock

Traps, all of them the field's: a sentence in which nothing was said has no score, so what is left out costs no delay;
the recording ends where its last sentence does, whatever follows; a word may be laid on a sentence that begins after
it came, and then has a negative delay; and a word of the reference is what lies between two single spaces.

Sources: LongYAAL and the others with Polák et al. 2025 (arXiv:2509.17349), as OmniSTEval 0.1.10 computes them, on the
segments of `segmenter`; StreamLAAL, Papi et al. 2024 (2024.acl-long.202), version 2 of simulstream, on those of `mwer`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from pipeline.measure.metrics import delay
from pipeline.measure.recording import Recording, Sentence, Unit
from pipeline.measure.text import mwer, segmenter
from pipeline.measure.text.tokens import tokens
from pipeline.measure.trace import Clock, Said, clock, split


class Segment(msgspec.Struct, frozen=True):
    """A sentence of the reference, and the units of the interpretation that fall to it."""

    sentence: Sentence
    said: tuple[Said, ...]  # words, or characters
    at: tuple[int, ...]  # where they are among all units of the interpretation; rises
    unit: Unit

    @property
    def text(self) -> str:
        """What was said of this sentence."""
        return (" " if self.unit == "word" else "").join(unit.text for unit in self.said)

    @property
    def reference(self) -> str:
        """The sentence as it is compared: characters have no spaces between them."""
        return _compared(self.sentence, self.unit)


def segments(recording: Recording, said: Sequence[Said]) -> tuple[Segment, ...]:
    """The interpretation, laid on the sentences of the reference; a segment for each sentence, some of them empty.

    `said` are words, in the order in which they were said. Empty where the recording has no reference. A unit may fall
    to no sentence: a word without any character to compare, or punctuation at the very beginning.
    """
    units = split(said, recording.unit)
    return _segments(recording, units, _soft(recording, units))


def sentence_scores(laid: Sequence[Segment], said: Sequence[Said], by: Clock) -> list[dict[str, float]]:
    """For each of `segments` its `long_yaal`, `long_laal`, `long_al`, `long_dal`, ms, and `long_ap`; those it has.

    `said` are the words that were laid out: the clock of one may depend on all before it.
    """
    end_ms = max((segment.sentence.end_ms for segment in laid), default=0.0)
    return [_long(own, segment, end_ms) for segment, own in _own(laid, said, by)]


def stream_segments(recording: Recording, said: Sequence[Said]) -> tuple[Segment, ...]:
    """As `segments`, by least word error rate: the segments of StreamLAAL."""
    units = split(said, recording.unit)
    return _segments(recording, units, _mwer(recording, units))


def stream_scores(laid: Sequence[Segment], said: Sequence[Said], by: Clock) -> list[dict[str, float]]:
    """For each of `stream_segments` its `stream_laal`, ms, if it has one."""
    return [_stream(own, segment) for segment, own in _own(laid, said, by)]


def mean_scores(sentences: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each score over the sentences that have it, of one recording or of many: each counts the same."""
    found: dict[str, list[float]] = {}
    for scores in sentences:
        for name, value in scores.items():
            found.setdefault(name, []).append(value)
    return {name: math.fsum(values) / len(values) for name, values in found.items()}


def long_scores(recording: Recording, said: Sequence[Said], by: Clock) -> dict[str, float]:
    """All scores of a recording by one clock: the means over its sentences, whose names and units they have."""
    long = sentence_scores(segments(recording, said), said, by)
    stream = stream_scores(stream_segments(recording, said), said, by)
    return mean_scores(long) | mean_scores(stream)


def _compared(sentence: Sentence, unit: Unit) -> str:
    text = sentence.text.strip()
    return text if unit == "word" else text.replace(" ", "")


def _segments(recording: Recording, units: Sequence[Said], places: Sequence[int]) -> tuple[Segment, ...]:
    found: list[list[int]] = [[] for _ in recording.sentences]
    for index, place in enumerate(places):
        if place != segmenter.NOWHERE:
            found[place].append(index)
    return tuple(
        Segment(sentence, tuple(units[index] for index in at), tuple(at), recording.unit)
        for sentence, at in zip(recording.sentences, found, strict=True)
    )


def _soft(recording: Recording, units: Sequence[Said]) -> list[int]:
    """For each unit the index of its sentence, or `NOWHERE`, by SoftSegmenter; empty without a reference."""
    unit = recording.unit
    reference: list[str] = []
    owner: list[int] = []  # of each token of the reference, its sentence
    for index, sentence in enumerate(recording.sentences):
        text = _compared(sentence, unit).lower()
        for cut in tokens(text if unit == "char" else text.split(), recording.to, unit):
            reference += cut
            owner += [index] * len(cut)
    hypothesis: list[str] = []
    heads: list[int] = []  # of each unit, the token that stands for it
    for cut in tokens([one.text for one in units], recording.to, unit):
        heads.append(len(hypothesis) if cut else segmenter.NOWHERE)
        hypothesis += cut
    if not reference:
        return []
    owner.append(segmenter.NOWHERE)  # found at NOWHERE
    places = [*segmenter.places(reference, hypothesis, unit).tolist(), segmenter.NOWHERE]
    return [owner[places[head]] for head in heads]


def _mwer(recording: Recording, units: Sequence[Said]) -> list[int]:
    """For each unit the index of its sentence, by least word error rate; empty without a reference."""
    unit = recording.unit
    texts = [_compared(sentence, unit) for sentence in recording.sentences]
    reference = [list(text) if unit == "char" else text.split() for text in texts]
    return mwer.places(reference, [one.text for one in units])


def _own(laid: Sequence[Segment], said: Sequence[Said], by: Clock) -> Iterator[tuple[Segment, list[float]]]:
    """Each segment with the delays of its units from the beginning of its sentence, ms."""
    delays = clock(split(said, laid[0].unit), by) if laid else []
    for segment in laid:
        yield segment, [delays[index] - segment.sentence.start_ms for index in segment.at]


def _long(own: Sequence[float], segment: Segment, end_ms: float) -> dict[str, float]:
    start, text = segment.sentence.start_ms, segment.reference
    source = segment.sentence.end_ms - start
    length = len(text) if segment.unit == "char" else len(text.split(" "))
    return _known(
        long_yaal=delay.yaal(own, source, length, end_ms - start),
        long_laal=delay.laal(own, source, length),
        long_al=delay.al(own, source, length),
        long_dal=delay.dal(own, source),
        long_ap=delay.ap(own, source, length),
    )


def _stream(own: Sequence[float], segment: Segment) -> dict[str, float]:
    source, text = segment.sentence.end_ms - segment.sentence.start_ms, segment.reference
    length = len(text) if segment.unit == "char" else len(text.split())
    return _known(stream_laal=delay.laal(own, source, length))


def _known(**scores: float | None) -> dict[str, float]:
    return {name: value for name, value in scores.items() if value is not None}


__all__ = [
    "Segment",
    "long_scores",
    "mean_scores",
    "segments",
    "sentence_scores",
    "stream_scores",
    "stream_segments",
]
