"""Interpretation: which graph a talk gets: its source, its route, its voice, its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import models, routes
from pipeline.commands.interpret import name_detected
from pipeline.errors import InputError, MediaError, RouteError
from pipeline.interpreter import Interpretation, Talk, has_pictures, interpretation
from pipeline.testing import silence
from tests.nodes.source._made import write_film, write_sound


@pytest.fixture(autouse=True)
def stocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model of the list is at hand, every language has a voice; nothing is opened here."""
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "at_hand", lambda name: True)
    monkeypatch.setattr(routes, "firefox_cache", frozenset)
    monkeypatch.setattr(routes, "apertium_pairs", frozenset)
    monkeypatch.setattr(routes, "spoken", lambda: frozenset({"pt", "en"}))


def files(talk: Interpretation) -> set[str]:
    """The files that its sinks write."""
    nodes = [member.node for member in talk.graph.members.values() if member.uses.startswith("sink.")]
    return {str(getattr(node, "path", "")) for node in nodes}


def uses(talk: Interpretation) -> dict[str, str]:
    """Name of each node that is no sink to what it uses."""
    return {name: m.uses for name, m in talk.graph.members.items() if not m.uses.startswith("sink.")}


LOGS = {"events.jsonl", "instances.log", "simulstream.jsonl"}


def texts(*langs: str) -> set[str]:
    return {
        f"{stem}.{lang}.{suffix}"
        for lang in langs
        for stem, suffix in (("captions", "vtt"), ("captions", "srt"), ("transcript", "txt"))
    }


@pytest.mark.parametrize(
    ("talk", "shape", "wanted"),
    [
        (Talk("a.wav", "pt", "en"), "cascade", {*texts("en", "pt"), "speech.pt.wav"}),
        (
            Talk("a.mp4", "pt", "en", video=True),
            "cascade",
            {*texts("en", "pt"), "speech.pt.wav", "dubbed.mp4"},
        ),
        (Talk("a.mp4", "pt", "en", video=True, voice="none"), "cascade", texts("en", "pt")),
        (Talk("a.wav", "pt", "de"), "pivot", {*texts("de", "pt"), "speech.pt.wav"}),
        (Talk("a.wav", "pt", "de", source_captions=False), "pivot", {*texts("pt"), "speech.pt.wav"}),
        (Talk("a.wav", "pt"), "pivot", {*texts("und", "pt"), "speech.pt.wav"}),
        (Talk("a.wav", "en", "de"), "direct", {*texts("de", "en"), "speech.en.wav"}),
        (Talk("a.wav", "en", "en"), "same", texts("en")),
    ],
)
def test_the_files_that_come_out(talk: Talk, shape: str, wanted: set[str]) -> None:
    ready = interpretation(talk)
    assert ready.route.shape == shape
    assert files(ready) == wanted | LOGS
    assert bool(ready.speech) == any(name.startswith("speech") for name in wanted)


def test_the_languages_reach_every_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)  # too few for the heavier voices
    graph = interpretation(Talk("a.wav", "en", "pt")).graph
    node: Callable[[str], Any] = graph.__getitem__
    assert node("words").lang == "pt"
    assert node("units").lang == "pt"
    assert uses(interpretation(Talk("a.wav", "en", "pt")))["voice"] == "tts.hibari"
    assert uses(interpretation(Talk("a.wav", "pt", "en")))["voice"] == "tts.espeak"
    spoken: Any = interpretation(Talk("a.wav", "pt", "en", voice="tts.espeak")).graph["voice"]
    assert spoken.lang == "pt"


def test_a_microphone() -> None:
    assert uses(interpretation(Talk("mic:", "pt", "en")))["talk"] == "source.microphone"
    node: Any = interpretation(Talk("mic:2", "pt", "en")).graph["talk"]
    assert node.device == "2"
    assert not has_pictures("mic:2")


def test_terms_reach_the_recognisers() -> None:
    talk = interpretation(Talk("a.wav", "pt", "de", terms=("Defarge", "Carton")))
    node: Any = talk.graph["terms"]
    assert node.terms == ["Defarge", "Carton"]
    for name, port in (("words", "bias"), ("english", "bias"), ("target", "terms")):
        assert talk.graph.members[name].inputs[port].source == "terms.expected"


def test_a_glossary_is_one_of_the_languages_of_the_talk() -> None:
    talk = interpretation(Talk("a.wav", "pt", "en", glossary="names.tsv"))
    node: Any = talk.graph["terms"]
    assert (node.glossary, node.to) == ("names.tsv", "pt")
    assert talk.graph.members["target"].inputs["terms"].source == "terms.expected"


def test_text_on_the_screen_is_expected_along_with_the_glossary() -> None:
    talk = interpretation(Talk("a.mp4", "pt", "en", video=True, see="text", glossary="names.tsv"))
    inputs = talk.graph.members["keys"].inputs
    assert {port: edge.source for port, edge in inputs.items()} == {
        "screen": "slides.text",
        "glossary": "terms.expected",
    }
    assert talk.graph.members["words"].inputs["bias"].source == "keys.terms"
    assert talk.graph.members["target"].inputs["terms"].source == "keys.terms"


def test_the_pace_is_the_sources() -> None:
    assert interpretation(Talk("a.wav", "pt", "en")).graph.live
    assert not interpretation(Talk("a.wav", "pt", "en", pace="asap", terms=("Defarge",))).graph.live


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (
            Talk("a.wav", "pt", "en", voice="tts.nosuch"),
            "--voice tts.nosuch: no such node; there are: tts.esp",
        ),
        (Talk("a.wav", "pt", "en", voice="sink.wav"), "--voice sink.wav: does not speak"),
        (Talk("a.wav", "en", "en", voice="tts.hibari"), "--voice tts.hibari: this route gives captions only"),
        (Talk("a.wav", "pt", "en", voice="nosuch:Voice"), "no module 'nosuch'; run from the folder"),
    ],
)
def test_a_voice_that_cannot_speak(talk: Talk, message: str) -> None:
    with pytest.raises(InputError, match=message):
        interpretation(talk)


def test_a_language_that_nothing_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "speakers", lambda tag: [])
    with pytest.raises(
        RouteError, match=r"^--to pt: nothing speaks Portuguese; type --voice none for captions"
    ):
        interpretation(Talk("a.wav", "pt", "en"))
    assert not interpretation(Talk("a.wav", "pt", "en", voice="none")).speech


def test_pictures(tmp_path: Path) -> None:
    assert not has_pictures(str(write_sound(tmp_path / "a.wav", silence(0.5), 16_000)))
    assert has_pictures(str(write_film(tmp_path / "a.mkv", range(0, 500, 40), silence(0.5))))
    with pytest.raises(MediaError, match="there is no such file"):
        has_pictures(str(tmp_path / "b.wav"))


def test_a_language_that_was_detected_names_the_files(tmp_path: Path) -> None:
    def made(*names: str) -> list[Path]:
        for name in names:
            (tmp_path / name).write_text(name)
        return [tmp_path / name for name in names]

    both = made("captions.und.vtt", "captions.pt.vtt")
    assert [path.name for path in name_detected(both, "de", "pt")] == ["captions.de.vtt", "captions.pt.vtt"]
    both = made("captions.und.vtt", "captions.pt.vtt")
    assert name_detected(both, "", "pt") == both
    assert name_detected(both, "pt", "pt") == both  # those of the target are not written over
    assert (tmp_path / "captions.pt.vtt").read_text() == "captions.pt.vtt"
