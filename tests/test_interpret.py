"""A real recording and a real film, interpreted with real models: words, times, files, and books that add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands.running import run_graph, write_to
from pipeline.interpreter import Talk, interpretation
from tests.command import dragoman, plain, valid
from tests.media import need_model, recordings
from tests.opening import TEXT, recording

PARTS = ("hearing_s", "deciding_s", "translating_s", "speaking_s", "queueing_s")


def words_of(text: str) -> list[str]:
    """Words as they are compared: small letters, no punctuation."""
    return re.findall(r"[\w']+", text.lower())


def edits(a: Sequence[str], b: Sequence[str]) -> int:
    """Insertions, deletions and substitutions from one to the other (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that interpreting the recording live leaves, in virtual time."""
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)
    pytest.importorskip("espeakng_loader")
    folder = tmp_path_factory.mktemp("out")
    talk = interpretation(Talk(str(recording()), "pt", "en"))
    run_graph(write_to(talk.graph, folder), virtual=True, stop_s=60, report_in=folder)
    return folder


@pytest.fixture(scope="module")
def found(out: Path) -> dict[str, Any]:
    """What is in its files, all of them read to the end."""
    return valid(out)


def of_kind(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [event for event in found["events.jsonl"] if event["kind"] == kind]


@pytest.mark.timeout(180)
def test_every_file_is_there(found: dict[str, Any]) -> None:
    texts = {
        f"{stem}.{lang}.{suffix}"
        for lang in ("en", "pt")
        for stem, suffix in (("captions", "vtt"), ("captions", "srt"), ("transcript", "txt"))
    }
    logs = {"events.jsonl", "instances.log", "simulstream.jsonl", "report.json"}
    assert set(found) == texts | logs | {"speech.pt.wav"}


@pytest.mark.timeout(180)
def test_the_words_are_right(found: dict[str, Any]) -> None:
    heard, said = words_of(found["transcript.en.txt"]), words_of(TEXT)
    assert edits(heard, said) / len(said) < 0.25
    translated = words_of(found["transcript.pt.txt"])
    assert 0.6 * len(heard) < len(translated) < 1.5 * len(heard)
    assert {"melhor", "pior", "sabedoria", "luz", "céu"} <= set(translated)


@pytest.mark.timeout(180)
def test_the_clock_goes_one_way(found: dict[str, Any]) -> None:
    for kind in ("transcript", "translation", "speech"):
        events = of_kind(found, kind)
        assert events
        for before, after in pairwise(events):
            assert before["clock_s"] <= after["clock_s"]
            assert before["start_s"] <= after["start_s"]
        assert all(event["clock_s"] >= event["end_s"] - 0.001 for event in events if kind != "speech")


@pytest.mark.timeout(180)
def test_what_was_committed_is_what_the_transcript_says(found: dict[str, Any]) -> None:
    for kind, lang in (("transcript", "en"), ("translation", "pt")):
        committed = "".join(event["text"] for event in of_kind(found, kind))
        whole = found[f"transcript.{lang}.txt"]
        assert re.sub(r"\s", "", committed) == re.sub(r"\s", "", whole)
        spoken = " ".join(text for _, _, text in found[f"captions.{lang}.vtt"])
        assert re.sub(r"\s", "", spoken) == re.sub(r"\s", "", whole)
        assert found[f"captions.{lang}.vtt"] == found[f"captions.{lang}.srt"]


@pytest.mark.timeout(180)
def test_the_parts_of_each_delay_add_up(found: dict[str, Any]) -> None:
    lags = [event["lag"] for event in found["events.jsonl"] if event.get("lag")]
    assert lags
    for lag in lags:
        assert sum(lag[part] for part in PARTS) == pytest.approx(lag["total_s"], abs=0.003)
    for parts in found["report.json"]["lag"].values():
        means = {name: value["mean"] for name, value in parts.items()}
        assert sum(means.values()) - means["total"] == pytest.approx(means["total"], abs=0.003)


@pytest.mark.timeout(180)
def test_the_speech_lies_on_the_time_line(found: dict[str, Any]) -> None:
    spoken = of_kind(found, "speech")
    for before, after in pairwise(spoken):
        assert after["plays_at_s"] >= before["plays_at_s"] + before["duration_s"] - 0.1
    end = spoken[-1]["plays_at_s"] + spoken[-1]["duration_s"]
    assert found["speech.pt.wav"] == pytest.approx(end, abs=0.1)
    assert 40 < end < 60


@pytest.mark.timeout(180)
def test_captions_lie_within_the_recording(found: dict[str, Any]) -> None:
    for lang in ("en", "pt"):
        cues = found[f"captions.{lang}.vtt"]
        assert len(cues) > 8
        assert all(before[1] <= after[0] + 0.001 for before, after in pairwise(cues))
        assert cues[-1][1] < 48


@pytest.mark.timeout(180)
def test_the_books_of_every_edge_balance(found: dict[str, Any]) -> None:
    report = found["report.json"]
    assert (report["ended"], round(report["media_s"])) == ("done", 44)
    for edge in report["edges"]:
        assert edge["offered"] == edge["passed"] + edge["dropped"] + edge["waiting"]
        assert (edge["dropped"], edge["waiting"]) == (0, 0)


@pytest.mark.timeout(180)
def test_scorers_read_its_logs(out: Path, found: dict[str, Any]) -> None:
    [line] = found["instances.log"]
    whole = words_of(found["transcript.pt.txt"])
    assert words_of(line["prediction"]) == whole
    count = len(line["prediction"].split())
    assert len(line["delays"]) == len(line["elapsed"]) == count
    assert all(heard <= came + 1 for heard, came in zip(line["delays"], line["elapsed"], strict=True))
    data = pytest.importorskip("omnisteval.data", reason="OmniSTEval is not installed")
    reading = __import__("omnisteval.io", fromlist=["io"])
    reference = out.parent / "reference.txt"
    reference.write_text(found["transcript.pt.txt"].replace("\n", " ") + "\n", encoding="utf-8")
    [instance] = reading.load_shortform_instances(
        str(out / "instances.log"), str(reference), "delays", "elapsed"
    )
    assert isinstance(instance, data.Instance)


@pytest.mark.timeout(180)
def test_a_film_gets_a_voice_and_captions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [film] = recordings("b_talking_face", lang="en", under="open_dubbing")
    for name in ("whisper-base", "silero-vad", "firefox-en-pt"):
        need_model(name)
    pytest.importorskip("espeakng_loader")
    monkeypatch.chdir(tmp_path)
    options = ("--from", "en", "--to", "pt", "--pace", "asap", "--voice", "tts.espeak")
    said = dragoman(capsys, "interpret", film["path"], *options)
    assert said.code == 0, said.err
    found = valid(tmp_path / "out")
    heard = words_of(plain(tmp_path / "out" / "transcript.en.txt"))
    truth = words_of(film["transcript"])
    assert edits(heard, truth) / len(truth) < 0.5  # two names, and noise of the street
    dubbed = found["dubbed.mp4"]
    assert set(dubbed) == {"video", "audio", "subtitle"}
    assert 9 < dubbed["video"] < 11
    assert dubbed["audio"] >= 9
    assert dubbed["subtitle"] > 0
    assert "dubbed.mp4" in said.out
