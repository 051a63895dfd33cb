"""A hand in numbers: which fingers are stretched, where it points, what sign it makes. Pure.

Landmarks are those of MediaPipe: 21 points; 0 is the wrist, 1 to 4 the thumb, then four for each finger, knuckle to tip.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Box, Hand

Points: TypeAlias = NDArray[np.float64]

SHAPES = {  # labels of the model to names
    "Thumb_Up": "thumb_up",
    "Thumb_Down": "thumb_down",
    "Open_Palm": "open_palm",
    "Closed_Fist": "fist",
    "Victory": "victory",
    "Pointing_Up": "pointing_up",
    "ILoveYou": "i_love_you",
}
_WRIST, _INDEX_KNUCKLE, _MIDDLE_KNUCKLE, _LITTLE_KNUCKLE = 0, 5, 9, 17
_THUMB_TIP, _INDEX_TIP, _MIDDLE_TIP = 4, 8, 12
_FINGERS = (5, 9, 13, 17)  # knuckles of the four fingers
_STRAIGHT_THUMB, _STRAIGHT_FINGER = 150.0, 140.0  # degrees at the joints
_SPREAD_THUMB = 0.95  # distance of its tip from the palm, in widths of the palm


def stretched(world: Points) -> tuple[bool, bool, bool, bool, bool]:
    """Which fingers are stretched, thumb first; `world` is (21, 3), metres, however the hand is turned."""
    thumb = min(_angle(world, 1, 2, 3), _angle(world, 2, 3, 4)) > _STRAIGHT_THUMB
    palm = _apart(world, _INDEX_KNUCKLE, _LITTLE_KNUCKLE)
    spread = _apart(world, _THUMB_TIP, _MIDDLE_KNUCKLE) > _SPREAD_THUMB * palm
    one, two, three, four = (
        _angle(world, knuckle, knuckle + 1, knuckle + 3) > _STRAIGHT_FINGER
        and _apart(world, knuckle + 3, _WRIST) > _apart(world, knuckle + 1, _WRIST)
        for knuckle in _FINGERS
    )
    return thumb and spread, one, two, three, four


def hand_in(found: Any, index: int, threshold: float, aspect: float) -> Hand:
    """The hand with that index in a result of the gesture recogniser.

    threshold: score from which a shape counts; aspect: width of the picture in heights of it.
    """
    label = found.gestures[index][0]
    shape = SHAPES.get(label.category_name or "", "")
    points = np.array([(point.x, point.y) for point in found.hand_landmarks[index]])  # (21, 2), 0 to 1
    world = np.array([(point.x, point.y, point.z) for point in found.hand_world_landmarks[index]])
    fingers = stretched(world)
    low, high = np.clip(points.min(axis=0), 0, 1), np.clip(points.max(axis=0), 0, 1)
    if shape == "victory" and sum(fingers) != 2:
        shape = ""  # a three of thumb, index and middle finger looks like it to the model
    return Hand(
        side=found.handedness[index][0].category_name.lower(),
        box=Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        shape=shape if label.score >= threshold else "",
        score=float(label.score) if shape else 0.0,
        fingers=sum(fingers) if any(fingers[1:]) else 0,  # a fist may seem to have a thumb
        tip=(float(points[_INDEX_TIP, 0]), float(points[_INDEX_TIP, 1])),
        towards=_towards(points, aspect) if fingers[1] and not any(fingers[2:]) else None,
    )


def swing(found: Any, index: int, aspect: float) -> float | None:
    """Where a raised hand is across the picture, in palms: what a wave moves. None for a hand that is not open."""
    world = np.array([(point.x, point.y, point.z) for point in found.hand_world_landmarks[index]])
    if sum(stretched(world)) < 4:
        return None
    points = np.array([(point.x * aspect, point.y) for point in found.hand_landmarks[index]])
    palm = max(_apart(points, _WRIST, _MIDDLE_KNUCKLE), 1e-6)
    return float((points[_MIDDLE_TIP, 0] + points[_WRIST, 0]) / 2 / palm)


def sign(hand: Hand) -> str:
    """The name of what a hand shows; empty where it shows nothing."""
    if hand.shape:
        return hand.shape
    if hand.towards is not None:
        return "pointing"
    return "count" if hand.fingers >= 2 and _raised(hand) else ""


def _raised(hand: Hand) -> bool:
    """Whether fingers are up, as when one shows a number; hands at rest hang or lie."""
    return hand.tip[1] < hand.box.top + 0.4 * (hand.box.bottom - hand.box.top)


def _towards(points: Points, aspect: float) -> tuple[float, float]:
    across, down = (points[_INDEX_TIP] - points[_INDEX_KNUCKLE]) * (aspect, 1)
    length = max(float(np.hypot(across, down)), 1e-6)
    return float(across / length), float(down / length)


def _angle(points: Points, one: int, joint: int, other: int) -> float:
    """Degrees at a joint; 180 is straight."""
    to_one, to_other = points[one] - points[joint], points[other] - points[joint]
    size = max(float(np.linalg.norm(to_one) * np.linalg.norm(to_other)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(to_one @ to_other / size, -1, 1))))


def _apart(points: Points, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))
