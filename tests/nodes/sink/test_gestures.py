"""Gestures stand in captions as sounds do, between the words, in the language of the captions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nodes.sink._gestures import NAMES, label, pointed_at
from nodes.sink.subtitles import SubtitleFile
from pipeline.clock import seconds
from pipeline.media import Box, Gesture, ScreenText, Text
from pipeline.packet import Packet
from pipeline.testing import feed, text, words


def shown(name: str, at_s: float, *, over: bool = False, **more: Any) -> Packet[Gesture]:
    made = Gesture(name, "right", seconds(at_s), seconds(at_s + 1), over, **more)
    return Packet(made, seconds(at_s + 0.4), seconds(at_s + 0.5))


def line(said: str, box: Box, number: int = 1) -> ScreenText:
    return ScreenText(number, said, box, "en", 0.9, 0, seconds(1), over=False)


TITLE = line("Tellson's Bank", Box(0.1, 0.1, 0.6, 0.2), 1)
FIGURE = line("1775", Box(0.1, 0.6, 0.3, 0.7), 2)


def captions(path: Path, *gestures: Packet[Gesture], lang: str = "en", **more: Any) -> str:
    said = text(
        Text(words("Good morning."), lang=lang, ends="sentence"),
        Text(words("We begin.", start_s=4), lang=lang, ends="sentence"),
    )
    feed(SubtitleFile(str(path), **more), text=said, gesture=list(gestures))
    return path.read_text(encoding="utf-8")


def test_a_gesture_stands_between_the_words_where_it_was_made(tmp_path: Path) -> None:
    told = captions(tmp_path / "a.txt", shown("nod", 2), shown("thumb_up", 8))
    assert told == "Good morning.\n[nods] We begin.\n[thumbs up]\n"


def test_a_caption_has_it_at_its_time(tmp_path: Path) -> None:
    told = captions(tmp_path / "a.vtt", shown("nod", 2))
    assert "Good morning." in told.split("00:00:02.000")[0]
    assert "[nods]" in told.split("00:00:02.000")[1]


def test_a_gesture_is_written_once_though_it_is_told_when_it_ends(tmp_path: Path) -> None:
    told = captions(tmp_path / "a.txt", shown("wave", 2), shown("wave", 2, over=True))
    assert told.count("[waves]") == 1


def test_captions_in_another_language_say_it_in_that_language(tmp_path: Path) -> None:
    assert "[acena com a cabeça]" in captions(tmp_path / "a.txt", shown("nod", 2), lang="pt-BR")


def test_the_switch(tmp_path: Path) -> None:
    assert "[" not in captions(tmp_path / "a.txt", shown("nod", 2), gestures=False)


def test_pointing_says_which_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    points = shown("pointing", 2, tip=(0.8, 0.15), towards=(-1.0, 0.0))
    shows = [Packet(text_, seconds(1), seconds(1)) for text_ in (TITLE, FIGURE)]
    feed(
        SubtitleFile(str(path)),
        text=text(Text(words("Here.", start_s=4))),
        gesture=[points],
        screen_text=shows,
    )
    assert path.read_text(encoding="utf-8") == "[points at “Tellson's Bank”] Here.\n"


@pytest.mark.parametrize(
    ("tip", "towards", "text_"),
    [
        ((0.2, 0.65), None, FIGURE),  # touches it
        ((0.2, 0.65), (0.0, -1.0), FIGURE),
        ((0.2, 0.5), (0.0, -1.0), TITLE),
        ((0.2, 0.5), (0.0, 1.0), FIGURE),
        ((0.9, 0.9), (1.0, 0.0), None),
        (None, None, None),
    ],
)
def test_which_text_a_finger_means(tip: Any, towards: Any, text_: ScreenText | None) -> None:
    gesture = Gesture("pointing", "right", 0, 1, over=False, tip=tip, towards=towards)
    assert pointed_at(gesture, [TITLE, FIGURE]) == text_


def test_text_that_is_gone_is_not_pointed_at(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    gone = ScreenText(1, TITLE.text, TITLE.box, "en", 0.9, 0, seconds(1), over=True)
    shows = [Packet(one, seconds(at), seconds(at)) for at, one in enumerate((TITLE, gone))]
    points = shown("pointing", 2, tip=(0.3, 0.15))
    feed(
        SubtitleFile(str(path)),
        text=text(Text(words("Here.", start_s=4))),
        gesture=[points],
        screen_text=shows,
    )
    assert path.read_text(encoding="utf-8") == "[points] Here.\n"


def test_every_language_has_every_gesture() -> None:
    assert all(set(names) == set(NAMES["en"]) for names in NAMES.values())
    assert label(Gesture("count", "left", 0, 1, over=False, count=3), "xx") == "[shows 3]"
