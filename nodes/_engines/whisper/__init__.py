"""The Whisper engine: short windows of sound in, tokens and their times out.

Must not know: streams, voice activity, what is committed; that is `live.py`.

    engine.py     a loaded model: windows, prompts, languages, words
    decoder.py    passes of the decoder, and the search for the likeliest continuation
    graph.py      the decoder as ONNX graphs, made from the weights
    weights.py    the weights, read from the file of CTranslate2
    alignment.py  attention to times
"""

from nodes._engines.whisper.engine import (
    LONGEST_S,
    RATE_HZ,
    EngineError,
    Hypothesis,
    TokenTime,
    WhisperEngine,
    Window,
    Word,
)

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
