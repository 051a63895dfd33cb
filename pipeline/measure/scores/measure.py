"""Measure: one recording, scored once, with all that is needed to score many together.

The recording is scored as a whole (as one utterance), sentence by sentence after laying what was said on the
reference, and by the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import msgspec

from pipeline.measure.metrics import delay, offset
from pipeline.measure.metrics.degeneracy import Case
from pipeline.measure.metrics.gaps import gaps, played
from pipeline.measure.metrics.queueing import real_time_factor
from pipeline.measure.metrics.spoken_words import ends_at, spoken
from pipeline.measure.metrics.word_delay import growth, word_delays
from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.scores import longform
from pipeline.measure.text import quality
from pipeline.measure.trace import Clock, Piece, Said, Trace, clock, split

CLOCKS: tuple[Clock, ...] = get_args(Clock)
UNITLESS = ("ap", "long_ap")  # all other latencies are milliseconds


class Line(msgspec.Struct, frozen=True):
    """One sentence of a reference, what of the translation fell to it, and how late that was."""

    recording: str
    sentence: Sentence
    reference: str  # as it is compared: without spaces in languages that are written so
    hypothesis: str
    lags: dict[str, float]  # by their keys in `Scores.values`; those that are defined

    @property
    def chrf(self) -> float:
        """chrF of this sentence alone. Raises `PackageError` without sacrebleu."""
        return quality.chrf([self.hypothesis], [self.reference]).value


class Measured(msgspec.Struct, frozen=True):
    """One recording, measured."""

    recording: Recording
    lines: tuple[Line, ...]  # one a sentence of the reference
    whole: dict[str, float]  # scores of the recording as one utterance, and of its speech
    delays: tuple[float, ...]  # of each word, from the end of what it renders, ms
    case: Case  # the recording as one utterance, without compute
    words: int
    erased: int
    shown: int  # words that stayed, of those that can be erased
    heard: str  # the transcript that our recogniser made
    speaks: bool


def measure(recording: Recording, trace: Trace) -> Measured:
    """Score one recording. Costs a resegmentation of the text, and one of the speech where there is any."""
    said = split(trace.translation.said, recording.unit)
    delays = {by: clock(said, by) for by in CLOCKS}
    units = count(recording.reference, recording)
    whole = dict(_whole(said, delays, trace.source_ms, units))
    whole.update(_speech(trace.speech, trace.source_ms))
    return Measured(
        recording=recording,
        lines=tuple(_lines(recording, trace.translation.said, trace.speech)),
        whole=whole,
        delays=tuple(word_delays(said)),
        case=Case(delays["cu"], trace.source_ms, units),
        words=len(said),
        erased=trace.translation.erased,
        shown=len(trace.translation.said),
        heard=trace.transcript.text,
        speaks=bool(trace.speech),
    )


def count(text: str, recording: Recording) -> int:
    """Units of a text in the language of the translation: words, or characters without spaces."""
    words = text.split()
    return len(words) if recording.unit == "word" else sum(map(len, words))


def _key(metric: str, by: Clock) -> str:
    return f"{metric}_{by}" if metric in UNITLESS else f"{metric}_ms_{by}"


def _whole(
    said: Sequence[Said], delays: dict[Clock, list[float]], source_ms: float, units: int
) -> Iterator[tuple[str, float]]:
    """The recording as one utterance, by each clock; what is not defined is left out."""
    work = _work(said)
    by_token: dict[Clock, float | None] = {
        "cu": delay.atd(delays["cu"]),
        "ca": delay.atd(delays["cu"], work),
        "ca_simuleval": delay.atd(delays["cu"], work),  # it has a queue of its own
        "queue": delay.atd(delays["cu"], ends=delays["queue"]),
    }
    found: dict[str, float | None] = {"word_delay_growth_ms": growth(said)}
    if said:
        found["rtf"] = real_time_factor(work, source_ms)
    for by, times in delays.items():
        found[_key("al", by)] = delay.al(times, source_ms, units)
        found[_key("laal", by)] = delay.laal(times, source_ms, units)
        found[_key("ap", by)] = delay.ap(times, source_ms, units)
        found[_key("dal", by)] = delay.dal(times, source_ms)
        found[_key("yaal", by)] = delay.yaal(times, source_ms, units)
        found[_key("atd", by)] = by_token[by]
        found[_key("start_offset", by)] = offset.start_offset(times)
        found[_key("end_offset", by)] = offset.end_offset(times, source_ms)
    return ((key, value) for key, value in found.items() if value is not None)


def _work(said: Sequence[Said]) -> list[float]:
    """The compute of each unit's step, ms: all of it at the first unit of the step."""
    before = [None, *(unit.out for unit in said)]
    return [
        0.0 if unit.out == earlier else unit.compute for unit, earlier in zip(said, before[:-1], strict=True)
    ]


def _speech(pieces: Sequence[Piece], source_ms: float) -> dict[str, float]:
    if not pieces:
        return {}
    silences = gaps(played(pieces))
    return {
        "speech_start_offset_ms": min(piece.plays_at for piece in pieces),
        "speech_end_offset_ms": ends_at(pieces) - source_ms,
        "speech_gap_s": silences.total / 1000,
        "speech_overlap_s": silences.overlap / 1000,
    }


def _lines(recording: Recording, words: Sequence[Said], speech: Sequence[Piece]) -> Iterator[Line]:
    """Each sentence of the reference with what fell to it."""
    laid, stream = longform.segments(recording, words), longform.stream_segments(recording, words)
    lags: list[dict[str, float]] = [{} for _ in laid]
    for by in CLOCKS:
        for scores in (
            longform.sentence_scores(laid, words, by),
            longform.stream_scores(stream, words, by),
        ):
            for here, found in zip(lags, scores, strict=True):
                here.update({_key(metric, by): value for metric, value in found.items()})
    if speech:
        voice = spoken(speech)
        heard = longform.sentence_scores(longform.segments(recording, voice), voice, "queue")
        for here, found in zip(lags, heard, strict=True):
            if "long_yaal" in found:
                here["speech_long_yaal_ms"] = found["long_yaal"]
    for segment, here in zip(laid, lags, strict=True):
        yield Line(recording.id, segment.sentence, segment.reference, segment.text, here)
