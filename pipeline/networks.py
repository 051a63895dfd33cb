"""Networks in the ONNX form, ready to run beside a live talk: few cores, and none of them kept busy between two calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .errors import ModelError, need


def network(
    model: Path | bytes, wanted_by: str, *, extra: str, remedy: str, threads: int = 1, arena: bool = True
) -> Any:
    """An `onnxruntime.InferenceSession` on `threads` cores; several threads may run it.

    `model`: a file, or a graph as it stands in one. `remedy`: what to do with a file that cannot be loaded. Without
    `arena` memory goes back after each call: for inputs of many lengths, each of which would keep room of its own.
    Raises `PackageError` without onnxruntime, naming the `extra` that brings it, and `ModelError`.
    """
    try:
        import onnxruntime
    except ImportError:
        raise need("onnxruntime", extra, wanted_by) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = options.enable_mem_pattern = arena
    # Threads that spin between two calls would take the cores that others need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = model if isinstance(model, bytes) else str(model)
    try:
        return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no base of their own
        place = "its graph" if isinstance(model, bytes) else model
        raise ModelError(f"{wanted_by}: {place} cannot be loaded ({error}); {remedy}") from error


__all__ = ["network"]
