"""Real slides read by ocr.auto and ocr.rapid: each line once, by the engine that knows its script."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nodes.ocr._rapid import Rapid
from nodes.ocr.auto import AutoOcr
from nodes.ocr.changes import ScreenChanges
from nodes.ocr.rapid import RapidOcr
from pipeline.clock import seconds
from pipeline.conformance import check_node
from pipeline.errors import PackageError
from pipeline.media import Box
from pipeline.testing import feed, pictures
from tests.nodes.ocr.slides import begun, change, drawn, end, found, slide

pytest.importorskip("rapidocr")
russian = pytest.mark.skipif(
    not list(Path("/usr/share/tesseract-ocr").glob("*/tessdata/rus.traineddata"))
    or shutil.which("tesseract") is None,
    reason="no data for Russian: apt-get install tesseract-ocr tesseract-ocr-rus",
)


@pytest.fixture(autouse=True, scope="module")
def models() -> Iterator[None]:
    """The models of RapidOCR, loaded once for all tests of this file."""
    rapid = Rapid([], "test")
    yield
    rapid.close()


TITLE, BELOW = ("Harrow Bay Ferry", 80, 120), ("Departure 19:45", 80, 260)


@pytest.mark.media
def test_a_slide_is_read_with_language_box_and_confidence() -> None:
    pixels, lines = slide("de")
    told = begun(feed(AutoOcr(["de"]), [change(pixels)]))
    assert found(lines, told) >= 0.9
    assert {text.lang for text in told} <= {"de", ""}
    assert min(text.confidence for text in told) >= 0.7
    [heading, *_] = told
    assert heading.text == "Debian"
    assert heading.box.left == pytest.approx(0.03, abs=0.02)
    assert heading.box.bottom < 0.1


@russian
@pytest.mark.media
@pytest.mark.parametrize("langs", [["ru"], []])
def test_a_script_that_rapidocr_does_not_know_is_read_by_tesseract(langs: list[str]) -> None:
    pixels, lines = slide("ru")
    told = begun(feed(AutoOcr(langs), [change(pixels[:300])]))
    assert found(lines[:5], told) >= 0.6
    assert "ru" in {text.lang for text in told}


@pytest.mark.media
@pytest.mark.parametrize("lang", ["ja", "zh"])
def test_large_letters_are_read_though_they_are_made_small(lang: str) -> None:
    pixels, lines = slide(lang)
    assert found(lines, begun(feed(AutoOcr([lang]), [change(pixels)]))) >= 0.9


def test_rapidocr_needs_no_language() -> None:
    told = begun(feed(RapidOcr(), [change(drawn(TITLE, BELOW))]))
    assert [text.text for text in told] == ["Harrow Bay Ferry", "Departure 19:45"]


def test_a_line_is_read_once_and_told_again_when_it_is_gone() -> None:
    both, one = drawn(TITLE, BELOW), drawn(TITLE)
    stream = [change(both, 1.0), change(both, 2.0), change(one, 3.0), end(one, 5.0)]
    told = [packet.payload for packet in feed(RapidOcr(), stream).text]
    assert [(text.text, text.over) for text in told] == [
        ("Harrow Bay Ferry", False),
        ("Departure 19:45", False),
        ("Departure 19:45", True),
        ("Harrow Bay Ferry", True),
    ]
    assert [text.start for text in told] == [seconds(1)] * 4
    assert [text.end for text in told[2:]] == [seconds(3), seconds(5)]
    assert told[0].id == told[3].id != told[1].id == told[2].id


def test_only_what_changed_is_looked_at() -> None:
    """The other half of the picture is not looked at, so what stands there stays."""
    lower = (Box(0, 0.5, 1, 1),)
    stream = [change(drawn(TITLE), 1), change(drawn(("Arrival 21:10", 80, 600)), 2, lower)]
    told = [packet.payload for packet in feed(RapidOcr(), stream, ended=False).text]
    assert [(text.text, text.over) for text in told] == [
        ("Harrow Bay Ferry", False),
        ("Arrival 21:10", False),
    ]


def test_a_line_that_moves_keeps_its_number_and_one_that_changes_does_not() -> None:
    moved, changed = drawn(("Harrow Bay Ferry", 300, 500)), drawn(("Harrow Bay Ferrx", 300, 500))
    told = [
        packet.payload
        for packet in feed(RapidOcr(), [change(drawn(TITLE), 1), change(moved, 2), end(moved, 3)]).text
    ]
    assert [(text.id, text.over) for text in told] == [(1, False), (1, True)]
    assert told[1].box.top > 0.5
    told = [
        packet.payload
        for packet in feed(RapidOcr(), [change(moved, 1), change(changed, 2)], ended=False).text
    ]
    assert [(text.id, text.over) for text in told] == [(1, False), (1, True), (2, False)]


def test_a_video_is_read_through_the_changes() -> None:
    frames = [drawn(TITLE)] * 10 + [drawn(TITLE, BELOW)] * 10
    changes = feed(ScreenChanges(), pictures(frames, 10)).change
    told = feed(AutoOcr(["en"]), changes).text
    below = next(packet for packet in told if packet.payload.text == "Departure 19:45")
    assert seconds(1) <= below.start <= seconds(1.2)
    assert below.payload.start == seconds(1)
    assert [packet.payload.end for packet in told if packet.payload.over] == [seconds(2)] * 2


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5), (4320, 7680)])
def test_a_picture_of_any_size_without_text_says_nothing(size: tuple[int, int]) -> None:
    assert feed(AutoOcr(["en"]), [change(np.zeros((*size, 3), np.uint8))]).text == []


def test_text_that_lies_on_its_side_is_read_and_a_tilted_line_too() -> None:
    cv2 = pytest.importorskip("cv2")
    upright = drawn(TITLE, size=(480, 640))
    told = begun(feed(RapidOcr(), [change(np.ascontiguousarray(np.rot90(upright, 3)))]))
    assert [text.text for text in told] == ["Harrow Bay Ferry"]
    turn = cv2.getRotationMatrix2D((320, 240), 12, 1)
    tilted = cv2.warpAffine(
        drawn(("Harrow Bay Ferry", 80, 240), size=(480, 640)), turn, (640, 480), borderValue=(245,) * 3
    )
    assert [text.text for text in begun(feed(RapidOcr(), [change(tilted)]))] == ["Harrow Bay Ferry"]


def test_a_language_without_data_says_which_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(PackageError, match=r"no data for tha; type: apt-get install tesseract-ocr-tha"):
        feed(AutoOcr(["th"]), [])


def test_what_is_not_required_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert feed(AutoOcr(["th"], required=False), [change(drawn(TITLE))]).text == []
    assert "apt-get install tesseract-ocr-tha; going on without it" in caplog.text


def test_without_tesseract_latin_letters_are_still_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    [text] = begun(feed(AutoOcr(["en"]), [change(drawn(TITLE))]))
    assert (text.text, text.lang) == ("Harrow Bay Ferry", "en")


def test_it_keeps_the_promises_of_a_node_on_a_drawn_slide() -> None:
    small = drawn(("Harrow Bay", 20, 60), size=(100, 300))
    check_node(AutoOcr, [change(small, 0), end(small, 1)], settings={"langs": ["en"]})
