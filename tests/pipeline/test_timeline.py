"""The time line: what was told in a run becomes rows that can be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.clock import Ns, ms, seconds
from pipeline.errors import OutputError
from pipeline.media import ActiveSpeaker, Box, Gesture, ScreenText, Text
from pipeline.packet import Packet
from pipeline.testing import activity, audio, silence, text, tone, words
from pipeline.timeline.picture import draw
from pipeline.timeline.tracks import Tracks

BOX = Box(0.1, 0.1, 0.5, 0.2)


def told(payload: Any, at: Ns) -> Packet[Any]:
    return Packet(payload, at, at + ms(40))


def nod(start_s: float, end_s: float, over: bool) -> Packet[Gesture]:
    return told(Gesture("nod", "head", seconds(start_s), seconds(end_s), over), seconds(end_s))


def line(number: int, words: str, start_s: float, end_s: float, over: bool) -> Packet[ScreenText]:
    seen = ScreenText(number, words, BOX, "en", 0.9, seconds(start_s), seconds(end_s), over)
    return told(seen, seconds(end_s))


def talk(length_s: float = 4) -> Tracks:
    tracks = Tracks()
    for packet in audio(np.concatenate([silence(1), tone(1), silence(length_s - 2)])):
        tracks.take("talk.audio", packet)
    for heard in activity([(1, 2)], length_s):
        tracks.take("ear.activity", heard)
    for output, packet in [
        ("gestures.gesture", nod(0.5, 0.9, False)),
        ("gestures.gesture", nod(0.5, 1.5, True)),
        ("slides.text", line(1, "Two Cities", 0, 0.3, False)),
        ("slides.text", line(2, "London", 1, 1.4, False)),
        ("slides.text", line(2, "London", 1, 2, True)),
        ("speech.speaker", told(ActiveSpeaker(3), seconds(1))),
        ("speech.speaker", told(ActiveSpeaker(None), seconds(2))),
        *(("words.transcript", step) for step in text(Text(words("It was", start_s=1)))),
    ]:
        tracks.take(output, packet)
    tracks.close()
    return tracks


def spans(found: Any) -> list[tuple[str, float, float]]:
    return [(span.label, round(span.start_s, 2), round(span.end_s, 2)) for span in found]


def test_what_begins_and_ends_is_a_span() -> None:
    tracks = talk()
    assert spans(tracks.gestures) == [("nod", 0.5, 1.5)]
    assert spans(tracks.texts) == [("Two Cities", 0, 4), ("London", 1, 2)]  # the first was never gone
    assert spans(tracks.speaker) == [("3", 1, 2)]
    assert spans(tracks.words) == [("It", 1, 1.3), ("was", 1.35, 1.65)]


def test_windows_of_speech_are_one_stretch() -> None:
    [speech] = talk().voice["ear.activity"]
    assert (speech.start_s, speech.end_s) == pytest.approx((1, 2), abs=0.033)


def test_sound_is_kept_as_its_peaks() -> None:
    sound = talk().sound
    assert len(sound) == 80
    assert sound[10] == 0
    assert sound[30] == pytest.approx(0.35, abs=0.02)


def size(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        return container.streams.video[0].width, container.streams.video[0].height


def test_a_longer_talk_is_a_wider_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'dragoman[vision]'")
    for length_s in (4, 40):
        draw(talk(length_s), "a talk", tmp_path / f"{length_s}.png")
    (short, high), (long, high_too) = size(tmp_path / "4.png"), size(tmp_path / "40.png")
    assert (short, long) == (1200, 2550)
    assert high == high_too


def test_an_empty_run_is_an_empty_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'dragoman[vision]'")
    draw(Tracks(), "nothing", tmp_path / "nothing.png")
    assert size(tmp_path / "nothing.png")[0] == 1200


def test_a_picture_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'dragoman[vision]'")
    with pytest.raises(OutputError, match=r"cannot be written .*; choose another --out"):
        draw(Tracks(), "nothing", tmp_path / "no such folder" / "a.png")
