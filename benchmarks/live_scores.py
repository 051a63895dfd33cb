"""Scores of a live run: LongYAAL by OmniSTEval, p95 of a word's delay, chrF by sacrebleu, growth of the lag."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import sacrebleu
import yaml

from benchmarks.live_recordings import Recording


class Timed(msgspec.Struct, frozen=True):
    """One output word: when it came out, and the end of the source that it renders; seconds."""

    text: str
    out_s: float
    heard_s: float


def chrf(hypothesis: str, reference: str) -> float:
    """chrF2 of a whole recording."""
    return sacrebleu.sentence_chrf(hypothesis, [reference]).score


def long_yaal(words: list[Timed], recording: Recording) -> float:
    """LongYAAL with compute and queueing, seconds: OmniSTEval on the times at which words really came out."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        times = [round(word.out_s * 1000, 1) for word in words]
        line = {
            "index": 0,
            "prediction": " ".join(word.text for word in words),
            "delays": times,
            "elapsed": times,
            "prediction_length": len(words),
            "reference": recording.reference,
            "source": [recording.path.name],
            "source_length": recording.seconds * 1000,
        }
        (out / "instances.log").write_text(json.dumps(line) + "\n", encoding="utf-8")
        spans = [
            {"wav": recording.path.name, "offset": s.start_s, "duration": s.end_s - s.start_s}
            for s in recording.segments
        ]
        (out / "segments.yaml").write_text(yaml.safe_dump(spans), encoding="utf-8")
        lines = [segment.reference.replace("\n", " ") for segment in recording.segments]
        (out / "reference.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [str(Path(sys.executable).with_name("omnisteval")), "longform", "--word_level"]
        command += ["--speech_segmentation", str(out / "segments.yaml"), "--lang", recording.to]
        command += ["--ref_sentences_file", str(out / "reference.txt")]
        command += ["--hypothesis_file", str(out / "instances.log"), "--output_folder", str(out / "scores")]
        subprocess.run(command, check=True, capture_output=True)
        rows = (out / "scores" / "scores.tsv").read_text(encoding="utf-8").splitlines()
        scores = dict(row.split("\t") for row in rows)
        return float(scores["LongYAAL (CA)"]) / 1000


def p95(words: list[Timed]) -> float:
    """95th percentile of the time from the end of a word's source to the moment at which it came out."""
    return float(np.percentile([word.out_s - word.heard_s for word in words], 95)) if words else float("nan")


def growth(words: list[Timed]) -> float:
    """Mean lag of the last minute less that of the first, seconds."""
    lags = np.array([(word.out_s, word.out_s - word.heard_s) for word in words])
    first, last = lags[lags[:, 0] <= lags[0, 0] + 60, 1], lags[lags[:, 0] >= lags[-1, 0] - 60, 1]
    return float(last.mean() - first.mean())
