"""Gestures in real pictures: the seven shapes, numbers, pointing; and none where there is none."""

from pathlib import Path

import numpy as np
import pytest

from nodes.vision._gesture_bundle import bundle
from nodes.vision.gesture import GestureRecogniser
from nodes.vision.lips import Lips
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import ModelError
from pipeline.media import Gesture, Pixels
from pipeline.testing import Outcome, feed, pictures
from tests.media import need_model
from tests.nodes.vision.seen import picture, shown, video

pytestmark = [pytest.mark.model, pytest.mark.media]


@pytest.fixture(autouse=True, scope="module")
def model() -> Path:
    return need_model("mediapipe-hand")


def begun(outcome: Outcome) -> list[Gesture]:
    return [p.payload for p in outcome.gesture if not p.payload.over]


@pytest.mark.parametrize(
    ("name", "gesture"),
    [
        ("hagrid_chart/like.jpg", "thumb_up"),
        ("hagrid_chart/dislike.jpg", "thumb_down"),
        ("hagrid_chart/palm.jpg", "open_palm"),
        ("hagrid_chart/fist.jpg", "fist"),
        ("hagrid_chart/peace.jpg", "victory"),
        ("hagrid_chart/one.jpg", "pointing_up"),
    ],
)
def test_a_shape_that_is_held_is_told_with_its_start_and_its_end(name: str, gesture: str) -> None:
    hand = picture(name)
    outcome = feed(GestureRecogniser(), pictures([hand] * 10 + [np.zeros_like(hand)] * 10, 8))
    first, last = [packet.payload for packet in outcome.gesture]
    assert (first.name, first.over, last.name, last.over) == (gesture, False, gesture, True)
    assert first.start == last.start <= seconds(0.3)
    assert seconds(0.9) <= last.end <= seconds(1.5)


@pytest.mark.parametrize("name", ["ok", "heart", "timeout", "grip", "peace_inverted"])
def test_a_shape_that_is_not_known_is_none_of_the_seven(name: str) -> None:
    told = begun(feed(GestureRecogniser(), shown(picture(f"hagrid_chart/{name}.jpg"))))
    assert {gesture.name for gesture in told} <= {"count", "pointing"}


def test_a_shape_for_a_moment_is_no_gesture() -> None:
    hand = picture("hagrid_chart/like.jpg")
    frames = [hand] * 2 + [np.zeros_like(hand)] * 8
    assert feed(GestureRecogniser(), pictures(frames, 8)).gesture == []


@pytest.mark.parametrize(("name", "count"), [("3_IMG_4439", 3), ("4_IMG_1326", 4), ("5_IMG_4451", 5)])
def test_fingers_are_counted(name: str, count: int) -> None:
    outcome = feed(GestureRecogniser(), shown(picture(f"{name}.JPG")))
    [gesture] = begun(outcome)
    assert gesture.count == count
    assert outcome.hands[-1].payload.hands[0].fingers == count


def test_a_finger_points_from_where_it_is() -> None:
    up = picture("hagrid_chart/one.jpg")
    for pixels, towards in ((up, (0, -1)), (np.rot90(up, 3), (1, 0))):
        hands = feed(GestureRecogniser(), shown(np.ascontiguousarray(pixels))).hands
        [hand] = hands[-1].payload.hands
        assert hand.towards is not None
        assert np.dot(hand.towards, towards) > 0.8


def test_a_hand_that_swings_waves() -> None:
    told = begun(feed(GestureRecogniser(fps=0), pictures(swung(picture("hagrid_chart/palm.jpg")), 15)))
    assert "wave" in {gesture.name for gesture in told}


def swung(hand: Pixels) -> list[Pixels]:
    """A raised hand that swings about the elbow by 20 degrees, once a second, for three seconds."""
    cv2 = pytest.importorskip("cv2")
    small = cv2.copyMakeBorder(cv2.resize(hand, (240, 240)), 60, 60, 120, 120, cv2.BORDER_REPLICATE)
    angles = 20 * np.sin(2 * np.pi * np.arange(45) / 15)
    turns = [cv2.getRotationMatrix2D((240, 500), angle, 1) for angle in angles]
    return [cv2.warpAffine(small, turn, (480, 360), borderMode=cv2.BORDER_REPLICATE) for turn in turns]


def test_who_talks_makes_no_gesture() -> None:
    packets = video("open_dubbing_englishvideo.mp4", 4)
    assert feed(GestureRecogniser(), packets, feed(Lips(), packets).faces).gesture == []


def test_a_bundle_without_the_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a bundle with the parts"):
        bundle(b"nothing")
    (tmp_path / "operations.task").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"operations\.task: cannot be loaded .*fetch it again"):
        feed(GestureRecogniser(model=str(tmp_path)), [])


def test_the_bundle_is_the_same_whenever_it_is_made(model: Path) -> None:
    pytest.importorskip("mediapipe")
    parts = (model / "operations.task").read_bytes()
    assert bundle(parts) == bundle(parts)


def test_a_bundle_of_the_publisher_in_a_folder_of_ones_own_is_taken(model: Path, tmp_path: Path) -> None:
    pytest.importorskip("mediapipe")
    (tmp_path / "gesture_recognizer.task").write_bytes(bundle((model / "operations.task").read_bytes()))
    told = feed(GestureRecogniser(model=str(tmp_path)), shown(picture("hagrid_chart/like.jpg"))).gesture
    assert told[0].payload.name == "thumb_up"


def test_it_keeps_the_promises_of_a_node_on_a_real_hand() -> None:
    hand = picture("hagrid_chart/like.jpg")
    check_node(GestureRecogniser, shown(hand, 1.5), [])
