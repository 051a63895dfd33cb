"""Sameness: whether two results of a node say the same. Pure: values in, the first difference in words out.

Knows payload kinds only by their parts: structs by their fields, arrays by shape and value, figures within a
tolerance, all else by `==`. Knows nothing of nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import msgspec
import numpy as np

from pipeline.clock import Ns
from pipeline.media import AudioFrame
from pipeline.packet import Packet

Said: TypeAlias = tuple[
    Any, Ns, Ns
]  # payload, start, end: what a packet says, whenever and wherever it was made

TOLERANCE = 1e-5  # of figures: 100 dB below full scale; sums of floats depend on their order
TIMES = ("start", "end", "until", "plays_at")  # fields that are stream time, in packets and inside payloads


def said(packets: Iterable[Packet[Any]]) -> list[Said]:
    """What packets say."""
    return [(packet.payload, packet.start, packet.end) for packet in packets]


def joined(items: Iterable[Said]) -> list[Said]:
    """The same with sound that follows without a gap put together, so that its cuts do not count."""
    runs: list[list[Said]] = []
    for item in items:
        follows = runs and isinstance(item[0], AudioFrame) and _follows(runs[-1][-1], item)
        runs[-1].append(item) if follows else runs.append([item])
    return [_as_one(run) if len(run) > 1 else run[0] for run in runs]


def _follows(before: Said, item: Said) -> bool:
    return isinstance(before[0], AudioFrame) and before[0].rate_hz == item[0].rate_hz and before[2] == item[1]


def _as_one(run: list[Said]) -> Said:
    return AudioFrame.joined([payload for payload, _, _ in run]), run[0][1], run[-1][2]


def shifted(value: Any, by: Ns) -> Any:
    """The same, `by` nanoseconds of stream time later: packets, and the times inside payloads."""
    if isinstance(value, tuple):
        return tuple(shifted(item, by) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    changed = {
        name: part + by if name in TIMES and isinstance(part, int) else shifted(part, by)
        for name, part in _fields(value).items()
    }
    return msgspec.structs.replace(value, **changed)


def difference(one: Any, other: Any, at: str = "") -> str | None:
    """Where and how two values differ first, as `place: this and that`; None when they say the same."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return _of_arrays(one, other, at)
    if isinstance(one, float | int) and isinstance(other, float | int):
        return None if _same_figure(one, other) else f"{at}: {one} and {other}"
    if type(one) is not type(other):
        return f"{at}: {type(one).__name__} and {type(other).__name__}"
    if isinstance(one, msgspec.Struct | Mapping):
        return _of_mappings(one, other, at)
    if isinstance(one, list | tuple):
        return _of_sequences(one, other, at)
    return None if one == other else f"{at}: {one!r} and {other!r}"


def _same_figure(one: float, other: float) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _of_arrays(one: Any, other: Any, at: str) -> str | None:
    if one.shape != other.shape or one.dtype != other.dtype:
        return f"{at}: {one.dtype} {one.shape} and {other.dtype} {other.shape}"
    far = np.abs(one.astype(np.float64) - other.astype(np.float64)) > TOLERANCE
    if not far.any():
        return None
    index = int(np.flatnonzero(far)[0])
    return f"{at}: value {index} is {one.flat[index]} and {other.flat[index]}"


def _of_mappings(one: Any, other: Any, at: str) -> str | None:
    if isinstance(one, msgspec.Struct):
        one, other = _fields(one), _fields(other)
    if one.keys() != other.keys():
        return f"{at}: {', '.join(one)} and {', '.join(other)}"
    found = (difference(one[key], other[key], f"{at}.{key}" if at else key) for key in one)
    return next((words for words in found if words), None)


def _of_sequences(one: Any, other: Any, at: str) -> str | None:
    found = (difference(a, b, f"{at}[{i}]") for i, (a, b) in enumerate(zip(one, other, strict=False)))
    words = next((words for words in found if words), None)
    if words is None and len(one) != len(other):
        return f"{at}: {len(one)} of them and {len(other)}"
    return words
