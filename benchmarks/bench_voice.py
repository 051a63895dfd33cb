"""Voices made like a speaker's: how like, how well understood, how soon.

    python -m benchmarks.bench_voice [--speakers N] [--engines NODE ...] [--seconds S ...] [--langs LANG ...] [--json FILE]

The whole chain as it is shipped, with nothing given but seconds of one utterance. "same" is that reference itself and
"other" the other speakers' references, held as the clone is against the mean of what else the speaker said. Two
networks judge: GE2E, which a search goes by, and a d-vector that none goes by, which decides. Words are heard
by whisper-base. Speakers of other languages come through a telephone, and all is heard so that is held against them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from benchmarks.bench_delivery import SENTENCES as ALL
from benchmarks.bench_delivery import plain
from benchmarks.live_recordings import RATE_HZ
from benchmarks.voice_chain import Engine, Enrolled, Said
from benchmarks.voice_encoders import Encoders, middle, nearness
from benchmarks.voice_scores import Row, goals, summary, table, told
from benchmarks.voice_speakers import Speaker, foreigners, readers
from nodes._engines.voice.hearing import Hearing
from nodes._engines.voice.rates import at_rate
from pipeline import models
from pipeline.errors import DragomanError
from pipeline.media import Floats, Samples

SENTENCES = ALL[2:8]  # the guard listens to the first two
ENGINES = ("tts.hibari", "tts.kokoro", "tts.espeak")


class Judge:
    """Who is heard, and what."""

    def __init__(self) -> None:
        self._encoders = Encoders()
        self._hearing = Hearing(models.ensure("whisper-base"))

    def who(self, samples: Samples, rate_hz: int, band_hz: int) -> Floats:
        """(2, 256), of sound up to `band_hz`."""
        return self._encoders(at_rate(at_rate(samples, rate_hz, 2 * band_hz), 2 * band_hz, RATE_HZ), RATE_HZ)

    def target(self, speaker: Speaker) -> Floats:
        """What the speaker is like in what is not the reference."""
        return middle([self.who(other, RATE_HZ, speaker.band_hz) for other in speaker.others])

    def errors(self, said: Said) -> float:
        """Word error rate over all sentences."""
        heard = [plain(self._hearing(sound, said.rate_hz, "en")) for sound in said.sounds]
        return float(jiwer.wer([plain(text) for text in SENTENCES], heard))


class Trial:
    """One engine with some speakers, all known before the first is imitated."""

    def __init__(self, judge: Judge, engine: Engine, speakers: Sequence[Speaker], search: int) -> None:
        """`speakers`: all whom a clone could be taken for, two at least."""
        self._judge, self._engine, self._speakers, self._search = judge, engine, speakers, search
        self._targets = {speaker.name: judge.target(speaker) for speaker in speakers}
        self._references = {
            speaker.name: judge.who(speaker.reference, RATE_HZ, speaker.band_hz) for speaker in speakers
        }
        self._stock = engine.say(SENTENCES, None)
        self._stock_errors = judge.errors(self._stock)

    def rows(self, count: int) -> list[Row]:
        """Figures of the first speakers, of those whose voice can be known."""
        found = []
        for speaker in self._speakers[:count]:
            try:
                found.append(row := self._of(speaker))
            except DragomanError as error:
                print(f"{speaker.name} by {self._engine.uses}: {error}", flush=True)
                continue
            print(
                f"{row['speaker']:22} {row['engine']:10} stock {_pair(row['stock'])}  first {_pair(row['first'])}  "
                f"last {_pair(row['last'])}  same {_pair(row['same_speaker'])}  words lost {row['wer_last']:.3f}  "
                f"{row['stage']} at {row['strength']:.1f} after {row['last_s']:.0f} s {row['reason']}",
                flush=True,
            )
        return found

    def _of(self, speaker: Speaker) -> Row:
        with tempfile.TemporaryDirectory() as folder:
            known = self._engine.enrol(speaker.reference, Path(folder), self._search)
        row = Row(speaker=speaker.name, engine=self._engine.uses, one_recording=speaker.one_recording)
        voices = {
            "stock": self._stock,
            "first": self._engine.say(SENTENCES, known.first),
            "last": self._engine.say(SENTENCES, known.last),
        }
        for stage, said in voices.items():
            heard = self._judge.who(said.whole, said.rate_hz, speaker.band_hz)
            row[stage] = nearness(heard, self._targets[speaker.name]).tolist()
            row[f"known_{stage}"] = told(heard, self._targets, speaker.name)
            row[f"wer_{stage}"] = self._stock_errors if said is self._stock else self._judge.errors(said)
        return Row(row | self._bounds(speaker.name) | _work(known, voices["last"]))

    def _bounds(self, name: str) -> dict[str, list[float]]:
        """How near real recordings are: the reference, and those of the others."""
        near = {each: nearness(heard, self._targets[name]) for each, heard in self._references.items()}
        others = np.mean([cosines for each, cosines in near.items() if each != name], axis=0)
        return {"same_speaker": near[name].tolist(), "other_speaker": others.tolist()}


def _work(known: Enrolled, said: Said) -> dict[str, Any]:
    """What it took, and what came of it in the end."""
    return {
        "measured_s": known.measured_s,
        "first_s": known.first_s,
        "last_s": known.last_s,
        "last_cpu_s": known.last_cpu_s,
        "stage": known.last.stage,
        "strength": known.last.strength,
        "reason": known.last.reason,
        "first_ms": said.first_ms,
        "real_time": said.real_time,
        "cpu": said.cpu,
    }


def _pair(cosines: Sequence[float]) -> str:
    return "/".join(f"{cosine:.3f}" for cosine in cosines)


def report(title: str, uses: str, rows: Sequence[Row], tried: int) -> dict[str, Any]:
    """Print the table and the goals of some rows, of so many speakers; what is kept of them."""
    title = f"{title}: {len(rows)} of {tried} could be known"
    if not rows:
        return {"title": title, "rows": []}
    found = summary(rows)
    print("\n" + table(title, found))
    wanted = goals(uses, found)
    for name, figure, bound, met in wanted:
        print(f"  {'met   ' if met else 'MISSED'} {name}: {figure:.3f} ({bound})")
    print(flush=True)
    return {"title": title, "engine": uses, "summary": found, "goals": wanted, "rows": list(rows)}


def main() -> None:
    """Print the tables and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speakers", type=int, default=10, help="English ones; 0: none")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--seconds", nargs="+", type=float, default=[5.0, 7.0], help="of the reference")
    parser.add_argument(
        "--langs", nargs="*", default=["es", "fr", "it"], help="of references of other languages"
    )
    parser.add_argument("--search", type=int, default=0, help="renders, as voice.imitate has them")
    parser.add_argument("--json", default="out/bench/voice.json")
    given = parser.parse_args()
    judge, kept = Judge(), []
    for uses in given.engines:
        engine = Engine(uses)
        for seconds in given.seconds:
            groups = {
                "English": (readers(seconds), given.speakers),
                "other languages": (foreigners(given.langs, seconds), len(given.langs)),
            }
            for name, (speakers, count) in groups.items():
                if tried := min(count, len(speakers)):
                    rows = Trial(judge, engine, speakers, given.search).rows(tried)
                    kept.append(report(f"{uses}, {seconds:g} s of reference, {name}", uses, rows, tried))
                    path = Path(given.json)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        engine.close()


if __name__ == "__main__":
    main()
