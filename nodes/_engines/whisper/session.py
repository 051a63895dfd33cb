"""A graph of Whisper's, ready to run."""

from __future__ import annotations

from typing import Any

from pipeline.networks import network


def session(graph: bytes, threads: int) -> Any:
    """Run it by `run` of this, from as many threads as wanted, each call on `threads` cores.

    Raises `PackageError` without onnxruntime, `ModelError`.
    """
    remedy = "give the weights of a Whisper model in CTranslate2's form"
    # Sound and text are of all lengths.
    return network(graph, "asr.whisper", extra="asr", remedy=remedy, threads=threads, arena=False)
