"""Kokoro: speech in nine languages, on this machine, in any of 54 voices, in mixtures of them, and led towards a speaker's.

Decides: how symbols become sound (style, pace, pitch), and what a `Timbre` does to it. Knows nothing of streams, packets
or nodes.

How it works. Text becomes symbols (phonemes/), symbols and a style vector become 24 kHz sound in one run of the model.
A timbre gives the mixture of voices that colours the sound; the prosody stays that of a voice of the language; the pitch
goes where the speaker's is, inside the model (kokoro_graph.py); equaliser and nearest frames follow (voice/applying.py).
Runs of the model may overlap, so a search in the background slows speech down but never makes it wait. The third of a
second of silence before the first word is made like the rest: with that symbol held shorter the first syllable is lost.
"""

from __future__ import annotations

import json
import math
import threading
from typing import Any, ClassVar

import numpy as np

from nodes._engines.kokoro_bank import Bank, ranked
from nodes._engines.kokoro_graph import PITCH, RATIO, SHIFT, VOICED_HZ, session, with_pitch
from nodes._engines.kokoro_styles import LOW_HZ, Styles, default_voice, reading_of_voice
from nodes._engines.phonemes.reading import LANGUAGES, Phonemes, reading_of
from nodes._engines.voice.applying import shaped
from nodes._engines.voice.engine import Blend, Stock
from nodes._engines.voice.shape import Shape, shape_of
from nodes._engines.voice.spectrum import long_term
from pipeline import models
from pipeline.errors import RouteError
from pipeline.media import Floats, Samples, Timbre, VoiceProfile
from pipeline.shared import Lease, shared

NAME = "tts.kokoro"
MODEL, VOICES = "kokoro", "kokoro-voices"
RATE_HZ = 24_000
MOST = 500  # symbols in one run; the model has positions for 510
SLOWEST, FASTEST = 0.5, 2.0
THREADS = 2


def shared_voice() -> Lease[KokoroVoice]:
    """A lease of the engine, loaded once a process; close it. Fetches what is missing.

    Raises `ModelError` where the model cannot be had, `PackageError` without onnxruntime.
    """
    return shared((NAME,), KokoroVoice)


class KokoroVoice:
    """The loaded model with its voices; an `Imitating`. Safe to call from several threads."""

    name: ClassVar[str] = NAME
    rate_hz: ClassVar[int] = RATE_HZ
    warps: ClassVar[bool] = False
    nearest: ClassVar[float] = 0.6

    def __init__(self, threads: int = THREADS) -> None:
        folder = models.ensure(MODEL)
        self.styles = Styles(models.ensure(VOICES))
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self._symbols: dict[str, int] = vocabulary["vocab"]
        self._phonemes = Phonemes()
        self._readers = threading.Lock()  # of the readers of text, which take one call at a time
        digest = next(file.sha256 for file in models.model(MODEL).files if file.name.endswith(".onnx"))
        self._model = folder / "kokoro.onnx"
        self._edited = with_pitch(self._model, digest)
        self._threads = threads
        self._session = session(self._edited or self._model, threads)
        self._bank = Bank(folder, digest, self._measured)
        self._blends: dict[Blend, Stock] = {}
        self.say("Ready.", "en")  # the first run takes the memory that others reuse

    def use(self, threads: int) -> None:
        """Work on so many cores from now on."""
        if threads != self._threads:
            self._session = session(self._edited or self._model, threads)
            self._threads = threads

    def check(self, lang: str, voice: str = "") -> None:
        """Load what reads a language, so that its first text need not wait for that.

        Raises `RouteError` for a language that it does not speak, `SettingsError` for a voice that it has not,
        `PackageError` where a library of the language is not installed.
        """
        if voice:
            self.styles.of(voice, 1)
        with self._readers:
            self._phonemes.load(_reading(lang, voice))

    def symbols(self, text: str, reading: str) -> str:
        """What the model is given for a text; `reading` as `phonemes.reading_of` gives it."""
        with self._readers:
            return self._phonemes(text, reading)

    def say(
        self, text: str, lang: str, voice: str = "", speed: float = 1.0, timbre: Timbre | None = None
    ) -> Samples:
        """(n,) float32, 24 kHz; in `voice`, or the default one of the language, led towards a timbre.

        A voice of another language lends its timbre to the default one of its sex. Empty where there is no sound for
        the text. Raises `RouteError` for the language, `SettingsError` for the voice.
        """
        reading = _reading(lang, voice)
        led = timbre if timbre is not None and timbre.strength else None
        own, blend = _cast(reading, voice, led)
        parts = [
            self._led(part, own, blend, speed, led)
            for part in _runs(self.symbols(text, reading))
            if any(sign.isalpha() and sign in self._symbols for sign in part)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def render(self, text: str, lang: str, timbre: Timbre | None = None, speed: float = 1.0) -> Samples:
        """(n,) float32, 24 kHz, in the default voice of the language, led towards a timbre. Raises as `say`."""
        return self.say(text, lang, "", speed, timbre)

    def stock(self, blend: Blend = ()) -> Stock:
        """Figures of a mixture of voices that speaks English with the prosody of its heaviest voice's sex.

        Without a blend, those of its English voice; and then all 54 voices are measured if they never were on this machine,
        which takes some minutes and is kept, so that `candidates` never has to.
        """
        if not blend:
            self._bank.prepare(self.styles.names)
            return self._bank.figures(default_voice("en")).stock
        if blend not in self._blends:
            self._blends[blend] = self._blended(blend)
        return self._blends[blend]

    def _blended(self, blend: Blend) -> Stock:
        heaviest = max(blend, key=lambda one: one[1])[0]
        own = default_voice("en", LOW_HZ - 1 if heaviest[1] == "m" else 0.0)
        prosody = self._bank.figures(own).stock
        if len(blend) == 1:
            spectrum = self._bank.figures(heaviest).stock.spectrum
        else:
            samples, _ = self._run(self.symbols(Bank.TEXT, "en"), own, 1.0, blend=blend, share=1.0)
            spectrum = long_term(samples, RATE_HZ)
        return Stock(prosody.pitch_hz, prosody.pitch_spread, spectrum)

    def candidates(self, profile: VoiceProfile) -> tuple[Blend, ...]:
        """Its single voices that are most like the profile once they are equalised to it, the likeliest first."""
        return tuple(((name, 1.0),) for name in ranked(self._bank, self.styles.names, profile))

    def close(self) -> None:
        """Let the libraries go."""
        self._phonemes.close()

    def _led(self, symbols: str, own: str, blend: Blend, speed: float, timbre: Timbre | None) -> Samples:
        """One run of the model, towards a timbre where there is one."""
        shape = shape_of(timbre, self._bank.figures(own).stock) if timbre else None
        if shape is None or timbre is None:
            return self._run(symbols, own, speed, blend=blend, share=1.0)[0]
        share = timbre.strength if timbre.blend else 1.0
        samples, _ = self._run(symbols, own, speed, blend=timbre.blend or blend, share=share, shape=shape)
        return shaped(samples, RATE_HZ, shape.equaliser, shape.nearest, timbre.profile)

    def _run(
        self,
        symbols: str,
        own: str,
        speed: float,
        *,
        blend: Blend = (),
        share: float = 0.0,
        shape: Shape | None = None,
    ) -> tuple[Samples, Floats]:
        """Sound, (n,) float32, and the pitch before it was led anywhere, (frames,) float32 Hz (empty: not known)."""
        ids = [self._symbols[sign] for sign in symbols if sign in self._symbols]
        style = self.styles.mixed(blend, own, share, len(ids))
        given: dict[str, Any] = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": style.reshape(1, -1),
            "speed": np.array([min(max(speed, SLOWEST), FASTEST)], np.float32),
        }
        if not self._edited:
            return np.asarray(self._session.run(None, given)[0], np.float32).ravel(), np.zeros(0, np.float32)
        ratio, shift = (1.0, 0.0) if shape is None else _line(shape)
        given |= {RATIO: np.array([ratio], np.float32), SHIFT: np.array([shift], np.float32)}
        audio, pitch = self._session.run(["audio", PITCH], given)
        return np.asarray(audio, np.float32).ravel(), np.asarray(pitch, np.float32).ravel()

    def _measured(self, voice: str, text: str) -> tuple[Samples, tuple[float, float]]:
        """How a voice says a text, and the median and spread of its pitch."""
        samples, pitch = self._run(self.symbols(text, "en"), voice, 1.0)
        voiced = np.log(pitch[pitch > VOICED_HZ])
        if not len(voiced):
            from nodes._engines.voice.pitch import pitch_of

            return samples, pitch_of(samples, RATE_HZ) or (200.0, 0.2)
        return samples, (float(np.exp(np.median(voiced))), float(voiced.std()))


def _reading(lang: str, voice: str) -> str:
    """How a text is read: by its language, and English as the voice speaks it. Raises `RouteError`."""
    reading = reading_of(lang)
    if not lang:
        raise RouteError(
            f"{NAME}: the text does not say its language; set lang to one of: {', '.join(LANGUAGES)}"
        )
    if reading is None:
        raise RouteError(
            f"{NAME}: no voice for {lang!r}, only for: {', '.join(LANGUAGES)}; put tts.espeak in its place"
        )
    return "en-gb" if reading == "en" and voice and reading_of_voice(voice) == "en-gb" else reading


def _cast(reading: str, voice: str, timbre: Timbre | None) -> tuple[str, Blend]:
    """The voice whose prosody speaks, and what its timbre is made of: (), its own."""
    if not voice:
        pitch_hz = timbre.profile.pitch_hz if timbre and timbre.profile else 0.0
        return default_voice(reading, pitch_hz), ()
    if reading_of_voice(voice)[:2] == reading[:2]:
        return voice, ()
    return default_voice(reading, LOW_HZ - 1 if voice[1] == "m" else 0.0), ((voice, 1.0),)


def _line(shape: Shape) -> tuple[float, float]:
    """Ratio and shift on the logarithm of the pitch that give the median and the spread of a shape."""
    stock, wanted = shape.pitch
    return shape.spread, math.log(wanted) - shape.spread * math.log(stock)


def _runs(symbols: str) -> list[str]:
    """Symbols in stretches that the model has positions for, cut at spaces."""
    runs: list[str] = []
    while len(symbols) > MOST:
        at = symbols.rfind(" ", 0, MOST)
        at = at if at > 0 else MOST
        runs.append(symbols[:at])
        symbols = symbols[at:].lstrip()
    return [*runs, symbols] if symbols else runs
