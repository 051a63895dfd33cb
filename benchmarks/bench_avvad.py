"""Voice activity with and without lips, in clean sound, noise, babble and with a competing talker; and what it does to words.

    python -m benchmarks.bench_avvad [--media FOLDER] [--draws 2] [--words] [--json FILE]

Talking faces come from the manifest of the media folder; noise is mixed here from its other speech. Reference: the word
times of the manifest where a recording has them, else what silero takes for speech in the clean sound. Frames of
32 ms; a frame is speech where a detector's probability is at least 0.5. Clips of one kind are joined, each behind
half a second in which the picture stands and nothing is scored.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.avvad_scenes import RATE_HZ, Scene, heard, mixed, scene, talkers
from nodes.vad.audiovisual import AudiovisualVad
from nodes.vad.webrtc import WebrtcVad
from pipeline.clock import sample_time, to_seconds
from pipeline.media import Activity, Faces, Samples
from pipeline.packet import Packet
from pipeline.testing import audio, feed

DIGITS = dict(
    zip(
        "0123456789",
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        strict=True,
    )
)
CONDITIONS = (
    ("clean", 0),
    *((kind, snr) for kind in ("white", "babble", "talker") for snr in (10, 5, 0, -5)),
)
WORDS_IN = (("clean", 0), ("white", 0), ("babble", 5), ("babble", 0), ("talker", 5), ("talker", 0))


def frames(activity: list[Packet[Activity]], count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """A detector's decisions on windows of 512 samples."""
    starts = np.array([p.start for p in activity])
    found = np.searchsorted(starts, sample_time(1, RATE_HZ) * (np.arange(count) * 512 + 256), "right") - 1
    return np.array([activity[index].payload.probability >= 0.5 for index in np.maximum(found, 0)])


def seen_only(scene: Scene) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """What lips alone say."""
    starts = np.array([p.start for p in scene.faces])
    middle = sample_time(1, RATE_HZ) * (np.arange(len(scene.speech)) * 512 + 256)
    found = np.maximum(np.searchsorted(starts, middle, "right") - 1, 0)
    return np.array([any(f.activity >= 0.5 for f in scene.faces[i].payload.faces) for i in found])


def f1(scene: Scene, decided: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    """Harmonic mean of precision and recall of speech frames."""
    truth, said = scene.speech[scene.scored], decided[: len(scene.scored)][scene.scored]
    return float(2 * (truth & said).sum() / max(1, truth.sum() + said.sum()))


def score(scene: Scene, samples: Samples) -> dict[str, float]:
    """F1 of each detector on one mixture."""
    ear = heard(samples)
    sound_in = audio(samples)
    fused = feed(AudiovisualVad(), ear, scene.faces, sound_in).activity
    count = len(scene.speech)
    light = feed(WebrtcVad(), sound_in).activity
    return {
        "webrtc": f1(scene, frames(light, count)),
        "silero": f1(scene, frames(ear, count)),
        "lips": f1(scene, seen_only(scene)),
        "fused": f1(scene, frames(fused, count)),
        "silero speaking": f1(scene, np.array([p.payload.speaking for p in ear])),
        "fused speaking": f1(scene, np.array([p.payload.speaking for p in fused])),
    }


def words_in(text: str) -> str:
    """Small letters, digits as words, no punctuation."""
    text = re.sub(r"\d", lambda digit: f" {DIGITS[digit[0]]} ", text.lower())
    return " ".join(re.sub(r"[^a-z' ]", " ", text).split())


def word_errors(scene: Scene, samples: Samples, faces: list[Packet[Faces]]) -> float:
    """WER of asr.whisper on a mixture, gated by silero or by silero and lips."""
    import jiwer

    from nodes.asr.whisper import WhisperRecogniser

    sound_in = audio(samples)
    activity = feed(
        AudiovisualVad(gate="busy" if faces else "never"), heard(samples), faces, sound_in
    ).activity
    told = feed(WhisperRecogniser(lang="en"), sound_in, activity).transcript
    return float(jiwer.wer(words_in(scene.said), words_in(" ".join(p.payload.text for p in told))))


def table(scene: Scene, voices: list[Samples], draws: int) -> list[dict[str, Any]]:
    """All conditions, means over draws of the noise."""
    rows = []
    for kind, snr in CONDITIONS:
        runs = [
            score(scene, mixed(scene, kind, snr, voices, draw))
            for draw in range(draws if snr or kind != "clean" else 1)
        ]
        row: dict[str, Any] = {"noise": kind, "snr_db": snr}
        row |= {name: round(float(np.mean([run[name] for run in runs])), 3) for name in runs[0]}
        rows.append(row)
        print(
            f"{kind:8}{snr if kind != 'clean' else '':>4}"
            + "".join(f"{row[name]:>17.3f}" for name in runs[0]),
            flush=True,
        )
    return rows


def goals(rows: list[dict[str, Any]]) -> dict[str, bool]:
    """What was promised."""

    def gain(kind: str, snr: int) -> float:
        row = next(row for row in rows if (row["noise"], row["snr_db"]) == (kind, snr))
        return float(row["fused"] - row["silero"])

    plain = [gain(row["noise"], row["snr_db"]) for row in rows if row["noise"] in ("clean", "white")]
    return {
        "babble 0 dB, fused at least 0.20 above silero": gain("babble", 0) >= 0.2,
        "talker 0 dB, fused at least 0.20 above silero": gain("talker", 0) >= 0.2,
        "clean and white, fused at most 0.01 below silero": min(plain) >= -0.01,
    }


def main() -> None:
    """Print the tables and write them down. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", default=os.environ.get("DRAGOMAN_MEDIA", "../shared/data"))
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--words", action="store_true", help="word errors too: some minutes more")
    parser.add_argument("--json", default="out/bench/avvad.json")
    given = parser.parse_args()
    root = Path(given.media)
    lines = [json.loads(line) for line in (root / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    faces = [line for line in lines if line["kind"] == "b_talking_face"]
    voices = talkers(lines, root)
    result: dict[str, Any] = {}
    timed = [line for line in faces if line.get("words")]
    others = [line for line in faces if not line.get("words")]
    for name, chosen in (("word times", timed), ("silero in clean sound", others)):
        here = scene(chosen, root)
        length = to_seconds(sample_time(int(here.scored.sum()) * 512, RATE_HZ))
        print(f"\nF1 of speech frames; reference: {name}; {len(chosen)} clips, {length:.0f} s")
        print(
            f"{'noise':8}{'dB':>4}"
            + "".join(
                f"{n:>17}" for n in ("webrtc", "silero", "lips", "fused", "silero speaking", "fused speaking")
            )
        )
        result[name] = table(here, voices, given.draws)
        if chosen is timed:
            result["goals"] = goals(result[name])
            result["wer"] = wer(here, voices) if given.words else []
    print(
        "\ngoals:", ", ".join(f"{goal}: {'yes' if kept else 'NO'}" for goal, kept in result["goals"].items())
    )
    out = Path(given.json)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    raise SystemExit(0 if all(result["goals"].values()) else 1)


def wer(scene: Scene, voices: list[Samples]) -> list[dict[str, Any]]:
    """Word errors with and without lips."""
    print(f"\nword error rate of asr.whisper\n{'noise':8}{'dB':>4}{'by silero':>12}{'with lips':>12}")
    rows = []
    for kind, snr in WORDS_IN:
        samples = mixed(scene, kind, snr, voices, 0)
        without, with_lips = (round(word_errors(scene, samples, given), 3) for given in ([], scene.faces))
        rows.append({"noise": kind, "snr_db": snr, "without": without, "with": with_lips})
        print(f"{kind:8}{snr if kind != 'clean' else '':>4}{without:>12.3f}{with_lips:>12.3f}", flush=True)
    return rows


if __name__ == "__main__":
    main()
