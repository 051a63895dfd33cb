"""The dubbed track as whoever hears only it would understand it."""

from __future__ import annotations

import hashlib
import wave
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest

from pipeline.graph import Graph
from pipeline.measure.evaluation.listening import CACHE, kept, listen
from pipeline.measure.recording import Recording, Sentence
from pipeline.measure.trace import Piece, Stream, Trace
from tests.media import need_model, recordings

pytest.importorskip("jiwer")
pytest.importorskip("sacrebleu")
LATE_S = 2.0


def utterance() -> dict[str, Any]:
    lines = [line for line in recordings("a_speech", lang="en") if 3 < float(line["seconds"]) < 9]
    return max(lines, key=lambda line: len(line["transcript"]))


def track(path: Path, line: dict[str, Any]) -> float:
    """The utterance, two seconds late, as a track; returns its length, s."""
    with av.open(str(line["path"])) as container:
        resampler = av.AudioResampler("s16", "mono", 16_000)
        frames = [out.to_ndarray()[0] for f in container.decode(audio=0) for out in resampler.resample(f)]
    samples = np.concatenate([np.zeros(int(LATE_S * 16_000), np.int16), *frames])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    return len(samples) / 16_000


def recording(text: str, seconds: float, to: str = "en") -> Recording:
    return Recording("talk", Path("talk.wav"), "de", to, seconds, (Sentence(text, 0.0, seconds * 1000),))


def trace(text: str, start_s: float, end_s: float) -> Trace:
    piece = Piece(text, start_s * 1000, start_s * 1000, (end_s - start_s) * 1000, 0.0, end_s * 1000, 0)
    return Trace("talk", end_s * 1000, Stream(), Stream(), Stream(), (piece,))


@pytest.mark.media
@pytest.mark.model
@pytest.mark.timeout(120)
def test_what_is_heard_is_scored_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_model("whisper-base")
    need_model("silero-vad")
    line = utterance()
    end_s = track(tmp_path / "speech.en.wav", line)
    talk, said = recording(line["transcript"], end_s), trace(line["transcript"], LATE_S, end_s)
    found = listen(talk, said, tmp_path)
    assert found.values["listened_wer"] < 0.4
    assert found.values["listened_chrf"] > 60
    assert found.values["listened_start_offset_ms"] > LATE_S * 1000 - 300
    assert found.values["listened_long_yaal_ms"] > 0
    assert "speech_mos" in {*found.values, *found.notes}

    def nothing(*_: object, **__: object) -> None:
        raise AssertionError("heard twice")

    monkeypatch.setattr(Graph, "parse", nothing)
    assert listen(talk, said, tmp_path) == found
    kept = msgspec.json.decode((tmp_path / CACHE).read_bytes())
    assert kept["words"]


def test_a_run_that_spoke_nothing_says_so(tmp_path: Path) -> None:
    found = listen(recording("a", 1.0), trace("a", 0.0, 1.0), tmp_path)
    assert found.values == {}
    assert set(found.notes.values()) == {"no speech.en.wav: nothing spoke"}


def test_a_language_that_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "speech.xx.wav").write_bytes(b"")
    found = listen(recording("a", 1.0, to="xx"), trace("a", 0.0, 1.0), tmp_path)
    [why] = set(found.notes.values())
    assert why.startswith("language 'xx': not known here")


def test_what_was_heard_on_another_track_is_not_kept(tmp_path: Path) -> None:
    talk, said = recording("a", 1.0), trace("a", 0.0, 1.0)
    assert kept(talk, said, tmp_path) is None
    (tmp_path / "speech.en.wav").write_bytes(b"sound")
    (tmp_path / CACHE).write_bytes(b'{"track": "of another", "words": []}')
    assert kept(talk, said, tmp_path) is None


@pytest.mark.parametrize(
    ("text", "why"), [("a b", "every word was heard after the source had ended"), ("", "no reference")]
)
def test_why_there_is_no_delay(tmp_path: Path, text: str, why: str) -> None:
    """What was heard before is enough to score; no model is asked."""
    file = tmp_path / "speech.en.wav"
    file.write_bytes(b"sound")
    heard = {
        "track": hashlib.sha256(b"sound").hexdigest(),
        "words": [["a", 3000.0, 3500.0], ["b", 3500.0, 4000.0]],
    }
    (tmp_path / CACHE).write_bytes(msgspec.json.encode(heard))
    talk = recording(text, 1.0) if text else Recording("talk", Path("talk.wav"), "de", "en", 1.0)
    found = listen(talk, trace("a b", 3.0, 4.0), tmp_path)
    assert found.notes["listened_long_yaal_ms"].startswith(why)
    assert found.values["listened_wer"] == 0
    assert kept(talk, trace("a b", 3.0, 4.0), tmp_path) == found
