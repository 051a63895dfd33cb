"""simulstream's sliding window with the same Whisper weights: a speech processor of its kind, run by its own command.

simulstream brings the policy (retranslation of a sliding window, what is matched, kept and taken back), its chunks
and its log; this file only says how a window becomes tokens, by faster-whisper. It runs in the peers' environment.
"""

from types import SimpleNamespace

import numpy as np
from faster_whisper import WhisperModel
from simulstream.server.speech_processors.sliding_window_retranslation import SlidingWindowRetranslator


class WhisperSlidingWindow(SlidingWindowRetranslator):
    """Retranslate the last `window_len` seconds with Whisper at every chunk."""

    @classmethod
    def load_model(cls, config: SimpleNamespace) -> None:
        if getattr(cls, "model", None) is None:
            cls.model = WhisperModel(config.weights, device="cpu", compute_type="int8", cpu_threads=2)

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__(config)
        self.language = None

    def _preprocess(self, waveform: np.ndarray) -> np.ndarray:
        if self.audio_history is not None:
            waveform = np.concatenate((self.audio_history, waveform))
        self.audio_history = waveform[-int(self.window_len) :]
        return self.audio_history

    def _generate(self, speech: np.ndarray) -> list[str]:
        task = "translate" if self.config.translate else "transcribe"
        segments, _ = self.model.transcribe(
            speech, language=self.language, task=task, beam_size=1, condition_on_previous_text=False
        )
        return " ".join(segment.text.strip() for segment in segments).split()

    def tokens_to_string(self, tokens: list[str]) -> str:
        return " ".join(tokens)

    def set_target_language(self, language: str) -> None:
        pass  # Whisper translates into English only

    def set_source_language(self, language: str) -> None:
        self.language = language
