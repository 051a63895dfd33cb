"""The mouth crop: a small upright picture of the mouth, as audio-visual recognisers take it.

Rotation and size come from eyes and mouth together, the centre from the lips; all three are smoothed over time,
because landmarks tremble by a pixel and recognisers see that as movement.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nodes.vision._face import LIPS, Points, eye_line
from pipeline.media import Pixels

SIZE = 96  # pixels, both ways
_FACE = 92.0  # pixels in the crop for the size of a face; the mouth then fills half of the width
_CENTRE, _SCALE, _ANGLE = 0.5, 0.2, 0.4  # share of the new value in the smoothed one
_FINEST = 6
_JUMP = 40.0  # pixels of the crop: farther away it is a new place, not a movement


class MouthCrop:
    """Crops of one face, one after another."""

    def __init__(self, cv2: Any) -> None:
        self._cv2 = cv2
        self._centre: Points | None = None
        self._scale = 1.0
        self._angle = 0.0

    def __call__(self, pixels: Pixels, points: Points) -> Pixels:
        """The mouth of `points` (in pixels of that picture) as (96, 96) uint8, gray."""
        self._follow(points)
        cv2 = self._cv2
        times = int(
            np.clip(round(1 / self._scale), 1, _FINEST)
        )  # a large face is first cut out finely, then averaged
        scale, size = self._scale * times, SIZE * times
        cos, sin = np.cos(self._angle) * scale, np.sin(self._angle) * scale
        turn = np.array([[cos, sin], [-sin, cos]])
        shift = np.array([size / 2, size / 2]) - turn @ self._centre
        colour = cv2.warpAffine(pixels, np.column_stack([turn, shift]), (size, size))
        gray = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
        return np.asarray(
            gray if times == 1 else cv2.resize(gray, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        )

    def _follow(self, points: Points) -> None:
        centre = points[LIPS].mean(axis=0)
        angle, size = eye_line(points)
        scale = _FACE / size
        if self._centre is None or float(np.hypot(*(centre - self._centre))) * scale > _JUMP:
            self._centre, self._scale, self._angle = centre, scale, angle
            return
        self._centre = _CENTRE * centre + (1 - _CENTRE) * self._centre
        self._scale = _SCALE * scale + (1 - _SCALE) * self._scale
        self._angle += _ANGLE * float((angle - self._angle + np.pi) % (2 * np.pi) - np.pi)
