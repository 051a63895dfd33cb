"""Sound on the page: its envelope, the sound itself where it is small, a link where it is not."""

from __future__ import annotations

import base64
import io
import wave
from pathlib import Path
from urllib.parse import unquote

import av
import numpy as np
import pytest

from pipeline.measure.page import contents
from pipeline.measure.page.sound import BYTES_PER_S, PEAKS, envelope, opus, track
from tests.measure.evaluations import REFERENCE, evaluated
from tests.media import recordings


@pytest.fixture
def beep(tmp_path: Path) -> Path:
    """A second of silence, a second of a tone, half a second of a soft one; 8 kHz."""
    at = np.arange(8000) / 8000
    tone = 0.8 * np.sin(2 * np.pi * 440 * at)
    samples = np.concatenate([np.zeros(8000), tone, tone[:4000] / 4])
    path = tmp_path / "a beep.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_the_envelope_shows_where_it_is_loud(beep: Path) -> None:
    found = envelope(beep, 2.5)
    assert found is not None
    peaks = np.frombuffer(found.peaks, np.uint8)
    assert len(peaks) == pytest.approx(2.5 * found.per_s, abs=2)
    second = round(found.per_s)
    assert peaks[: second - 3].max() < 20
    assert peaks[second + 3 : 2 * second - 3].min() > 230
    assert 110 < np.median(peaks[2 * second + 3 : -3]) < 145  # a quarter as loud, shown as its root


def test_an_envelope_of_hours_stays_small(beep: Path) -> None:
    found = envelope(beep, 10 * 3600)
    assert found is not None
    assert found.per_s * 10 * 3600 <= PEAKS * 1.01


def test_a_small_sound_travels_inside_the_page(beep: Path) -> None:
    found = track(beep, beep.parent / "report.html", 2.5, room=1e6)
    kind, _, text = found.url.partition(",")
    assert kind == "data:audio/ogg;base64"
    with av.open(io.BytesIO(base64.b64decode(text))) as file:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
        assert len(sound) / file.streams.audio[0].rate == pytest.approx(2.5, abs=0.05)
        assert len(text) < 4 * 2.5 * BYTES_PER_S


def test_a_long_sound_is_linked_from_where_the_page_lies(beep: Path) -> None:
    page = beep.parent / "out" / "report.html"
    found = track(beep, page, 2.5, room=100.0)
    assert found.url == "../a%20beep.wav"
    assert (page.parent / unquote(found.url)).resolve() == beep.resolve()
    assert found.note == "too long to travel inside this page: played from a beep.wav"


def test_a_sound_that_is_gone_or_none_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound at all")
    assert envelope(broken, 1.0) is None
    assert envelope(tmp_path / "gone.wav", 1.0) is None
    assert (
        track(tmp_path / "gone.wav", tmp_path / "p.html", 1.0, 1e6).note == "gone.wav is not there any more"
    )
    assert track(broken, tmp_path / "p.html", 1.0, 1e6).note == "broken.wav cannot be played"


def test_a_page_of_many_hours_holds_what_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.measure.evaluation.results import load

    pytest.importorskip("sacrebleu")
    evaluation = load(evaluated(tmp_path, dict.fromkeys(("one", "two", "three"), REFERENCE)))
    evaluation.traces["two"] = load(evaluated(tmp_path / "late", {"two": REFERENCE}, lag_s=9.0)).traces["two"]
    monkeypatch.setattr(contents, "HOURS", 45 / 3600)  # two of three recordings of 20 s
    drawn, without = contents.held(evaluation, tmp_path / "report.html")
    assert [one["id"] for one in drawn] == ["one", "two"]
    assert without == ["three"]
    assert drawn[0]["sound"]["source"] == {"url": "", "note": "one.wav is not there any more"}


def test_real_speech_keeps_its_length_in_a_tenth_of_its_size() -> None:
    line = recordings("a_speech", lang="pt")[0]
    sound = opus(line["path"])
    with av.open(io.BytesIO(sound)) as file:
        assert file.duration is not None
        assert file.duration / 1e6 == pytest.approx(line["seconds"], abs=0.2)
    assert len(sound) < line["seconds"] * 16_000 * 2 / 5
