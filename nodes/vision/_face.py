"""A face in numbers: what its landmarks say about the mouth and the head. Pure.

Landmarks are those of MediaPipe's face mesh: 478 points with fixed indices. Lengths are in *eye spans*, the distance
between the outer corners of the eyes, so that they do not depend on how large a face is in the picture.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Box

Points: TypeAlias = NDArray[np.float64]

_OUTER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
_INNER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95]
LIPS = _OUTER + _INNER
_EYES = (33, 263)  # outer corners
_GAPS = ((13, 14), (82, 87), (312, 317))  # inner lips, upper and lower
_CORNERS = (61, 291)  # of the mouth
SHAPES = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLowerDownLeft",
    "mouthUpperUpLeft",
    "mouthStretchLeft",
    "mouthSmileLeft",
)
_EYES_TO_MOUTH = 1.28  # eye spans in the distance from eyes to mouth, of a face seen from the front


class Pose(msgspec.Struct, frozen=True):
    """How a head is turned; degrees. A positive yaw is to the left of the picture, a positive pitch is down."""

    yaw: float
    pitch: float
    roll: float


class Signals(msgspec.Struct, frozen=True, eq=False):
    """What one picture says about one face."""

    aperture: float  # of the inner lips, eye spans
    width: float  # of the mouth, eye spans
    shapes: NDArray[np.float64]  # (8,) blendshapes of the mouth, 0 to 1, in the order of SHAPES
    lips: Points  # (40, 2), their shape in eye spans: upright and centred, so it is still when only the head moves
    pose: Pose


def in_pixels(landmarks: Any, width: int, height: int) -> Points:
    """Landmarks of a detector (0 to 1 of the picture) as (n, 2) float64, pixels."""
    return np.array([(point.x, point.y) for point in landmarks]) * (width, height)


def box_of(points: Points, width: int, height: int) -> Box:
    """The rectangle around points in pixels, cut to the picture."""
    low = np.clip(points.min(axis=0) / (width, height), 0, 1)
    high = np.clip(points.max(axis=0) / (width, height), 0, 1)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def eye_span(points: Points) -> float:
    """Distance between the outer corners of the eyes, in the unit of `points`; never 0."""
    return max(_distance(points, *_EYES), 1e-6)


def eye_line(points: Points) -> tuple[float, float]:
    """Angle of the line of the eyes in radians, and the length that stands for the size of the face.

    That length is the eye span, or what the distance from eyes to mouth stands for where that is more: a head that
    turns aside has short eye spans, and one that nods has short distances to the mouth, but it stays as large.
    """
    across = points[_EYES[1]] - points[_EYES[0]]
    down = points[LIPS].mean(axis=0) - points[list(_EYES)].mean(axis=0)
    size = max(float(np.hypot(*across)), _EYES_TO_MOUTH * float(np.hypot(*down)), 1e-6)
    return float(np.arctan2(across[1], across[0])), size


def signals(points: Points, shapes: Any, matrix: NDArray[np.float64]) -> Signals:
    """The signals of a face: its landmarks in pixels, its blendshapes, and the 4x4 matrix of its pose."""
    span = eye_span(points)
    found = {shape.category_name: shape.score for shape in shapes}
    return Signals(
        aperture=float(np.mean([_distance(points, *gap) for gap in _GAPS])) / span,
        width=_distance(points, *_CORNERS) / span,
        shapes=np.array([found[name] for name in SHAPES]),
        lips=_shape_of_lips(points, span),
        pose=pose(matrix),
    )


def pose(matrix: NDArray[np.float64]) -> Pose:
    """Yaw, pitch and roll of a rotation matrix, (3, 3) or more."""
    yaw = np.degrees(np.arctan2(matrix[0, 2], matrix[2, 2]))
    pitch = np.degrees(np.arcsin(np.clip(-matrix[1, 2], -1, 1)))
    roll = np.degrees(np.arctan2(matrix[1, 0], matrix[1, 1]))
    return Pose(float(yaw), float(pitch), float(roll))


def _shape_of_lips(points: Points, span: float) -> Points:
    """Lip points around their centre, turned upright, in eye spans; (40, 2)."""
    across = points[_EYES[1]] - points[_EYES[0]]
    angle = np.arctan2(across[1], across[0])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    lips: Points = points[LIPS]
    return np.asarray((lips - lips.mean(axis=0)) @ turn.T / span)


def _distance(points: Points, one: int, other: int) -> float:
    return float(np.hypot(*(points[one] - points[other])))
