"""hibari, which speaks English: its network, and the synthesiser behind it led towards a speaker.

The network gives five spectra and a pitch curve; the package's own synthesiser makes sound of them. Between the two,
pitch, formants and equaliser cost next to nothing and leave no trace of an analysis. What is used of the package is
`phonemize`, `ids`, `sess` and `dsp.synth`, which is why its version is bounded in pyproject.toml.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, ClassVar, TypeAlias

import numpy as np

from nodes._engines.voice import pitch
from nodes._engines.voice.applying import shaped
from nodes._engines.voice.engine import Blend, Stock
from nodes._engines.voice.shape import Shape, shape_of
from nodes._engines.voice.spectrum import long_term
from nodes._engines.voice.warping import warped
from pipeline.errors import ModelError, SettingsError, did_you_mean, need
from pipeline.media import Floats, Samples, Timbre, VoiceProfile
from pipeline.shared import Lease, shared

NAME, VOICE = "tts.hibari", "heart"
RATE_HZ = 24_000
NOTHING = 2  # numbers that a text without any sound has
SEED = 0  # of the noise in the voice: the same text always sounds the same
VOICED_HZ = 40  # pitch from which its synthesiser makes pulses
PITCH_HZ = (50.0, 600.0)  # of a moment
PEAK = 0.97
KEPT = 2  # texts whose network output is kept: a search renders one text again and again
CALIBRATION = (
    "The north wind and the sun were disputing which was the stronger, when a traveller came along.",
    "She had your dark suit in greasy wash water all year, and five young judges saw the huge boat.",
)

# What the network gives for a sentence: harmonics, their phase, noise, a free branch, its phase, (601, frames) float32
# each, natural log amplitude where not phase; and the pitch curve, (frames,) float32 Hz.
Parts: TypeAlias = tuple[Floats, Floats, Floats, Floats, Floats, Floats]

log = logging.getLogger(__name__)


def shared_voice(voice: str = VOICE) -> Lease[HibariEngine]:
    """A lease of the engine, loaded once a process; close it. Raises what `HibariEngine` raises."""
    return shared((NAME, voice), lambda: HibariEngine(voice))


class HibariEngine:
    """The loaded model; an `Imitating`. Safe to call from several threads: only the reading of text takes turns.

    Raises `PackageError` where hibari is not installed, `SettingsError` for a voice that it has not, `ModelError` for
    one that cannot be loaded.
    """

    name: ClassVar[str] = NAME
    rate_hz: ClassVar[int] = RATE_HZ
    warps: ClassVar[bool] = True
    nearest: ClassVar[float] = 0.8

    def __init__(self, voice: str = VOICE) -> None:
        try:
            from hibari import Hibari, dsp
            from hibari.voices import VOICES
        except ImportError:
            raise need("hibari", "tts", "tts.hibari") from None
        if voice not in VOICES:
            raise SettingsError(f"tts.hibari: no voice {voice!r}; {did_you_mean(voice, list(VOICES))}")
        if not VOICES[voice].get("bundled"):
            log.info("tts.hibari: fetching the voice %r if it is not at hand", voice)
        try:
            self._model: Any = Hibari(voice)
        except (RuntimeError, OSError) as error:
            raise ModelError(f"tts.hibari: the voice {voice!r} cannot be loaded: {error}") from error
        self._synthesiser: Any = dsp
        self._reading = threading.Lock()  # of its reader of text, which takes one call at a time
        self._stock: Stock | None = None
        self._kept: dict[tuple[str, float], list[Parts]] = {}
        self.render("Ready.", "en")  # loads the pronunciations, which the first sentence would wait for

    def stock(self, blend: Blend = ()) -> Stock:
        """Figures of its voice. Takes a second at the first call."""
        if self._stock is None:
            sound = np.concatenate([self.render(text, "en") for text in CALIBRATION])
            hz, spread = pitch.pitch_of(sound, RATE_HZ) or (200.0, 0.2)
            self._stock = Stock(hz, spread, long_term(sound, RATE_HZ))
        return self._stock

    def candidates(self, profile: VoiceProfile) -> tuple[Blend, ...]:
        """None: a model has one voice."""
        return ()

    def render(self, text: str, lang: str, timbre: Timbre | None = None, speed: float = 1.0) -> Samples:
        """Samples of a text, (n,) float32, 24 kHz; English whatever `lang` says."""
        shape = shape_of(timbre, self.stock()) if timbre is not None else None
        random = np.random.default_rng(SEED)
        pieces = [self._sound(parts, shape, random) for parts in self._sentences(text, speed)]
        made = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
        if shape is None or timbre is None:
            return made
        made = shaped(made, RATE_HZ, None, shape.nearest, timbre.profile)
        top = float(np.abs(made).max(initial=0.0))
        return made * np.float32(PEAK / top) if top > PEAK else made

    def _sentences(self, text: str, speed: float) -> list[Parts]:
        """What the network gives for each sentence of a text."""
        if (kept := self._kept.get((text, speed))) is not None:
            return kept
        with self._reading:
            read = [self._model.ids(phonemes) for phonemes in self._model.phonemize(text)]
        parts = [self._predicted(ids, speed) for ids in read if len(ids) > NOTHING]
        self._kept = dict([*self._kept.items(), ((text, speed), parts)][-KEPT:])
        return parts

    def _predicted(self, ids: list[int], speed: float) -> Parts:
        given = {
            "ids": np.asarray([ids], np.int64),
            "speed": np.asarray([speed], np.float32),
        }
        harmonic, turn, noise, free, phase, hz = (part[0] for part in self._model.sess.run(None, given))
        return harmonic, turn, noise, free, phase, hz

    def _sound(self, parts: Parts, shape: Shape | None, random: np.random.Generator) -> Samples:
        """A sentence at another pitch, with formants moved and equalised; as loud as the stock voice on average."""
        if shape is None:
            return np.asarray(self._synthesiser.synth(*parts, random), np.float32)
        harmonic, turn, noise, free, phase, hz = parts
        gains = self._gains(shape)[:, None]
        sound = self._synthesiser.synth(
            warped(harmonic, shape.warp) + gains,
            warped(turn, shape.warp),
            warped(noise, shape.warp) + gains,
            warped(free, shape.warp) + gains,
            phase,
            moved(hz, shape),
            random,
        )
        return np.asarray(sound, np.float32)

    def _gains(self, shape: Shape) -> Floats:
        """The equaliser, less what it and the warp would make the stock voice louder by; (601,) float32."""
        plain = self.stock().spectrum
        gains = np.zeros_like(plain) if shape.equaliser is None else shape.equaliser
        led = warped(plain, shape.warp) + gains
        louder = 0.5 * np.log(np.exp(2 * led).sum() / np.exp(2 * plain).sum())
        return np.asarray(gains - louder, np.float32)


def moved(hz: Floats, shape: Shape) -> Floats:
    """A pitch curve, (frames,) float32 Hz, about another median and with another spread; unvoiced frames stay."""
    if shape.ratio == 1.0 and shape.spread == 1.0:
        return hz
    median, wanted = shape.pitch
    voiced = hz > VOICED_HZ
    other = wanted * (np.maximum(hz, 1) / median) ** shape.spread
    return np.where(voiced, np.clip(other, *PITCH_HZ), hz).astype(np.float32)
