"""When and where the screen changed: slides, subtitles, films in a corner, and what is no change."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.ocr.changes import ScreenChanges
from pipeline.clock import ms, seconds
from pipeline.media import Box, Pixels, ScreenChange
from pipeline.packet import Packet
from pipeline.testing import feed, pictures
from tests.nodes.ocr.slides import drawn

cv2 = pytest.importorskip("cv2")

FIRST, SECOND = (
    drawn(("First slide", 80, 120)),
    drawn(("Another slide", 80, 120), ("with two lines", 80, 220)),
)


def told(frames: list[Pixels], fps: float = 25, **given: Any) -> list[Packet[ScreenChange]]:
    *changes, last = feed(ScreenChanges(**given), pictures(frames, fps)).change
    assert last.payload.last
    return changes


def covers(regions: tuple[Box, ...], wanted: Box) -> bool:
    return any(
        box.left <= wanted.left
        and box.top <= wanted.top
        and box.right >= wanted.right
        and box.bottom >= wanted.bottom
        for box in regions
    )


def test_a_still_screen_is_told_once() -> None:
    [first] = told([FIRST] * 100)
    assert first.start == 0
    assert first.payload.regions == (Box(0, 0, 1, 1),)


def test_a_slide_is_told_when_it_stands_with_the_time_at_which_it_came() -> None:
    _, second = told([FIRST] * 25 + [SECOND] * 25)
    assert second.start <= seconds(1) + ms(160)
    assert seconds(1) <= second.payload.start <= seconds(1) + ms(80)
    assert (second.payload.pixels == SECOND).all()


def test_while_one_slide_fades_into_the_next_nothing_is_told() -> None:
    fade = [cv2.addWeighted(FIRST, 1 - part, 255 - SECOND, part, 0) for part in np.linspace(0, 1, 20)]
    _, second = told([FIRST] * 25 + fade + [255 - SECOND] * 25)
    assert second.start >= seconds(1.8)
    assert (second.payload.pixels == 255 - SECOND).all()


def test_only_the_place_of_a_subtitle_is_told() -> None:
    photo = cv2.resize(np.random.default_rng(0).integers(0, 255, (9, 16, 3), np.uint8), (1280, 720))
    titled = cv2.putText(photo.copy(), "See you in Lisbon", (420, 640), 0, 1.4, (255, 255, 255), 3)
    _, subtitle, gone = told([photo] * 25 + [titled] * 25 + [photo] * 25)
    for change in (subtitle, gone):
        [region] = change.payload.regions
        assert covers((region,), Box(420 / 1280, 605 / 720, 830 / 1280, 645 / 720))
        assert (region.right - region.left) * (region.bottom - region.top) < 0.2


def test_a_caret_and_noise_are_no_change() -> None:
    caret = cv2.line(FIRST.copy(), (700, 96), (700, 124), (0, 0, 0), 1)
    assert len(told([FIRST, caret] * 25, 2)) == 1
    rng = np.random.default_rng(1)
    noisy = [np.clip(FIRST + rng.normal(0, 5, FIRST.shape), 0, 255).astype(np.uint8) for _ in range(12)]
    assert len(told(noisy)) == 1


def corner(index: int) -> Pixels:
    """The first slide, with something in a corner that never stands still."""
    pixels = FIRST.copy()
    pixels[400:700, 900:1250] = cv2.resize(
        np.random.default_rng(index).integers(0, 255, (6, 7, 3), np.uint8), (350, 300)
    )
    return pixels


def test_what_keeps_moving_is_told_by_the_clock_and_once_more_when_it_stops() -> None:
    _, *others = told([FIRST] * 10 + [corner(i) for i in range(60)] + [corner(59)] * 40, 12.5)
    restless = [change for change in others if change.payload.restless]
    assert 2 <= len(restless) <= 6
    assert all(box.left > 0.6 and box.top > 0.4 for change in others for box in change.payload.regions)
    assert not others[-1].payload.restless
    assert (others[-1].payload.pixels == corner(59)).all()


def test_a_slide_beside_a_film_is_told_at_once() -> None:
    frames = [corner(i) for i in range(50)]
    for index in range(40, 50):
        frames[index][:300] = SECOND[:300]
    slides = [
        change for change in told(frames, 12.5)[1:] if any(box.top < 0.2 for box in change.payload.regions)
    ]
    assert [change.start for change in slides] == [seconds(41 / 12.5)]


def test_what_is_told_of_somebody_who_rests_and_moves_all_the_time_has_a_bound() -> None:
    """A hundred places one after another, each still at once: no more than two screens, and half of one a second."""
    frames, pixels = [], FIRST.copy()
    for index in range(100):
        left, top = 64 * (index * 7 % 20), 60 * (index * 5 % 12)
        pixels = pixels.copy()
        pixels[top : top + 60, left : left + 64] = 0 if index < 60 else 120
        frames += [pixels] * 2
    looked = sum(
        (box.right - box.left) * (box.bottom - box.top)
        for change in told(frames, 12.5)[1:]
        for box in change.payload.regions
        if not change.payload.restless
    )
    assert looked <= 2 + 0.5 * 16 + 1
    assert (told(frames + [pixels] * 40, 12.5)[-1].payload.pixels == pixels).all()


@settings(max_examples=20)
@given(st.integers(0, 1100), st.integers(0, 650), st.integers(40, 170), st.integers(20, 60))
def test_a_change_is_inside_of_the_regions_that_are_told(
    left: int, top: int, width: int, height: int
) -> None:
    after = FIRST.copy()
    after[top : top + height, left : left + width] = (200, 30, 30)
    _, change = told([FIRST] * 5 + [after] * 10)
    right, bottom = min(1280, left + width), min(720, top + height)
    assert covers(change.payload.regions, Box(left / 1280, top / 720, right / 1280, bottom / 720))


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (4320, 7680), (640, 360)])
def test_pictures_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    black = np.zeros((*size, 3), np.uint8)
    assert len(told([black] * 3 + [255 - black] * 3, 5)) == 2


def test_a_gap_and_a_picture_of_another_size_are_no_error() -> None:
    frames = [
        *pictures([FIRST] * 5),
        *(p for p in pictures([SECOND[:360, :640]] * 100) if p.start > seconds(3)),
    ]
    changes = feed(ScreenChanges(), frames).change
    assert [change.payload.pixels.shape[0] for change in changes] == [720, 360, 360]


def test_no_picture_no_change() -> None:
    assert feed(ScreenChanges(), []).change == []
