"""Speech with a wider or narrower melody: its pitch farther from its middle or nearer to it. Pure; no state.

Decides: where the periods of a voice begin, and where they stand in the result. Length, formants, and all that is not
voiced stay as they are. No kept library with a licence and wheels that fit does this, so it is done here.

How it works. Within each voiced run, marks are set a period apart, each where the sound is most like that around the
mark before. For the result, marks are walked anew with periods divided by the wanted ratio; at each of them stands the
piece of two periods around the nearest old mark, under a window, and the sum is divided by that of the windows. At
both ends of a run the old sound is faded into the new over a period.
Source: Moulines and Charpentier 1990, "Pitch-synchronous waveform processing techniques for text-to-speech synthesis
using diphones", section 3 (TD-PSOLA).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Floats, Samples

WIDEST = 1.6  # times the melody, and its inverse: beyond, voices sound made
_RATIO = 1.35  # of the pitch at any moment, and its inverse
_SHORTEST = 4  # values of the curve: a shorter voiced run stays as it is
_SEARCH = 0.15  # of a period: how far the next mark may stand from where it is expected
_STEP_HZ = 1.2  # ratio of neighbouring values from which the detector has lost the voice


def widened(samples: Samples, rate_hz: int, hz: Floats, hop_s: float, factor: float) -> Samples:
    """Speech whose melody is `factor` times as wide around its median, (n,) float32, as long as it was.

    `samples`: (n,) float32, full scale ±1.0; `hz`: its pitch every `hop_s` seconds from sample 0 on, 0 where it is not
    voiced. Raises `ValueError` for a factor beyond WIDEST or its inverse.
    """
    if not 1 / WIDEST <= factor <= WIDEST:
        raise ValueError(f"factor {factor:g} is out of range; give {1 / WIDEST:g} to {WIDEST:g}")
    made = samples.astype(np.float32, copy=True)
    if not (hz > 0).any():
        return made
    middle = float(np.median(hz[hz > 0]))
    for first, last in _runs(hz):
        at = np.arange(first, last, dtype=np.float64) * hop_s * rate_hz  # (m,) samples
        voiced = _Voiced(at, (rate_hz / hz[first:last]).astype(np.float64), rate_hz / middle, factor)
        marks = _marks(samples, voiced, int(at[0]), min(int(at[-1]), len(samples) - 1))
        if len(marks) >= 4:
            _lay(samples, made, marks, voiced)
    return made


class _Voiced:
    """A voiced run: at any sample of it, the length of a period and how much higher it is to be."""

    def __init__(
        self, at: NDArray[np.float64], periods: NDArray[np.float64], middle: float, factor: float
    ) -> None:
        self._at, self._periods = at, periods  # (m,) samples
        self._ratios = np.clip((middle / periods) ** (factor - 1), 1 / _RATIO, _RATIO)  # (m,)

    def period(self, sample: float) -> float:
        """Samples."""
        return float(np.interp(sample, self._at, self._periods))

    def ratio(self, sample: float) -> float:
        """Of the pitch wanted to the pitch that is there."""
        return float(np.interp(sample, self._at, self._ratios))


def _runs(hz: Floats) -> Iterator[tuple[int, int]]:
    """Stretches of the curve, (first, last + 1), that are voiced and go on without a jump."""
    first = 0
    for index in range(1, len(hz) + 1):
        before, now = hz[index - 1], hz[index] if index < len(hz) else 0
        if now > 0 and before > 0 and 1 / _STEP_HZ < now / before < _STEP_HZ:
            continue
        if before > 0 and index - first >= _SHORTEST:
            yield first, index
        first = index


def _marks(samples: Samples, voiced: _Voiced, first: int, last: int) -> list[int]:
    """Samples a period apart, each where the sound is most like that around the one before."""
    begin = int(voiced.period(first))
    reach = samples[first : first + begin]
    if not len(reach):
        return []
    marks = [first + int(np.abs(reach).argmax())]
    while True:
        at = marks[-1]
        period = voiced.period(at)
        half, slack = int(period / 2), max(1, int(_SEARCH * period))
        low = at + round(period) - slack
        if low + 2 * slack >= last or at < half or low + 2 * slack + half >= len(samples):
            return marks
        shape = samples[at - half : at + half]  # (2 * half,)
        around = np.lib.stride_tricks.sliding_window_view(
            samples[low - half : low + 2 * slack + half], 2 * half
        )
        power = np.einsum("ij,ij->i", around, around)
        alike = around @ shape / np.sqrt(power + 1e-9)  # (2 * slack + 1,)
        marks.append(low + int(alike.argmax()))


def _lay(samples: Samples, made: Samples, marks: list[int], voiced: _Voiced) -> None:
    """Write a run anew, between its first and its last mark."""
    first, last = marks[0], marks[-1]
    lengths = np.diff([2 * marks[0] - marks[1], *marks, 2 * marks[-1] - marks[-2]])  # (len(marks) + 1,)
    total = np.zeros(last - first, np.float64)
    weight = np.zeros(last - first, np.float64)
    at = float(first)
    old = np.asarray(marks)
    while at <= last:
        index = int(np.abs(old - at).argmin())
        left, right = int(lengths[index]), int(lengths[index + 1])
        _add(total, weight, samples, old[index], round(at) - first, left, right)
        at += max(1.0, right / voiced.ratio(at))
    new = np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), samples[first:last])
    fade = min(int(lengths[0]), int(lengths[-1]), len(new) // 2)
    share = np.ones(len(new))
    share[:fade] = 0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    share[len(new) - fade :] = share[:fade][::-1]
    made[first:last] = (share * new + (1 - share) * samples[first:last]).astype(np.float32)


def _add(  # noqa: PLR0917 - a copy has a source and a target
    total: NDArray[np.float64],
    weight: NDArray[np.float64],
    samples: Samples,
    source: int,
    target: int,
    left: int,
    right: int,
) -> None:
    """Add two periods around `source` at `target`, under a window that is 1 there and 0 at both ends."""
    rise, fall = np.arange(left) / left, 1 - np.arange(right) / right
    window = 0.5 - 0.5 * np.cos(np.pi * np.concatenate([rise, fall]))
    begin = max(0, left - target, left - source)
    end = min(left + right, len(total) - target + left, len(samples) - source + left)
    if begin >= end:
        return
    piece = samples[source - left + begin : source - left + end]
    total[target - left + begin : target - left + end] += window[begin:end] * piece
    weight[target - left + begin : target - left + end] += window[begin:end]
