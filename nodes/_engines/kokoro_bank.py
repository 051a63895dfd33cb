"""What is known of each of Kokoro's voices: who it sounds like, its spectrum, its pitch, and how it says one sentence.

Measured once on this machine and kept beside the model, under the digest of all that the figures depend on. With them a
voice like somebody's is found in a second: the embeddings tell which twelve are near, and these are compared again
after each was equalised to the speaker, since the equaliser takes away what is only colour.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, TypeAlias
from zipfile import BadZipFile

import msgspec
import numpy as np

from nodes._engines.voice.engine import Stock
from nodes._engines.voice.equaliser import equaliser
from nodes._engines.voice.filtering import filtered
from nodes._engines.voice.speaker_encoder import shared_encoder
from nodes._engines.voice.spectrum import long_term
from pipeline.media import Floats, Samples, VoiceProfile

RATE_HZ = 24_000
COMPARED = 12  # voices that are compared again after the equaliser
EDITION = 1  # raise it when what is measured changes

Measure: TypeAlias = Callable[[str, str], tuple[Samples, tuple[float, float]]]  # voice, text -> sound, pitch

log = logging.getLogger(__name__)


class Figures(msgspec.Struct, frozen=True, eq=False):
    """Of one voice."""

    embedding: Floats  # (256,) float32, unit length
    stock: Stock
    samples: Samples  # (n,) float32, 24 kHz: how it says `Bank.TEXT`


class Bank:
    """Figures of voices, each measured when it is first asked for and kept in a file of its own."""

    TEXT: ClassVar[str] = "The north wind and the sun were disputing which was the stronger."

    def __init__(self, folder: Path, digest: str, measure: Measure) -> None:
        made_of = hashlib.sha256(f"{digest} {self.TEXT} {EDITION}".encode()).hexdigest()
        self._folder = folder / f"measured-{made_of[:12]}"
        self._measure = measure
        self._known: dict[str, Figures] = {}
        self._lock = threading.Lock()

    def figures(self, voice: str) -> Figures:
        """Of one voice; takes some seconds the first time on a machine. Raises what `measure` raises."""
        with self._lock:
            if voice not in self._known:
                file = self._folder / f"{voice}.npz"
                self._known[voice] = _kept(file) or self._measured(voice, file)
            return self._known[voice]

    def prepare(self, voices: Sequence[str]) -> None:
        """Measure those of these voices that were never measured on this machine: two seconds of work each."""
        left = [voice for voice in voices if not (self._folder / f"{voice}.npz").is_file()]
        for done, voice in enumerate(left):
            if done % 10 == 0:
                log.info("tts.kokoro: measuring its voices, once on this machine: %d of %d", done, len(left))
            self.figures(voice)

    def _measured(self, voice: str, file: Path) -> Figures:
        samples, (pitch_hz, spread) = self._measure(voice, self.TEXT)
        lease = shared_encoder()
        try:
            embedding = lease.value(samples, RATE_HZ)
        finally:
            lease.close()
        found = Figures(embedding, Stock(pitch_hz, spread, long_term(samples, RATE_HZ)), samples)
        _keep(found, file)
        return found


def ranked(bank: Bank, voices: Sequence[str], profile: VoiceProfile) -> list[str]:
    """The voices that are most like a profile, the likeliest first, at most COMPARED. Raises `ModelError`."""
    bank.prepare(voices)
    near = sorted(voices, key=lambda voice: -float(bank.figures(voice).embedding @ profile.embedding))
    lease = shared_encoder()
    try:
        likeness = {
            voice: float(lease.value(_equalised(bank.figures(voice), profile), RATE_HZ) @ profile.embedding)
            for voice in near[:COMPARED]
        }
    finally:
        lease.close()
    return sorted(likeness, key=lambda voice: -likeness[voice])


def _equalised(figures: Figures, profile: VoiceProfile) -> Samples:
    wanted = equaliser(figures.stock.spectrum, profile.spectrum, bandwidth_hz=profile.bandwidth_hz)
    return filtered(figures.samples, wanted)


def _kept(file: Path) -> Figures | None:
    """What lies in a file; None where there is none or it is broken."""
    try:
        with np.load(file) as kept:
            pitch_hz, spread = kept["pitch"]
            stock = Stock(float(pitch_hz), float(spread), kept["spectrum"])
            return Figures(kept["embedding"], stock, kept["samples"].astype(np.float32) / 32767)
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def _keep(figures: Figures, file: Path) -> None:
    """Write in one step; a folder that may not be written to only costs time when it is next asked for."""
    part = file.with_suffix(f".{os.getpid()}.part")
    stock = figures.stock
    try:
        file.parent.mkdir(exist_ok=True)
        with part.open("wb") as out:
            np.savez(
                out,
                embedding=figures.embedding,
                pitch=np.array([stock.pitch_hz, stock.pitch_spread]),
                spectrum=stock.spectrum,
                samples=np.round(np.clip(figures.samples, -1, 1) * 32767).astype(np.int16),
            )
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        log.warning("tts.kokoro: figures of its voices cannot be kept in %s (%s)", file.parent, error)
