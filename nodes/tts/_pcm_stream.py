"""Bytes of 16-bit mono PCM, with or without the header of a WAV file, as samples while they come. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from pipeline.media import Samples

HEAD = 1 << 16  # bytes within which the samples of a WAV file begin
PCM, EXTENSIBLE = 1, 0xFFFE  # formats of WAV


def samples_of(chunks: Iterable[bytes], rate_hz: int) -> Iterator[Samples]:
    """(n,) float32 for each chunk, full scale ±1.0.

    Raises `ValueError` for a WAV file of another rate or form than 16-bit mono at `rate_hz`.
    """
    rest = iter(chunks)
    first = _enough(rest, 12)
    odd = b""
    for data in chain([_headless(first, rest, rate_hz) if first[:4] == b"RIFF" else first], rest):
        whole = odd + data
        even = len(whole) // 2 * 2
        odd = whole[even:]
        if even:
            yield np.frombuffer(whole[:even], "<i2").astype(np.float32) / np.float32(32768)


def _enough(rest: Iterator[bytes], count: int) -> bytes:
    """At least so many bytes, or all that come."""
    data = b""
    while len(data) < count and (more := next(rest, b"")):
        data += more
    return data


def _headless(data: bytes, rest: Iterator[bytes], rate_hz: int) -> bytes:
    """What stands behind the header of a WAV file (RIFF chunks up to `data`)."""
    at, form = 12, (0, 0, 0, 0)
    while at < HEAD:
        data += _enough(rest, at + 8 - len(data))
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"data":
            _check(form, rate_hz)
            return data[at + 8 :]
        data += _enough(rest, at + 8 + min(size, HEAD) - len(data))
        if name == b"fmt " and len(data) >= at + 24:
            kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
            form = (kind, channels, rate, bits)
        elif len(data) < at + 8:
            break
        at += 8 + size + size % 2
    raise ValueError("its WAV file has no samples")


def _check(form: tuple[int, int, int, int], rate_hz: int) -> None:
    kind, channels, rate, bits = form
    if kind not in (PCM, EXTENSIBLE) or channels != 1 or bits != 16:
        raise ValueError(
            f"its WAV file has format {kind}, {channels} channels and {bits} bits, not 16-bit mono PCM"
        )
    if rate != rate_hz:
        raise ValueError(f"its WAV file has {rate} Hz; set rate_hz to {rate}")
