"""Faces and mouths in real video; nothing of it stops for a picture that cannot be looked at."""

from pathlib import Path

import numpy as np
import pytest

from nodes.vision.lips import Lips
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import ModelError, PackageError, SettingsError
from pipeline.media import Face, Faces
from pipeline.packet import Packet
from pipeline.settings import build
from pipeline.testing import Outcome, feed, pictures
from tests.media import need_model
from tests.nodes.vision.seen import picture, shown, video

pytestmark = [pytest.mark.model, pytest.mark.media]


@pytest.fixture(autouse=True, scope="module")
def model() -> Path:
    return need_model("mediapipe-face")


@pytest.fixture(scope="module")
def spoken() -> Outcome:
    """`bin blue at l nine again`, spoken from 0.7 s to 2.0 s of three seconds."""
    return feed(Lips(), video("bbal9a.mpg", 3.0))


def face_at(told: list[Packet[Faces]], at_s: float) -> Face:
    packet = max((p for p in told if p.start <= seconds(at_s)), key=lambda p: p.start)
    [face] = packet.payload.faces
    return face


def test_a_mouth_is_active_where_there_are_words(spoken: Outcome) -> None:
    assert all(face_at(spoken.faces, at).activity > 0.5 for at in (0.9, 1.2, 1.5, 1.8))
    assert all(face_at(spoken.faces, at).activity < 0.2 for at in (0.3, 2.6, 2.8))
    assert face_at(spoken.faces, 1.2).movement > 3 * face_at(spoken.faces, 2.6).movement


def test_one_person_keeps_one_number_and_is_reliable(spoken: Outcome) -> None:
    assert {face.id for p in spoken.faces for face in p.payload.faces} == {1}
    assert all(face_at(spoken.faces, at).reliable for at in (0.5, 1.5, 2.5))


def test_half_of_the_pictures_are_looked_at_and_times_are_their_own(spoken: Outcome) -> None:
    assert [p.start for p in spoken.faces[:3]] == [0, seconds(0.08), seconds(0.16)]
    assert len(spoken.faces) == 38


def test_the_crop_shows_the_mouth_at_one_size(spoken: Outcome) -> None:
    crops = np.array([p.payload.faces[0].crop for p in spoken.faces])
    assert crops.shape[1:] == (96, 96)
    assert crops.dtype == np.uint8
    change = np.abs(np.diff(crops.astype(float), axis=0)).mean(axis=0)
    assert change[34:62, 24:72].mean() > 2 * change[:20].mean()  # what moves is in the middle


def test_a_picture_whose_rows_have_gaps_is_seen_as_it_is() -> None:
    whole = video("bbal9a.mpg", 0.4)
    padded = [np.zeros((288, 368, 3), np.uint8)[:, :360] for _ in whole]
    for room, packet in zip(padded, whole, strict=True):
        room[:] = packet.payload.pixels
    assert all(p.payload.faces for p in feed(Lips(), pictures(padded)).faces)


def test_two_faces_keep_their_numbers_when_they_change_their_order() -> None:
    one, other = video("bbal9a.mpg", 0.8), video("sria9a.mpg", 0.8)
    beside = [np.hstack([a.payload.pixels, b.payload.pixels]) for a, b in zip(one, other, strict=True)]
    told = feed(Lips(), pictures(beside)).faces
    where = [{face.id: face.box.left for face in p.payload.faces} for p in told]
    assert all(set(found) == {1, 2} for found in where)
    assert all(abs(found[1] - where[0][1]) < 0.1 for found in where)


def test_a_tiny_face_is_seen_but_not_trusted() -> None:
    children = picture("two_children_faces.jpeg")
    told = feed(Lips(min_eyes_px=500), shown(children)).faces
    assert told[-1].payload.faces
    assert not any(face.reliable for p in told for face in p.payload.faces)


def test_a_still_face_says_nothing_at_first_and_then_is_at_rest() -> None:
    told = feed(Lips(), shown(picture("business-person.png"), 1.0, 12.5)).faces
    first, last = told[0].payload.faces[0], told[-1].payload.faces[0]
    assert (first.reliable, last.reliable) == (False, True)
    assert last.activity < 0.1


@pytest.mark.parametrize("size", [(1, 1), (2, 3000), (4320, 7680)])
def test_pictures_of_any_size_without_a_face_give_no_face(size: tuple[int, int]) -> None:
    told = feed(Lips(fps=0), pictures([np.zeros((*size, 3), np.uint8)] * 2)).faces
    assert [p.payload.faces for p in told] == [(), ()]


def test_any_rate_and_a_gap_are_no_error() -> None:
    frames = [packet.payload.pixels for packet in video("bbal9a.mpg", 0.8)]
    fast, slow = pictures(frames, 120), pictures(frames[::5], 5)
    late = [Packet(p.payload, p.start + seconds(60), p.end + seconds(60), lost=1) for p in slow]
    assert len(feed(Lips(), fast).faces) == 2
    assert len(feed(Lips(), [*slow, *late]).faces) == 8


def test_a_folder_without_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"face_landmarker\.task: .*give a folder with face_landmarker\.task"
    ):
        feed(Lips(model=str(tmp_path)), [])


def test_a_broken_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "face_landmarker.task").write_bytes(b"no bundle" * 100)
    with pytest.raises(ModelError, match=r"cannot be loaded .*fetch it again"):
        feed(Lips(model=str(tmp_path)), [])


def test_missing_libraries_are_named_and_the_rest_can_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(options: object) -> None:
        raise OSError("libGLESv2.so.2: cannot open shared object file: No such file or directory")

    from mediapipe.tasks.python import vision

    monkeypatch.setattr(vision.FaceLandmarker, "create_from_options", fails)
    with pytest.raises(
        PackageError, match=r"libGLESv2\.so\.2 is missing; type: apt-get install libegl1 libgles2"
    ):
        feed(Lips(), [])
    assert feed(Lips(required=False), shown(np.zeros((48, 64, 3), np.uint8))).faces == []
    assert "going on without it" in caplog.text


def test_a_setting_out_of_range_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'faces_at_most' is 11.*from 1 to 10"):
        build(Lips, {"faces_at_most": 11})


def test_it_keeps_the_promises_of_a_node_on_a_real_face() -> None:
    check_node(Lips, video("bbal9a.mpg", 1.2))
