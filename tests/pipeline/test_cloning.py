"""Cloning: how the nodes that know a voice and speak like it are wired to whatever engine speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import models, routes
from pipeline.cloning import Heard, with_clone
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation


@pytest.fixture(autouse=True)
def stocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model of the list is at hand; nothing is opened here."""
    monkeypatch.setenv("DRAGOMAN_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "at_hand", lambda name: True)
    monkeypatch.setattr(routes, "firefox_cache", frozenset)
    monkeypatch.setattr(routes, "apertium_pairs", frozenset)


def wires(graph: Graph, name: str) -> dict[str, str]:
    """Each input of a node and the output that feeds it."""
    return {port: edge.source for port, edge in graph.member(name).inputs.items()}


def cloned(to: str, from_: str, voice: str = "", **more: Any) -> Graph:
    return interpretation(Talk("a.wav", to, from_, voice=voice, clone=True, consent=True, **more)).graph


@pytest.mark.parametrize(("to", "from_", "engine"), [("en", "es", "tts.hibari"), ("pt", "en", "tts.kokoro")])
def test_an_engine_that_can_be_shaped_is_told_the_timbre(to: str, from_: str, engine: str) -> None:
    graph = cloned(to, from_, engine)
    assert wires(graph, "who") == {"audio": "talk.audio", "activity": "speech.activity"}
    assert wires(graph, "likeness") == {"profile": "who.profile"}
    assert wires(graph, "voice")["timbre"] == "likeness.timbre"
    likeness: Any = graph["likeness"]
    assert likeness.engine == engine
    assert wires(graph, "manner")["speech"] == "voice.speech"


def test_speech_of_any_other_engine_is_converted_and_everybody_gets_what_comes_of_it() -> None:
    graph = cloned("pt", "en", "tts.espeak", video=True, see="none")
    assert wires(graph, "likened")["speech"] == "voice.speech"
    assert wires(graph, "likened")["timbre"] == "likeness.timbre"
    assert wires(graph, "manner")["speech"] == "likened.spoken"


def test_everybody_hears_it_in_the_manner_of_the_speaker() -> None:
    graph = cloned("pt", "en", "tts.espeak", video=True, see="none")
    heard = {"audio": "talk.audio", "activity": "speech.activity"}
    assert wires(graph, "manner") == {"speech": "likened.spoken", **heard}
    for name, port in (("sound", "sound"), ("dub", "speech"), ("events", "speech")):
        assert wires(graph, name)[port] == "manner.delivered"


def test_measuring_a_voice_never_holds_up_a_live_talk() -> None:
    live, asap = (cloned("en", "es", pace=pace) for pace in ("realtime", "asap"))
    for name in ("who", "manner"):
        assert live.member(name).inputs["audio"].when_full == "drop_oldest"
        assert asap.member(name).inputs["audio"].when_full == "wait"


def test_a_talk_goes_on_in_the_stock_voice_where_measuring_the_speakers_fails() -> None:
    graph = cloned("en", "es")
    assert [graph.member(name).on_error.policy for name in ("who", "likeness", "manner", "voice")] == [
        "skip",
        "skip",
        "skip",
        "stop",
    ]


def test_the_node_is_told_that_there_is_consent_and_how_often_to_listen() -> None:
    graph = Graph.load("interpret-direct")
    graph, _ = with_clone(graph, "voice.speech", Heard(), consent=True, frequency="always")
    who: Any = graph["who"]
    assert (who.consent, who.frequency) == (True, "always")


def test_a_graph_that_clones_already_stays_as_it_is() -> None:
    graph = Graph.load("interpret-clone")
    assert with_clone(graph, "voice.speech", Heard(), consent=True) == (graph, "voice.speech")


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (Talk("a.wav", "en", "es", clone=True), r"^--voice clone: .* add --consent if they agreed"),
        (Talk("a.wav", "en", "es", clone=True, consent=True, voice="none"), "^--voice clone: nothing speaks"),
        (Talk("a.wav", "en", "en", clone=True, consent=True), "^--voice clone: nothing speaks"),
    ],
)
def test_a_voice_that_may_not_or_cannot_be_cloned(talk: Talk, message: str) -> None:
    with pytest.raises(InputError, match=message):
        interpretation(talk)


def test_without_the_model_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "at_hand", lambda name: name != "ge2e")
    with pytest.raises(InputError, match=r"not at hand; type: dragoman models fetch ge2e$"):
        cloned("en", "es")
