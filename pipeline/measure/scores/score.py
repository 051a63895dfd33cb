"""Score: all metrics of one recording, or of many together, by their keys.

Of many: BLEU and chrF of all sentences as one corpus, error rates of all transcripts as one, long-form latencies as the
mean over all sentences that have one, latencies of whole recordings as the mean over recordings, delays of words over
all words. So a score of many is that of one where there is one. What each key means: docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from pipeline.measure.metrics.degeneracy import degeneracy
from pipeline.measure.recording import Recording, unit_of
from pipeline.measure.scores.longform import mean_scores
from pipeline.measure.scores.measure import CLOCKS, UNITLESS, Line, Measured, measure
from pipeline.measure.text import quality
from pipeline.measure.trace import Trace

_BY_SENTENCE = ("long_yaal", "long_laal", "long_al", "long_dal", "long_ap", "stream_laal")
_AS_ONE = ("yaal", "laal", "al", "dal", "ap", "atd", "start_offset", "end_offset")


def _clocked(metrics: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{m}_{by}" if m in UNITLESS else f"{m}_ms_{by}" for m in metrics for by in CLOCKS)


_TEXT = ("bleu", "chrf")
_TRANSCRIPT = ("wer", "cer")
_WORDS = ("word_delay_p50_ms", "word_delay_p95_ms", "word_delay_growth_ms")
_SPEECH = (
    "speech_long_yaal_ms",
    "speech_start_offset_ms",
    "speech_end_offset_ms",
    "speech_gap_s",
    "speech_overlap_s",
)
_REFERRED = (*_TEXT, "al", "ap", "speech_long_yaal", *_BY_SENTENCE)  # beginnings of what needs a reference
_DEGENERACY = ("swf", "efsw", "dsptv")
KEYS = (  # every key that a score may have
    *("chrf", "bleu", "wer", "cer"),
    *_clocked(_BY_SENTENCE),
    *_WORDS,
    *_SPEECH,
    "erasure",
    *_clocked(_AS_ONE),
    *("rtf", *_DEGENERACY, "words"),
)


class Scores(msgspec.Struct, frozen=True):
    """Scores by key; why others are absent; and how those were made that can be made in several ways."""

    values: dict[str, float]
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    signatures: dict[str, str] = msgspec.field(default_factory=dict)


def score(recording: Recording, trace: Trace) -> Scores:
    """All scores of one recording."""
    return total([measure(recording, trace)])


def corpus(pairs: Iterable[tuple[Recording, Trace]]) -> Scores:
    """All scores of several recordings together."""
    return total([measure(recording, trace) for recording, trace in pairs])


def total(measured: Sequence[Measured]) -> Scores:
    """All scores of recordings that were measured, together."""
    values: dict[str, float] = {}
    signatures: dict[str, str] = {}
    for key, found in [*_texts(measured), *_transcripts(measured)]:
        values[key], signatures[key] = found.value, found.signature
    lines = [line for one in measured for line in one.lines]
    values |= mean_scores(line.lags for line in lines)
    values |= mean_scores(one.whole for one in measured)
    values |= _of_words(measured)
    values = {key: values[key] for key in KEYS if key in values}
    notes = {key: _why(key, measured, lines) for key in KEYS if key not in values}
    return Scores(values, notes, signatures)


def _texts(measured: Sequence[Measured]) -> list[tuple[str, quality.Score]]:
    """BLEU and chrF over all sentences of all recordings."""
    lines = [line for one in measured for line in one.lines]
    if not any(line.reference for line in lines):
        return []
    said, wanted = [line.hypothesis for line in lines], [line.reference for line in lines]
    found = [("chrf", quality.chrf(said, wanted))]
    languages = {one.recording.to for one in measured if one.lines}
    if len({quality.bleu_tokenizer(lang) for lang in languages}) == 1:
        found.append(("bleu", quality.bleu(said, wanted, languages.pop())))
    return found


def _transcripts(measured: Sequence[Measured]) -> list[tuple[str, quality.Score]]:
    """Error rates of the transcripts of recordings that have one to compare with."""
    known = [one for one in measured if one.recording.transcript and one.heard]
    spaced = [one for one in known if unit_of(one.recording.from_) == "word"]
    found = {
        "wer": quality.wer([m.heard for m in spaced], [m.recording.transcript for m in spaced]),
        "cer": quality.cer([m.heard for m in known], [m.recording.transcript for m in known]),
    }
    return [(key, value) for key, value in found.items() if value is not None]


def _of_words(measured: Sequence[Measured]) -> dict[str, float]:
    """What is counted over all words of all recordings."""
    found: dict[str, float] = {"words": sum(one.words for one in measured)}
    delays = [delay for one in measured for delay in one.delays]
    if delays:
        p50, p95 = np.percentile(delays, [50, 95])
        found |= {"word_delay_p50_ms": float(p50), "word_delay_p95_ms": float(p95)}
    shown = sum(one.shown for one in measured)
    if shown:
        found["erasure"] = sum(one.erased for one in measured) / shown
    cases = degeneracy([one.case for one in measured])
    if cases is not None:
        shares = {"swf": cases.swf, "efsw": cases.efsw, "dsptv": cases.dsptv}
        found |= {key: value for key, value in shares.items() if value is not None}
    return found


def _why(key: str, measured: Sequence[Measured], lines: Sequence[Line]) -> str:
    """Why a score is absent: the first reason that holds."""
    if key in _TRANSCRIPT:
        return _why_no_error_rate(key, measured)
    spoken = any(one.speaks for one in measured)
    reasons = (
        (key in _SPEECH and not spoken, "nothing was spoken"),
        (key.startswith(_REFERRED) and not any(line.reference for line in lines), "no reference translation"),
        (not any(one.words for one in measured), "nothing was translated"),
        (key == "bleu", "target languages with different tokenizers"),
        (key == "word_delay_growth_ms", "all words came within a minute"),
        (True, "every word came after the source had ended"),
    )
    return next(reason for holds, reason in reasons if holds)


def _why_no_error_rate(key: str, measured: Sequence[Measured]) -> str:
    known = [one for one in measured if one.recording.transcript]
    if not known:
        return "no transcript to compare with"
    if not any(one.heard for one in known):
        return "the graph gives no transcript"
    return "nothing is said that can be compared" if key == "cer" else "written without spaces: see cer"


__all__ = ["KEYS", "Line", "Measured", "Scores", "corpus", "measure", "score", "total"]
