"""Scenes for bench_avvad.py: talking faces joined, and their sound mixed with noise, babble or another talker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np

from nodes.vad.silero import SileroVad
from nodes.vision.lips import Lips
from pipeline.clock import SECOND, Ns, sample_time, seconds
from pipeline.media import Activity, Faces, Samples, VideoFrame
from pipeline.packet import Packet
from pipeline.testing import audio, feed

RATE_HZ = 16_000
LEAD_S = 0.512  # a whole number of windows
LANGS = ("es", "fr", "it", "ru", "de", "pt")  # of the babble: not that of the faces


@dataclass
class Scene:
    """Clips of one kind, joined: sound, faces, and where there is speech."""

    samples: Samples  # (n,) float32, 16 kHz
    faces: list[Packet[Faces]]
    scored: np.ndarray[Any, np.dtype[np.bool_]]  # (windows,)
    speech: np.ndarray[Any, np.dtype[np.bool_]]  # (windows,)
    said: str


def sound(path: Path) -> Samples:
    """A recording's sound, 16 kHz, mono."""
    resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
    with av.open(str(path)) as container:
        parts = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([part.to_ndarray()[0] for part in parts]).astype(np.float32)


def pictures(path: Path) -> Iterator[Packet[VideoFrame]]:
    """A recording's pictures, behind a lead-in in which the first one stands."""
    lead = seconds(LEAD_S)
    with av.open(str(path)) as container:
        step = round(SECOND / float(container.streams.video[0].average_rate))
        for frame in container.decode(video=0):
            start = round(float(frame.time) * SECOND) + lead
            pixels = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            if start == lead:
                for at in range(0, lead - step // 2, step):
                    yield Packet(VideoFrame(pixels), at, at + step)
            yield Packet(VideoFrame(pixels), start, start + step)


def heard(samples: Samples) -> list[Packet[Activity]]:
    """What silero says."""
    return feed(SileroVad(), audio(samples)).activity


def scene(lines: list[dict[str, Any]], root: Path) -> Scene:
    """Join clips: all of them with word times, or all without."""
    parts: list[Samples] = []
    faces: list[Packet[Faces]] = []
    scored, speech = [], []
    at: Ns = 0
    for line in lines:
        own = sound(root / line["file"])
        own = np.concatenate([np.zeros(round(LEAD_S * RATE_HZ), np.float32), own])
        own = own[: len(own) // 512 * 512]
        faces.extend(
            msgspec.structs.replace(packet, start=packet.start + at, end=packet.end + at)
            for packet in feed(Lips(), list(pictures(root / line["file"]))).faces
            if packet.start < sample_time(len(own), RATE_HZ)
        )
        middle = (np.arange(len(own) // 512) + 0.5) * 512 / RATE_HZ
        scored.append(middle > LEAD_S)
        spans = [
            (w["start"] + LEAD_S, w["end"] + LEAD_S) for w in line.get("words", ()) if w["word"] != "sil"
        ]
        if spans:
            speech.append(np.array([any(a <= t < b for a, b in spans) for t in middle]))
        else:
            speech.append(np.array([p.payload.probability >= 0.5 for p in heard(own)]))
        parts.append(own)
        at += sample_time(len(own), RATE_HZ)
    said = " ".join(line["transcript"] or "" for line in lines)
    return Scene(np.concatenate(parts), faces, np.concatenate(scored), np.concatenate(speech), said)


def talkers(lines: list[dict[str, Any]], root: Path) -> list[Samples]:
    """A minute or more of speech in each of the languages of the babble, at RMS 1."""
    found = []
    for lang in LANGS:
        own = [line for line in lines if line["kind"] == "a_speech" and line["lang"] == lang][:12]
        joined = np.concatenate([sound(root / line["file"]) for line in own])
        found.append((joined / np.sqrt(np.square(joined).mean())).astype(np.float32))
    return found


def mixed(scene: Scene, kind: str, snr_db: float, voices: list[Samples], draw: int) -> Samples:
    """The scene's sound with noise at a ratio to its speech."""
    if kind == "clean":
        return scene.samples
    rng = np.random.default_rng(draw)
    size = len(scene.samples)

    def cut(voice: Samples) -> Samples:
        return np.take(voice, np.arange(size) + rng.integers(len(voice)), mode="wrap")

    if kind == "white":
        noise = rng.standard_normal(size)
    else:
        chosen = voices if kind == "babble" else [voices[rng.integers(len(voices))]]
        noise = np.sum([cut(voice) for voice in chosen], axis=0)
    level = np.square(scene.samples[np.repeat(scene.speech, 512)]).mean()
    noise *= np.sqrt(level / np.square(noise).mean() / 10 ** (snr_db / 10))
    both = scene.samples + noise
    return np.asarray(both / max(1.0, np.abs(both).max()), np.float32)
