"""Pitch control for Kokoro, put into its ONNX graph: no vocoder, and no second pass over the sound.

Decides: where the graph is edited, where the edited copy lies, and how it is loaded. Knows nothing of voices and texts.

How it works. The prosody half of the model predicts the pitch of every frame (Hz; near 0 where there is no voice) and
hands it on by one tensor. The edit puts between them, for frames with a voice,

    pitch' = exp(ratio * ln(pitch) + shift), held within 50 and 600 Hz

with `ratio` and `shift` as new inputs, so that median and spread of the natural logarithm (the figures of a
`VoiceProfile`) can be set; and it gives the unedited curve as a new output. With ratio 1 and shift 0 the sound stays
what it was, to the rounding of exp and ln. The copy is written once, beside the model, under the digest of the original,
and only its making needs the package `onnx`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from pipeline.networks import network

CURVE = "/encoder/Squeeze_output_0"  # the tensor that carries the pitch
RATIO, SHIFT, PITCH = "pitch_ratio", "pitch_shift", "pitch"  # the inputs and the output that the edit adds
VOICED_HZ = 10.0  # what the model itself takes as voiced
LOWEST_HZ, HIGHEST_HZ = 50.0, 600.0
EDITION = 1  # raise it when the edit changes

log = logging.getLogger(__name__)


def with_pitch(model: Path, digest: str) -> Path | None:
    """The copy of `model` (whose SHA-256 is `digest`) that takes a pitch; made if it is not there yet.

    None, with a line in the log that says why, where it cannot be made: the package `onnx` is missing, the graph is
    another than expected, or the folder may not be written to.
    """
    copy = model.with_name(f"{model.stem}-pitch{EDITION}-{digest[:12]}.onnx")
    if copy.is_file():
        return copy
    try:
        import onnx
    except ImportError:
        log.warning(
            "tts.kokoro: no pitch control: the package 'onnx' is not installed; "
            "type: pip install 'dragoman[tts]'"
        )
        return None
    graph = onnx.load(str(model))
    if not any(CURVE in node.output for node in graph.graph.node):
        log.warning("tts.kokoro: no pitch control: %s has no tensor %s; fetch the model anew", model, CURVE)
        return None
    _edit(onnx, graph.graph)
    return _written(onnx, graph, copy)


def _written(onnx: Any, graph: Any, copy: Path) -> Path | None:
    """Write in one step, so that nobody ever loads half a file."""
    part = copy.with_suffix(f".{os.getpid()}.part")
    try:
        onnx.save(graph, str(part))
        part.replace(copy)
    except OSError as error:
        part.unlink(missing_ok=True)
        log.warning(
            "tts.kokoro: no pitch control: %s cannot be written (%s); make room, or look at its permissions",
            copy,
            error.strerror or error,
        )
        return None
    return copy


def _edit(onnx: Any, graph: Any) -> None:
    """Put the control behind the tensor that carries the pitch."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    constants = {"own": 1.0, "voiced": VOICED_HZ, "lowest": LOWEST_HZ, "highest": HIGHEST_HZ}
    for name, value in constants.items():
        graph.initializer.append(helper.make_tensor(f"dragoman_{name}", kind, [1], [value]))
    steps = (  # operation, inputs, output
        ("Max", (CURVE, "dragoman_own"), "dragoman_positive"),
        ("Log", ("dragoman_positive",), "dragoman_log"),
        ("Mul", ("dragoman_log", RATIO), "dragoman_spread"),
        ("Add", ("dragoman_spread", SHIFT), "dragoman_moved"),
        ("Exp", ("dragoman_moved",), "dragoman_hz"),
        ("Max", ("dragoman_hz", "dragoman_lowest"), "dragoman_above"),
        ("Min", ("dragoman_above", "dragoman_highest"), "dragoman_held"),
        ("Greater", (CURVE, "dragoman_voiced"), "dragoman_is_voiced"),
        ("Where", ("dragoman_is_voiced", "dragoman_held", CURVE), "dragoman_pitch"),
        ("Identity", (CURVE,), PITCH),
    )
    nodes = list(graph.node)
    for node in nodes:
        for place, name in enumerate(node.input):
            if name == CURVE:
                node.input[place] = "dragoman_pitch"
    behind = next(place for place, node in enumerate(nodes) if CURVE in node.output) + 1
    for place, (operation, inputs, output) in enumerate(steps):
        graph.node.insert(behind + place, helper.make_node(operation, inputs, [output], name=f"at_{output}"))
    for name in (RATIO, SHIFT):
        graph.input.append(helper.make_tensor_value_info(name, kind, [1]))
    graph.output.append(helper.make_tensor_value_info(PITCH, kind, None))


def session(model: Path, threads: int) -> Any:
    """The model, ready to run on so many cores. Raises `PackageError` without onnxruntime, `ModelError`."""
    remedy = "delete it and type: dragoman models fetch kokoro"
    return network(model, "tts.kokoro", extra="tts", remedy=remedy, threads=threads)
