"""Recordings and references for the live benchmarks, from a folder of media with a manifest ($DRAGOMAN_MEDIA)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np

RATE_HZ = 16_000
PAUSE_S = 0.8  # between utterances that are put together


class Segment(msgspec.Struct, frozen=True):
    """One reference sentence group and the span that it renders, seconds."""

    start_s: float
    end_s: float
    reference: str


class Recording(msgspec.Struct, frozen=True):
    """A recording with references."""

    name: str
    path: Path
    from_: str
    to: str
    seconds: float
    segments: list[Segment]

    @property
    def reference(self) -> str:
        """The whole reference."""
        return " ".join(segment.reference for segment in self.segments)


def media_root() -> Path:
    """The folder of media. Ends the program with the reason where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    root = Path(os.environ.get("DRAGOMAN_MEDIA", beside))
    if not (root / "manifest.jsonl").is_file():
        raise SystemExit("no media: set DRAGOMAN_MEDIA to a folder with manifest.jsonl")
    return root


def manifest(root: Path) -> list[dict[str, Any]]:
    """All lines of the manifest."""
    return [json.loads(line) for line in (root / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]


def long_recordings() -> list[Recording]:
    """The composed long recordings that have an English reference."""
    root = media_root()
    found = []
    for line in manifest(root):
        if line["kind"] == "a_longform" and (line.get("reference") or {}).get("en"):
            segments = [Segment(s["start"], s["end"], s["reference_en"]) for s in line["segments"]]
            name = f"{line['lang']}-en"
            found.append(Recording(name, root / line["file"], line["lang"], "en", line["seconds"], segments))
    return found


def composed(from_: str, to: str, folder: Path) -> Recording:
    """Utterances of one language with a reference in the other, put together with pauses into one recording."""
    root = media_root()
    lines = [
        line
        for line in manifest(root)
        if line["kind"] == "a_speech" and line["lang"] == from_ and (line.get("reference") or {}).get(to)
    ]
    sound, segments, at = [], [], 0.0
    for line in lines:
        samples = decode(root / line["file"])
        end = at + len(samples) / RATE_HZ
        segments.append(Segment(at, end, line["reference"][to]))
        sound += [samples, np.zeros(int(PAUSE_S * RATE_HZ), np.float32)]
        at = end + PAUSE_S
    path = folder / f"composed-{from_}-{to}.wav"
    write(path, np.concatenate(sound))
    return Recording(f"{from_}-{to}", path, from_, to, at, segments)


def decode(path: Path) -> np.ndarray:
    """The sound of a file, (n,) float32 mono 16 kHz."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE_HZ)
        frames = [
            out.to_ndarray()[0] for frame in container.decode(audio=0) for out in resampler.resample(frame)
        ]
        frames += [out.to_ndarray()[0] for out in resampler.resample(None)]
    return np.concatenate(frames).astype(np.float32)


def write(path: Path, samples: np.ndarray) -> None:
    """A 16-bit mono WAV file at 16 kHz."""
    import wave

    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
