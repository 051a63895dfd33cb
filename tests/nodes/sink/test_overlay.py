"""What the eyes saw is drawn where they saw it, and each mark can be switched off."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import av
import numpy as np
import pytest

from nodes.sink._letters import Letters
from nodes.sink._overlay import Mark, Overlay
from nodes.sink._sight import Scene, Sight
from nodes.sink.video import DubbedVideo
from nodes.vision.lips import Lips
from pipeline.clock import Ns, ms, seconds
from pipeline.media import (
    ActiveSpeaker,
    Box,
    Face,
    Faces,
    Gesture,
    Hand,
    Hands,
    Pixels,
    ScreenText,
    Text,
    VideoFrame,
    Word,
)
from pipeline.packet import Packet
from pipeline.testing import feed, pictures, text, words
from tests.media import need_model
from tests.nodes.vision.seen import video

pytest.importorskip("PIL", reason="Pillow is not installed: pip install 'dragoman[vision]'")

MARKS: tuple[Mark, ...] = get_args(Mark)
FACE = Face(
    id=1,
    box=Box(0.1, 0.1, 0.3, 0.5),
    mouth=Box(0.15, 0.35, 0.25, 0.4),
    crop=np.zeros((96, 96), np.uint8),
    aperture=0.1,
    movement=0.5,
    activity=0.9,
    yaw=0,
    pitch=0,
    roll=0,
    reliable=True,
)
HAND = Hand("left", Box(0.6, 0.1, 0.8, 0.5), "", 0, 1, (0.7, 0.1), (0.0, 1.0))
POINTS = Gesture("pointing", "left", 0, seconds(9), False)
LINE = ScreenText(1, "Manette", Box(0.5, 0.6, 0.9, 0.7), "en", 0.9, 0, seconds(9), False)
SCENE = Scene((FACE,), 1, (HAND,), (POINTS,), (LINE,), ("It was the best of times,",))


def sheet(height: int = 360, width: int = 640) -> Pixels:
    return np.full((height, width, 3), 128, np.uint8)


def drawn(scene: Scene, *marks: Mark, on: Pixels | None = None) -> Pixels:
    return Overlay(frozenset(marks), "a test").draw(sheet() if on is None else on, scene)


def changed(one: Pixels, other: Pixels) -> Any:
    """Where two pictures differ; (height, width) bool."""
    return np.any(one != other, axis=2)


@pytest.mark.parametrize("mark", MARKS)
def test_each_mark_is_drawn_and_switched_by_itself(mark: Mark) -> None:
    alone = changed(drawn(SCENE, mark), sheet())
    others = changed(drawn(SCENE, *(other for other in MARKS if other != mark)), sheet())
    assert alone.any()
    assert (alone & ~others).any()
    assert not changed(drawn(Scene(), mark), sheet()).any()


def test_a_mouth_is_green_while_it_speaks_and_gray_where_that_is_not_sure() -> None:
    row, column = round(0.35 * 360), round(0.2 * 640)
    speaks = drawn(SCENE, "mouths")[row, column].astype(int)
    assert speaks[1] > 2 * speaks[0]
    unsure = Face(**{name: getattr(FACE, name) for name in Face.__struct_fields__} | {"reliable": False})
    assert len(set(drawn(Scene((unsure,)), "mouths")[row, column].tolist())) == 1


def test_the_picture_that_came_in_is_left_alone() -> None:
    before = sheet()
    drawn(SCENE, *MARKS, on=before)
    np.testing.assert_array_equal(before, sheet())


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (40, 3), (36, 64)])
def test_a_tiny_picture_is_drawn_as_far_as_it_goes(size: tuple[int, int]) -> None:
    assert drawn(SCENE, *MARKS, on=sheet(*size)).shape == (*size, 3)


def test_letters_of_arabic_are_joined_and_indic_signs_put_together() -> None:
    features = pytest.importorskip("PIL.features")
    if not features.check("raqm"):
        pytest.skip("libfribidi is not installed: apt-get install libfribidi0")
    letters = Letters("a test")
    for word in ("سلام", "क्षत्रिय"):
        apart = sum(letters.mask(letter, 40).shape[1] - 20 for letter in word)
        assert letters.mask(word, 40).shape[1] - 20 < 0.9 * apart


def test_a_script_without_a_font_is_told_once_and_drawn_as_boxes(caplog: pytest.LogCaptureFixture) -> None:
    letters = Letters("sink.video")
    with caplog.at_level(logging.WARNING):
        masks = [letters.mask(f"\U000f1234{number}", 20) for number in range(3)]
    assert all(mask.any() for mask in masks)
    assert (
        caplog.text.count("no font of this machine has Unknown letters; install one (Debian: fonts-noto") == 1
    )


def told(payload: Any, at: Ns) -> Packet[Any]:
    return Packet(payload, at, at + ms(40))


def test_faces_and_hands_are_seen_for_as_long_as_their_pictures_are_fresh() -> None:
    sight = Sight()
    for packet in (told(Faces((FACE,)), seconds(1)), told(Hands((HAND,)), seconds(1))):
        sight.see(packet)
    assert sight.at(ms(900)) == Scene()
    assert sight.at(ms(1300)) == Scene(faces=(FACE,), hands=(HAND,))
    assert sight.at(ms(1301)) == Scene()


@pytest.mark.parametrize("what", [POINTS, LINE], ids=["gesture", "text"])
def test_what_has_a_beginning_and_an_end_is_seen_between_them(what: Gesture | ScreenText) -> None:
    def at(start_s: float, end_s: float, over: bool) -> Any:
        fields = {name: getattr(what, name) for name in what.__struct_fields__}
        return type(what)(**fields | {"start": seconds(start_s), "end": seconds(end_s), "over": over})

    sight = Sight()
    sight.see(told(at(1, 1.4, False), ms(1400)))
    assert sight.at(ms(900)) == Scene()
    assert len(sight.at(seconds(1)).gestures + sight.at(seconds(2)).texts) == 1
    sight.see(told(at(1, 3, True), ms(3400)))
    assert sight.at(seconds(3)) != Scene()
    assert sight.at(ms(3001)) == Scene()


def test_the_speaker_is_the_one_told_last() -> None:
    sight = Sight()
    for at_s, face in ((1, 1), (2, 2), (3, None)):
        sight.see(told(ActiveSpeaker(face), seconds(at_s)))
    assert [sight.at(seconds(at_s)).speaker for at_s in (0.5, 1, 2.5, 3)] == [None, 1, 2, None]


def lines(sight: Sight, *at_s: float) -> list[tuple[str, ...]]:
    return [sight.at(seconds(at)).captions for at in at_s]


def test_captions_fill_two_lines_roll_up_and_go_away() -> None:
    said = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    sight = Sight()
    sight.say(words(said, word_s=0.95), None)  # a word begins each second
    first, full, rolled, gone = lines(sight, 1.5, 8.5, 14.5, 19)
    assert first == ("one two",)
    assert full == ("one two three four five six seven eight", "nine")
    assert rolled == ("nine ten eleven twelve thirteen fourteen", "fifteen")
    assert gone == ()


def test_words_that_come_late_are_shown_when_they_come() -> None:
    sight = Sight()
    assert lines(sight, 10) == [()]
    sight.say((Word("late", seconds(1), seconds(2)),), None)
    assert lines(sight, 10.1, 13.9, 14.2) == [("late",), ("late",), ()]


def frames_of(path: Path) -> list[Pixels]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def plain(count: int, fps: float = 10) -> list[Packet[VideoFrame]]:
    return pictures([sheet()] * count, fps)


def test_what_is_told_a_second_late_is_drawn_into_its_picture(tmp_path: Path) -> None:
    """In a run, a text comes after pictures that are later than it; here the pictures before it are still held."""
    node = DubbedVideo(str(tmp_path / "a.mp4"), overlay=["text"], overlay_ms=1000)
    late = ScreenText(1, "Manette", LINE.box, "en", 0.9, seconds(1), seconds(2), False)
    node.open()
    for packet in plain(30):
        node.process(packet)
        if packet.start == seconds(1.8):
            node.process(screen_text=told(late, seconds(1.8)))
    node.finish()
    node.close()
    marked = [bool(np.abs(frame.astype(int) - 128).max() > 60) for frame in frames_of(tmp_path / "a.mp4")]
    assert marked == [False] * 10 + [True] * 20


def test_without_overlay_pictures_are_not_touched(tmp_path: Path) -> None:
    feed(DubbedVideo(str(tmp_path / "a.mp4")), video=plain(5), faces=[told(Faces((FACE,)), 0)])
    assert all(np.abs(frame.astype(int) - 128).max() < 10 for frame in frames_of(tmp_path / "a.mp4"))


def test_a_mark_that_there_is_not_is_refused() -> None:
    from pipeline.errors import SettingsError
    from pipeline.settings import build

    with pytest.raises(SettingsError, match="overlay"):
        build(DubbedVideo, {"overlay": ["lips"]})


def shown(packets: Sequence[Packet[VideoFrame]], path: Path, **seen: Any) -> list[Pixels]:
    feed(DubbedVideo(str(path), overlay=list(MARKS), crf=10), video=packets, **seen)
    return frames_of(path)


@pytest.mark.media
def test_the_mouth_of_a_real_face_is_framed_where_it_is(tmp_path: Path) -> None:
    need_model("mediapipe-face")
    packets = video("open_dubbing_englishvideo.mp4", 2)
    faces = feed(Lips(), packets).faces
    said = text(Text(words("Good morning."), lang="en"))
    with_marks = shown(packets, tmp_path / "a.mp4", faces=faces, text=said)
    feed(DubbedVideo(str(tmp_path / "b.mp4"), crf=10), video=packets)
    bare = frames_of(tmp_path / "b.mp4")
    [face] = faces[10].payload.faces
    at = next(i for i, packet in enumerate(packets) if packet.start == faces[10].start)
    height, width = bare[at].shape[:2]
    apart = np.abs(with_marks[at].astype(int) - bare[at].astype(int)).max(axis=2) > 60
    down, across = np.nonzero(apart[: round(0.8 * height)])  # captions stand below
    assert across.min() / width == pytest.approx(face.mouth.left, abs=0.02)
    assert down.min() / height == pytest.approx(face.mouth.top, abs=0.02)
    assert apart[round(0.8 * height) :].any()
