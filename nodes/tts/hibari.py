"""English speech by hibari: an 8 MB model that comes with its package."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nodes.tts._pieces import Pieces
from nodes.tts._speaking import Speaking
from pipeline.errors import ModelError, RouteError, SettingsError, did_you_mean, need
from pipeline.media import Samples, Speech, Text
from pipeline.node import Node, Part, Place
from pipeline.packet import Packet
from pipeline.port import Emission, Input, Output
from pipeline.shared import shared

RATE_HZ = 24_000
FASTEST = 2.0  # the model's limit
SEED = 0  # of the noise in the voice: the same text always sounds the same

log = logging.getLogger(__name__)


@dataclass
class HibariVoice(Speaking, Node):
    """Speak English text with a natural voice, as soon as its words are committed.

    Emits one piece of speech for each packet with committed words, with the source span of those words; text that
    is only tentative passes without a sound. Holds nothing back. Speaks English only and refuses other languages.
    When speech falls behind it gets faster, and leaves out whole pieces only if `skip_ms` says so; what is left
    out is counted in the next piece and logged.

    Example:
        voice: {uses: tts.hibari, inputs: {text: target.translation}, with: {max_speed: 1.5}}
    """

    voice: str = "heart"  # heart comes with the package; its other voices are fetched when named here

    text = Input(Text)
    speech = Output(Speech, rate_hz=RATE_HZ)

    runs_on: ClassVar[Place] = "thread"
    part: ClassVar[Part] = "speaking"

    def open(self) -> None:
        _speaks(self.lang)
        self._lease = shared(("tts.hibari", self.voice), lambda: _Engine(self.voice))
        self._pieces = Pieces("tts.hibari", self._lease.value.say, RATE_HZ, self.backlog(FASTEST))

    def process(self, text: Packet[Text]) -> Iterator[Emission[Speech]]:
        if not text.payload.committed:
            return
        _speaks(text.payload.lang)
        speech = self._pieces.speech(text, self.lang or text.payload.lang or "en")
        if speech is not None:
            yield self.speech(speech, end=max(text.start, min(text.end, speech.words[-1].end)))

    def close(self) -> None:
        self._lease.close()


def _speaks(lang: str) -> None:
    if lang and lang.lower().split("-")[0] != "en":
        raise RouteError(f"tts.hibari: no voice for {lang!r}, only for: en; put tts.espeak in its place")


class _Engine:
    """The model, shared by all graphs of the process: one synthesis at a time."""

    def __init__(self, voice: str) -> None:
        try:
            from hibari import Hibari
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
        self._lock = threading.Lock()
        self.say("Ready.", "en", 1.0)  # loads the pronunciations, which the first sentence would wait for

    def say(self, text: str, lang: str, speed: float) -> Samples:
        """Samples of a text, (n,) float32, 24 kHz."""
        with self._lock:
            return np.asarray(self._model(text, speed=speed, seed=SEED), np.float32)
