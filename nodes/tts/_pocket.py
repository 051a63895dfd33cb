"""Pocket TTS: a language model of 100 million parameters that speaks as a sample of a voice does (Kyutai, arXiv:2509.06926),
by the package pocket-tts.

Its weights come from the publisher's hub when they are first asked for. Those that can follow a sample are given to who
accepted the publisher's terms there; with the others the voices of the catalogue speak, and a sample is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nodes._engines.resampler import Resampler
from nodes._engines.stretching import stretched
from pipeline.errors import ModelError, SettingsError, need
from pipeline.media import Samples

MODELS = {  # language: model of the package, and the voice that speaks where none is named
    "en": ("english", "alba"),
    "de": ("german", "juergen"),
    "es": ("spanish", "lola"),
    "fr": ("french", "estelle"),
    "it": ("italian", "giovanni"),
    "nl": ("dutch", "daan"),
    "pt": ("portuguese", "rafael"),
}
TERMS = "accept the terms at https://huggingface.co/kyutai/pocket-tts, then type: hf auth login"
SAMPLE_S = 30  # of a sample, at most


class PocketEngine:
    """A model, loaded; one voice speaks at a time. Raises `ModelError`, `PackageError`, `SettingsError`."""

    def __init__(self, model: str, quantize: bool) -> None:
        try:
            from pocket_tts import TTSModel
        except ImportError:
            raise need("pocket_tts", "pocket", "tts.pocket") from None
        own = model.endswith((".yaml", ".yml"))
        try:
            given = {"config" if own else "language": model, "quantize": quantize}
            self._model: Any = TTSModel.load_model(**given)
        except FileNotFoundError as error:
            raise SettingsError(
                f"tts.pocket: model {model!r}: there is no such model, or its weights are not at hand and there is no "
                f"network ({error}); leave it out, or connect once"
            ) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"tts.pocket: the model {model!r} cannot be loaded ({error}); connect once so that it can be fetched"
            ) from error
        self.rate_hz = int(self._model.sample_rate)
        self.clones = bool(getattr(self._model, "has_voice_cloning", True))
        self._lock = threading.Lock()

    def named(self, voice: str) -> Any:
        """The state of a voice of the catalogue, or of a file: sound, or .safetensors. Raises `SettingsError`."""
        given = Path(voice) if Path(voice).expanduser().is_file() else voice
        try:
            with self._lock:
                return self._model.get_state_for_audio_prompt(given)
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            raise SettingsError(
                f"tts.pocket: the voice {voice!r} cannot be had ({error}); give a name of the publisher's catalogue, a WAV file with 16 bits, or a .safetensors file"
            ) from error

    def like(self, samples: Samples, rate_hz: int) -> Any:
        """The state that speaks like a sample, (n,) float32. Only where `clones`."""
        import torch

        sample = samples[: SAMPLE_S * rate_hz]
        if rate_hz != self.rate_hz:
            filter_ = Resampler(rate_hz, self.rate_hz)
            sample = np.concatenate([filter_.feed(sample), filter_.flush()])
        with self._lock:
            return self._model.get_state_for_audio_prompt(torch.from_numpy(sample.copy())[None])

    def say(self, state: Any, text: str, speed: float) -> Iterator[Samples]:
        """Samples as they are made, (n,) float32; at another speed than 1.0, all at once when they are."""
        chunks = self._chunks(state, text)
        if speed == 1.0:
            yield from chunks
        elif made := list(chunks):
            yield stretched(np.concatenate(made), self.rate_hz, speed)

    def _chunks(self, state: Any, text: str) -> Iterator[Samples]:
        stop = threading.Event()
        with self._lock:
            try:
                for chunk in self._model.generate_audio_stream(state, text, stop=stop):
                    yield np.asarray(chunk, np.float32)
            finally:
                stop.set()  # the thread of the model ends, too
