"""Delivery: words lost when a voice hurries, and how near voice.delivery brings it to a speaker.

    python -m benchmarks.bench_delivery [--media FOLDER] [--most N] [--json FILE]

First, sentences of hibari at several paces, by hibari itself and by the stretch, heard again by whisper-base. Then real
recordings: hibari says their transcript a half at a time, each half with its half of the recording for a source, stock and
through voice.delivery. Compared with the speaker, over the second halves: loudness, pace, width of the melody.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from benchmarks.live_recordings import decode, manifest, media_root
from nodes._engines.loudness import loudness
from nodes._engines.stretching import stretched
from nodes._engines.voice.hearing import Hearing
from nodes._engines.voice.pitch import pitch_of
from nodes.tts._sound import trimmed
from nodes.vad.silero import SileroVad
from nodes.voice.delivery import Delivery
from pipeline import models
from pipeline.clock import cpu_seconds, seconds
from pipeline.media import Samples, Speech
from pipeline.packet import Packet
from pipeline.testing import audio, feed

RATE_HZ, SOURCE_HZ = 24_000, 16_000
PACES = (0.85, 1.0, 1.2, 1.35, 1.6)
SENTENCES = (
    "The train to the city leaves at half past nine, so please be at the station early.",
    "I would like to know whether the meeting was moved to another day.",
    "Our new product helps people talk to each other in any language they like.",
    "The committee will publish its report at the end of the month, and everyone may comment on it.",
    "She opened the window, looked down into the garden and saw that the gate was broken.",
    "If you turn left behind the church, you will find a small museum with old musical instruments.",
    "The doctor asked him to rest for two weeks and to drink more water than usual.",
    "We are looking for volunteers who can help with the harvest in October.",
    "Nobody expected the bridge to be closed for repairs before the summer holidays.",
    "The orchestra played an old song that every child in the village knew by heart.",
    "Electric buses are quieter than the ones we had before, and they need less service.",
    "The judge decided that the company must pay for the damage it had caused.",
)
SETS = ("a_speech/fleurs/en", "a_speech/leopard/en", "a_speech/jfk", "a_speech/librivox_en", "f_voices/")

Say = Callable[[str, float], Samples]


def plain(text: str) -> str:
    """Words to compare."""
    return " ".join(re.sub(r"[^a-z ]", "", text.lower().replace("-", " ")).split())


def once(heard: str) -> str:
    """What was heard, without its repetition: Whisper says a short sentence twice."""
    begins = " ".join(heard.split()[:4])
    again = heard.find(begins, len(begins))
    return heard if again < 0 else heard[:again].strip()


def wer(ears: Hearing, said: Sequence[str], sounds: Sequence[Samples]) -> float:
    """Words wrong, 0 to 1."""
    heard = [once(plain(ears(sound, RATE_HZ, "en"))) for sound in sounds]
    return float(jiwer.wer([plain(text) for text in said], heard))


def voice() -> Say:
    """hibari, without silence at its ends."""
    from hibari import Hibari

    model = Hibari("heart")
    return lambda text, speed: trimmed(np.asarray(model(text, speed=speed, seed=0), np.float32), RATE_HZ)


def paces(say: Say, ears: Hearing) -> list[dict[str, float | str]]:
    """Words lost at each pace, what it costs, and the pace that is reached."""
    stock = [say(text, 1.0) for text in SENTENCES]
    length = sum(map(len, stock)) / RATE_HZ
    rows: list[dict[str, float | str]] = []
    for pace in PACES:
        ways: dict[str, list[Callable[[], Samples]]] = {
            "hibari": [partial(say, text, pace) for text in SENTENCES],
            "stretch": [partial(stretched, sound, RATE_HZ, pace) for sound in stock],
        }
        for name, makers in ways.items():
            begun = cpu_seconds()
            made = [make() for make in makers]
            cost = (cpu_seconds() - begun) / length
            reached = length * RATE_HZ / sum(map(len, made))
            rows.append(
                {
                    "way": name,
                    "pace": pace,
                    "reached": reached,
                    "wer": wer(ears, SENTENCES, made),
                    "cost": cost,
                }
            )
            print(
                f"{name:8} {pace:5.2f} reached {reached:5.2f}  WER {rows[-1]['wer']:.3f}  CPU {cost:.4f} s/s",
                flush=True,
            )
    return rows


def recordings(root: Path, most: int) -> list[dict[str, Any]]:
    """English utterances of 5 to 15 s with a transcript of at least 8 words."""
    return [
        line
        for line in manifest(root)
        if line.get("lang") == "en"
        and line["file"].startswith(SETS)
        and 5 <= line["seconds"] <= 15
        and len((line.get("transcript") or "").split()) >= 8
    ][:most]


def follow(line: dict[str, Any], root: Path, say: Say) -> dict[str, Any]:
    """One recording: the second half stock and delivered, beside the speaker."""
    source = decode(root / line["file"])
    spoken = line["transcript"].split()
    middle, length = len(spoken) // 2, len(source) / SOURCE_HZ
    pieces, at = [], 0.0
    for index, part in enumerate((spoken[:middle], spoken[middle:])):
        end = length * (index + 1) / 2
        text = " ".join(part)
        sound = say(text, 1.0)
        at = max(at, end)
        payload = Speech(sound, RATE_HZ, text, "en", seconds(at))
        pieces.append(Packet(payload, seconds(end - length / 2), seconds(end)))
        at += len(sound) / RATE_HZ
    frames = audio(source)
    windows = feed(SileroVad(), frames).activity
    begun = cpu_seconds()
    made = [packet.payload for packet in feed(Delivery(), pieces, frames, windows).delivered]
    cost = (cpu_seconds() - begun) / (sum(piece.payload.duration for piece in pieces) / 1e9)
    late = max((m.plays_at - p.payload.plays_at) / 1e9 for m, p in zip(made, pieces, strict=True))
    return {
        "file": line["file"], "cost": cost, "late_s": late, "text": made[1].text, "speed": made[1].speed,
        "source": figures(source[len(source) // 2 :], SOURCE_HZ),
        "stock": figures(pieces[1].payload.samples, RATE_HZ),
        "delivered": figures(made[1].samples, RATE_HZ),
        "sounds": (pieces[1].payload.samples, made[1].samples),
    }  # fmt: skip


def figures(samples: Samples, rate_hz: int) -> dict[str, float | None]:
    """What is compared."""
    found = pitch_of(samples, rate_hz)
    return {
        "lufs": loudness(samples, rate_hz),
        "spread": found[1] if found else None,
        "seconds": len(samples) / rate_hz,
    }


def off(rows: Sequence[dict[str, Any]], way: str, key: str) -> float:
    """Median distance from the speaker: LUFS as they are, all else as natural logarithms of ratios."""
    pairs = [(row[way][key], row["source"][key]) for row in rows if row[way][key] and row["source"][key]]
    return float(np.median([abs(a - b) if key == "lufs" else abs(np.log(a / b)) for a, b in pairs]))


def main() -> None:
    """Print the tables and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", default="", help="folder with manifest.jsonl; empty: where the tests look")
    parser.add_argument("--most", type=int, default=16, help="recordings at most")
    parser.add_argument("--json", default="out/bench/delivery.json")
    given = parser.parse_args()
    root = Path(given.media) if given.media else media_root()
    say, ears = voice(), Hearing(models.path("whisper-base"), threads=2)
    told: dict[str, Any] = {"paces": paces(say, ears)}
    rows = [follow(line, root, say) for line in recordings(root, given.most)]
    for index, way in enumerate(("stock", "delivered")):
        told[way] = {key: off(rows, way, key) for key in ("lufs", "spread", "seconds")}
        told[way]["wer"] = wer(ears, [row["text"] for row in rows], [row["sounds"][index] for row in rows])
        print(
            f"{way:10} off the speaker by {told[way]['lufs']:.1f} LU, melody {told[way]['spread']:.2f}, "
            f"length {told[way]['seconds']:.2f} (natural log); WER {told[way]['wer']:.3f}"
        )
    told["cost"] = float(np.mean([row["cost"] for row in rows]))
    told["late_s"] = max(row["late_s"] for row in rows)
    print(
        f"{len(rows)} recordings; {told['cost']:.3f} CPU s for a second of speech; at most {told['late_s']:.3f} s later"
    )
    told["rows"] = [{key: value for key, value in row.items() if key != "sounds"} for row in rows]
    path = Path(given.json)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
