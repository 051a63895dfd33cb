"""Mouth activity: how likely it is that a mouth speaks, from how it moved a moment before and after.

How it works. Nine features over a window that reaches 300 ms back and 80 ms ahead, and a logistic regression. How far
a mouth is open says little, because people differ; how it *moves* carries over from one person to the next. Speeds are
brought to the 40 ms between pictures at which the weights were fitted: between two pictures farther apart a mouth
that speaks does not change in proportion, because it goes to and fro, so each speed has an exponent of its own
(measured between 12.5 and 30 pictures a second).

The weights were fitted on 40 clips of one speaker and 11 of ten others of the GRID corpus (Cooke et al. 2006, "An
audio-visual corpus for speech perception and automatic speech recognition").
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from nodes.vision._face import Pose, Signals
from pipeline.clock import SECOND, Ns, ms
from pipeline.media import Pixels

BACK = ms(300)
AHEAD = ms(80)
SLACK = ms(1)  # sources round their times
_APART = ms(250)  # pictures farther apart than this say nothing of movement
_STEP_S = 0.04  # s, between the pictures of the weights
_SLOWER = np.array([0.80, 0.57, 0.78])  # exponents of lips, picture, shapes
_LEAST = 1e-5  # added before the logarithm
_ENOUGH = 3  # pictures in a window that say something

# In the order of `_features`: deviation of aperture, jaw and width; speed of lips, picture and shapes; range of
# aperture (logarithms all seven); mean of jaw and aperture.
_MEAN = np.array([-4.7503, -3.9027, -5.0944, -5.8889, -2.5592, -3.7829, -3.6678, 0.1289, 0.0511])
_DEVIATION = np.array([2.0596, 1.7778, 1.0187, 1.1536, 0.6112, 1.5756, 2.0358, 0.1118, 0.0520])
_WEIGHT = np.array([0.0018, -0.5484, 0.3083, 0.7985, 2.1725, 0.9136, 0.1135, 0.0659, 0.9319])
_BIAS = -1.1993


class Speeds(msgspec.Struct, frozen=True):
    """How fast things changed since the picture before."""

    lips: float  # mean movement of the lip points, eye spans a second
    picture: float  # mean change of the crop, standard deviations a second
    shapes: float  # summed change of the blendshapes, a second
    head: float  # degrees a second

    def fitted(self, apart_s: float) -> NDArray[np.float64]:
        """The first three as they would be per picture at the rate of the weights; (3,)."""
        change = np.array([self.lips, self.picture, self.shapes]) * apart_s
        return np.asarray(change / (apart_s / _STEP_S) ** _SLOWER)


class Movement(msgspec.Struct, frozen=True):
    """What a window says of a mouth and its head."""

    activity: float  # 0 to 1
    lips: float  # eye spans a second, mean
    head: float  # degrees a second, mean
    enough: bool  # whether there are pictures enough to say so


class _Seen(msgspec.Struct, frozen=True, eq=False):
    at: Ns
    signals: Signals
    contrast: NDArray[np.float64]  # (96, 96): the crop, mean 0, deviation 1
    speeds: Speeds | None  # None: nothing was seen just before
    fitted: NDArray[np.float64] | None  # (3,)


class MouthActivity:
    """The mouth of one face, picture after picture."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque()

    def see(self, at: Ns, signals: Signals, crop: Pixels) -> None:
        """Take the face of the next picture."""
        contrast = crop.astype(np.float64)
        contrast = (contrast - contrast.mean()) / (contrast.std() + 1e-6)
        speeds = fitted = None
        if self._seen and at - self._seen[-1].at < _APART:
            apart_s = (at - self._seen[-1].at) / SECOND
            speeds = _speeds(self._seen[-1], signals, contrast, apart_s)
            fitted = speeds.fitted(apart_s)
        self._seen.append(_Seen(at, signals, contrast, speeds, fitted))
        while self._seen[0].at < at - 2 * (BACK + AHEAD):
            self._seen.popleft()

    def around(self, at: Ns) -> Movement:
        """What is said of `at` by the pictures before and just after it."""
        window = [seen for seen in self._seen if at - BACK + SLACK < seen.at < at + AHEAD + SLACK]
        moved = [seen for seen in window if seen.speeds is not None]
        if len(moved) < _ENOUGH:
            return Movement(0.0, 0.0, 0.0, False)
        score = (_features(window, moved) - _MEAN) / _DEVIATION @ _WEIGHT + _BIAS
        lips, head = (
            float(np.mean([getattr(seen.speeds, name) for seen in moved])) for name in ("lips", "head")
        )
        return Movement(float(1 / (1 + np.exp(-score))), lips, head, True)


def _speeds(before: _Seen, signals: Signals, contrast: NDArray[np.float64], apart_s: float) -> Speeds:
    lips = np.linalg.norm(signals.lips - before.signals.lips, axis=1).mean()
    picture = np.abs(contrast - before.contrast).mean()
    shapes = np.abs(signals.shapes - before.signals.shapes).sum()
    head = _turned(before.signals.pose, signals.pose)
    return Speeds(*(float(change) / apart_s for change in (lips, picture, shapes, head)))


def _turned(one: Pose, other: Pose) -> float:
    turns = [getattr(other, axis) - getattr(one, axis) for axis in ("yaw", "pitch", "roll")]
    return float(np.hypot.reduce([(turn + 180) % 360 - 180 for turn in turns]))


def _features(window: Sequence[_Seen], moved: Sequence[_Seen]) -> NDArray[np.float64]:
    """The nine features of a window; (9,)."""
    aperture = np.array([seen.signals.aperture for seen in window])
    width = np.array([seen.signals.width for seen in window])
    jaw = np.array([seen.signals.shapes[0] for seen in window])
    speeds = np.mean([seen.fitted for seen in moved if seen.fitted is not None], axis=0)
    moving = [aperture.std(), jaw.std(), width.std(), *speeds, np.ptp(aperture)]
    return np.array([*np.log(np.array(moving) + _LEAST), jaw.mean(), aperture.mean()])
