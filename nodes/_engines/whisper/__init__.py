"""The Whisper engine: short windows of sound in, tokens and their times out.

Must not know: streams, voice activity, what is committed; that is `live.py`.

    engine.py     a loaded model: windows, prompts, languages, words
    features.py   what is heard of a sound: log-mel
    encoder.py    passes of the encoder, a piece at a time
    decoder.py    passes of the decoder, and the search for the likeliest continuation
    alignment.py  attention to times
    graphs.py     both as ONNX graphs, made of the layers of layers.py by builder.py; session.py runs them
    weights.py    the weights, read from the file of CTranslate2
"""

from nodes._engines.whisper.engine import (
    LONGEST_S,
    EngineError,
    Hypothesis,
    TokenTime,
    WhisperEngine,
    Window,
    Word,
)
from nodes._engines.whisper.features import RATE_HZ

__all__ = [
    "LONGEST_S",
    "RATE_HZ",
    "EngineError",
    "Hypothesis",
    "TokenTime",
    "WhisperEngine",
    "Window",
    "Word",
]
