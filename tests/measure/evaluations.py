"""Folders as `dragoman evaluate` leaves them, with runs of which every word and delay is known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.measure.evaluation import disturbance
from pipeline.measure.evaluation.disturbance import Disturbance
from pipeline.measure.manifests.manifest import to_line
from pipeline.measure.recording import Recording, Sentence

SENTENCE_S = 5.0
REFERENCE = (
    "the quick brown fox jumps over the lazy dog",
    "a stream of words becomes a stream of other words",
    "nobody waits for the end of the whole speech",
    "every figure on this page has its unit beside it",
)
ABOUT = {
    "name": "hand-made",
    "graph": "",
    "graph_text": "# talk\nnodes:\n  units: {uses: segment.units}\n",
    "settings": {},
    "pace": "virtual",
    "manifest": "talks.jsonl",
    "manifest_sha256": "a" * 64,
    "dragoman": "0.1.0",
    "platform": "Linux",
    "cores": 2,
}


def slowed(folder: Path, id_: str) -> None:
    """Let a run of an evaluation have been slowed by other programs."""
    met = Disturbance(had_s=2.0, waited_s=3.0, others=1.5)
    (folder / "runs" / id_ / disturbance.FILE).write_bytes(msgspec.json.encode(met))


def evaluated(folder: Path, said: Mapping[str, Sequence[str]], *, lag_s: float = 2.0, **about: Any) -> Path:
    """Write an evaluation: id of a recording to what was said of each of its sentences, each word `lag_s` late."""
    recordings = [_recording(id_) for id_ in said]
    folder.mkdir(parents=True, exist_ok=True)
    head = {**ABOUT, "left_out": [], **about}
    (folder / "evaluation.json").write_text(json.dumps(head), encoding="utf-8")
    (folder / "recordings.jsonl").write_bytes(b"".join(map(to_line, recordings)))
    for recording in recordings:
        run = folder / "runs" / recording.id
        run.mkdir(parents=True)
        events = _events(said[recording.id], lag_s)
        (run / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
        report = {"cpu_s": 10.0, "media_s": 20.0, "cpu_s_per_media_s": 0.5, "lag": {}}
        (run / "report.json").write_bytes(msgspec.json.encode(report))
        (run / "done").write_text("digest\n", encoding="utf-8")
    return folder


def _recording(id_: str) -> Recording:
    spans = [(i * SENTENCE_S * 1000, (i + 1) * SENTENCE_S * 1000) for i in range(len(REFERENCE))]
    sentences = tuple(Sentence(text, *span) for text, span in zip(REFERENCE, spans, strict=True))
    return Recording(id_, Path(f"/talks/{id_}.wav"), "de", "en", len(REFERENCE) * SENTENCE_S, sentences)


def _events(said: Sequence[str], lag_s: float) -> list[dict[str, Any]]:
    events = []
    for number, text in enumerate(said):
        words = text.split()
        each = SENTENCE_S / max(1, len(words))
        for place, word in enumerate(words):
            start = number * SENTENCE_S + place * each
            end = start + each
            lag = {"hearing_s": lag_s, "queueing_s": 0.0}
            events.append(
                {
                    "kind": "translation",
                    "clock_s": end + lag_s,
                    "start_s": start,
                    "end_s": end,
                    "words": [[word, start, end]],
                    "lang": "en",
                    "lag": lag,
                }
            )
    return events


def spoilt(text: str) -> str:
    """The same text with its last words lost."""
    return " ".join(text.split()[:4])
