"""Labels: what each score is called, its unit, and which way is better. The keys are those of `Scores.values`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from pipeline.measure.confidence import Interval

CLOCKS = {  # suffix of a key: what delays count
    "cu": "CU",
    "ca": "CA",
    "ca_simuleval": "CA SimulEval",
    "queue": "queue",
}
HEADLINE = (
    "chrf",
    "bleu",
    "long_yaal_ms_queue",
    "long_yaal_ms_cu",
    "word_delay_p50_ms",
    "word_delay_p95_ms",
    "speech_long_yaal_ms",
    "erasure",
    "cpu",
)


class Metric(msgspec.Struct, frozen=True):
    """How a score is shown: its value times `scale`, with `digits` after the point."""

    key: str
    label: str
    unit: str = ""
    digits: int = 2
    better: Literal["more", "less", ""] = "less"
    scale: float = 1.0
    about: str = ""

    @property
    def head(self) -> str:
        """The label with its unit, as over a column."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def show(self, value: float | None) -> str:
        """The value as it stands in a table; a dash for none."""
        if value is None:
            return "\u2013"
        return f"{value * self.scale:,.{self.digits}f}".replace(",", "\u2009").replace("-", "\u2212")

    def within(self, value: float | None, bounds: Interval | None) -> str:
        """The value with its bounds, where they are known."""
        shown = self.show(value)
        return f"{shown} ({self.show(bounds.low)} to {self.show(bounds.high)})" if bounds else shown


_SECONDS = {  # in ms; shown in seconds
    "laal": ("LAAL", "length-adaptive average lagging, over the whole recording"),
    "al": ("AL", "average lagging, over the whole recording"),
    "dal": ("DAL", "differentiable average lagging, over the whole recording"),
    "yaal": ("YAAL", "as LAAL, of what was said before the source ended"),
    "atd": ("ATD", "average token delay"),
    "start_offset": ("StartOffset", "when the first word came"),
    "end_offset": ("EndOffset", "when the last word came, after the end of the source"),
    "long_yaal": ("LongYAAL", "YAAL by sentence, after laying the output on the reference"),
    "long_laal": ("LongLAAL", "LAAL by sentence, after laying the output on the reference"),
    "long_al": ("LongAL", "AL by sentence, after laying the output on the reference"),
    "long_dal": ("LongDAL", "DAL by sentence, after laying the output on the reference"),
    "stream_laal": ("StreamLAAL", "LAAL by sentence, laid on the reference by least word errors"),
    "speech_long_yaal": ("speech LongYAAL", "LongYAAL of the moments at which words are heard in the speech"),
    "speech_start_offset": ("speech StartOffset", "when the speech begins"),
    "speech_end_offset": ("speech EndOffset", "when the speech ends, after the end of the source"),
    "listened_long_yaal": (
        "LongYAAL, listened",
        "by the moment at which a word has been heard in the speech",
    ),
    "listened_start_offset": ("StartOffset, listened", "when the first word is heard in the speech"),
    "word_delay_p50": ("delay, median", "from the end of what a word renders to the moment it came out"),
    "word_delay_p95": ("delay, 95 %", "from the end of what a word renders to the moment it came out"),
    "word_delay_growth": ("delay growth", "mean of the last minute less that of the first"),
}
_OTHERS = (
    Metric("chrf", "chrF", better="more", digits=1, about="character n-gram F-score, 0 to 100"),
    Metric("bleu", "BLEU", better="more", digits=1, about="0 to 100"),
    Metric("comet", "COMET", better="more", digits=3),
    Metric("wer", "WER", digits=3, about="word errors of the transcript, as a share of its words"),
    Metric("cer", "CER", digits=3, about="character errors of the transcript, as a share of its characters"),
    Metric("erasure", "erasure", about="words shown and taken back, for each word that stayed"),
    Metric("cpu", "CPU", "s/s", about="CPU seconds of the whole process for a second of audio"),
    Metric(
        "slowed",
        "slowed",
        "times",
        better="",
        about="time that computing took for want of a core, over its CPU time",
    ),
    Metric("speech_gap_s", "speech gaps", "s", about="silence between pieces of speech"),
    Metric("speech_overlap_s", "speech overlap", "s"),
    Metric(
        "speech_mos", "speech MOS", digits=2, better="more", about="predicted opinion of the voice, 1 to 5"
    ),
    Metric(
        "listened_chrf", "chrF, listened", better="more", digits=1, about="of the speech as recognised again"
    ),
    Metric("listened_wer", "WER, listened", digits=3, about="of the speech as recognised again"),
    Metric("listened_cer", "CER, listened", digits=3, about="of the speech as recognised again"),
    Metric("swf", "SWF", "%", 1, "", about="share of words said before the source ended"),
    Metric("efsw", "EFSW", "%", 1, "", about="share expected of a system with this delay"),
    Metric("dsptv", "DSPTV", "points", 1, "", about="EFSW less SWF; beyond 20 either way delays mislead"),
    Metric("rtf", "RTF", about="compute of the steps for each second of source"),
    Metric("words", "words", digits=0, better=""),
    Metric("ap", "AP", digits=3, about="average proportion of the source heard"),
    Metric("long_ap", "LongAP", digits=3, about="average proportion of the source heard, by sentence"),
)
METRICS = {one.key: one for one in _OTHERS}


def metric(key: str) -> Metric:
    """What is known of a score. One that is not known is shown under its own key."""
    stem, clock = _parted(key)
    if stem in METRICS:
        found = METRICS[stem]
        return msgspec.structs.replace(found, key=key, label=found.label + clock)
    base = stem.removesuffix("_ms")
    if base != stem:
        label, about = _SECONDS.get(base, (base, ""))
        return Metric(key, label + clock, "s", scale=0.001, about=about)
    return Metric(key, key, better="")


def ordered(keys: Iterable[str]) -> list[str]:
    """Each key once: the headline first, the others as they come."""
    known = dict.fromkeys(keys)
    return [key for key in HEADLINE if key in known] + [key for key in known if key not in HEADLINE]


def exact(value: float | None) -> str:
    """A value as files have it, in the unit of its key; empty for none."""
    return "" if value is None else f"{value:.6g}"


def stem(key: str) -> str:
    """A key without its clock."""
    return _parted(key)[0]


def clock_of(key: str) -> str:
    """The clock of a key; empty where it has none."""
    return next((name for name in sorted(CLOCKS, key=len, reverse=True) if key.endswith(f"_{name}")), "")


def _parted(key: str) -> tuple[str, str]:
    clock = clock_of(key)
    return (key.removesuffix(f"_{clock}"), f", {CLOCKS[clock]}") if clock else (key, "")
