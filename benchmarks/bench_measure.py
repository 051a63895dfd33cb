"""How long it takes to score a long recording, beside OmniSTEval on the same.

    python -m benchmarks.bench_measure [--minutes 10 60] [--theirs 10]

The reference are real English sentences of the folder of media ($DRAGOMAN_MEDIA), 150 words a minute, again and again
until the recording is full; the interpretation keeps three words of four, changes some and drops some, by a fixed seed.
Ours is all that LongYAAL and StreamLAAL need by four clocks; OmniSTEval's is its resegmentation and its scores. Its
time and memory grow with the square of the length too, so it is asked for up to `--theirs` minutes only.
"""

from __future__ import annotations

import argparse
import platform
import random
import resource
import time
from itertools import cycle
from pathlib import Path
from typing import get_args

from benchmarks.live_recordings import manifest, media_root
from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.scores.longform import (
    mean_scores,
    segments,
    sentence_scores,
    stream_scores,
    stream_segments,
)
from pipeline.measure.trace import Clock, Said

WORDS_A_MINUTE = 150


def sentences() -> list[str]:
    """English sentences that were really said or written."""
    lines = manifest(media_root())
    found = [line["transcript"] for line in lines if line["kind"] == "a_speech" and line["lang"] == "en"]
    found += [(line.get("reference") or {}).get("en") for line in lines if line["kind"] == "a_speech"]
    return [text for text in dict.fromkeys(found) if text]


def case(minutes: float) -> tuple[Recording, list[Said]]:
    """A recording of so many minutes, and an interpretation of it two seconds late."""
    chance = random.Random(7)
    texts = sentences()
    every = [word for text in texts for word in text.split()]
    step_ms = 60_000 / WORDS_A_MINUTE
    reference, said, at = [], [], 0.0
    for text in cycle(texts):
        if at >= minutes * 60_000:
            break
        words = text.split()
        reference.append(Sentence(text, at, at + step_ms * len(words)))
        for word in words:
            at += step_ms
            if chance.random() < 0.9:
                kept = word if chance.random() < 0.83 else chance.choice(every)
                said.append(Said(kept, at + 2000, 300, at + 2500, at, at))
    return Recording("hour", Path("hour.wav"), "de", "en", at / 1000, tuple(reference)), said


def ours(recording: Recording, said: list[Said]) -> dict[str, float]:
    """All scores by sentence, by every clock; those without compute."""
    laid, stream = segments(recording, said), stream_segments(recording, said)
    found: dict[str, float] = {}
    for by in get_args(Clock):
        scores = mean_scores(sentence_scores(laid, said, by)) | mean_scores(stream_scores(stream, said, by))
        found.update({f"{name}_{by}": value for name, value in scores.items()})
    return found


def theirs(recording: Recording, said: list[Said]) -> dict[str, float]:
    """OmniSTEval's scores."""
    from omnisteval.alignment import Word
    from omnisteval.resegment import resegment
    from omnisteval.scoring import evaluate_instances

    end = recording.sentences[-1].end_ms
    reference = [Word(w, seq_id=n) for n, s in enumerate(recording.sentences) for w in s.text.lower().split()]
    hypothesis = [Word(one.text, None, one.heard, one.out) for one in said]
    spans = [
        {"offset": s.start_ms, "duration": s.end_ms - s.start_ms, "time_to_recording_end": end - s.start_ms}
        for s in recording.sentences
    ]
    texts = [sentence.text for sentence in recording.sentences]
    instances, _ = resegment([reference], [hypothesis], spans, texts, lang="en")
    found: dict[str, float] = evaluate_instances(instances, compute_quality=False)[0]
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, nargs="+", default=[10, 60], help="lengths of the recording")
    parser.add_argument("--theirs", type=float, default=10, help="longest recording that OmniSTEval is given")
    given = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print("minutes   words  scorer       wall s  CPU s  peak MB  LongYAAL ms (CU)")
    for minutes in given.minutes:
        recording, said = case(minutes)
        for name, scorer in (("Dragoman", ours), ("OmniSTEval", theirs)):
            if scorer is theirs and minutes > given.theirs:
                continue
            wall, cpu = time.perf_counter(), time.process_time()
            found = scorer(recording, said)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            usage = max(
                resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            lag = found.get("long_yaal_cu", found.get("long_yaal", float("nan")))
            spent = f"{cpu:5.2f}" if scorer is ours else "    -"  # it works in a process of its own
            print(
                f"{minutes:7.0f}  {len(said):6}  {name:11}  {wall:6.2f}  {spent}  {usage / 1024:7.0f}  {lag:.6f}"
            )


if __name__ == "__main__":
    main()
