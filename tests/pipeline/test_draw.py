"""Drawings say what a graph says, and the same graph gives the same text."""

from __future__ import annotations

import shutil

import pytest

from nodes.vad.energy import EnergyVad
from pipeline.draw import dot, mermaid, svg
from pipeline.errors import PackageError
from pipeline.graph import Graph
from tests.parts import Gain, Script

TEXT = """
nodes:
  end: {uses: source.tone, with: {pace: asap}}
  speech:
    uses: vad.energy
    inputs: {audio: {from: end.audio, capacity: 1, capacity_ms: 500, when_full: drop_oldest}}
    runs_on: thread
    on_error: {fallback: {uses: vad.webrtc}}
  file: {uses: sink.wav, inputs: {sound: end.audio}}
"""


def test_mermaid_shows_names_places_kinds_and_rules() -> None:
    assert mermaid(Graph.parse(TEXT)).splitlines() == [
        "flowchart LR",
        '    n0(["<b>end</b><br/>source.tone"])',
        '    n1["<b>speech</b><br/>vad.energy<br/>or vad.webrtc<br/>on its own thread"]',
        '    n2[/"<b>file</b><br/>sink.wav<br/>on its own thread"/]',
        '    n0 -->|"audio<br/>AudioFrame<br/>1 packet, 500 ms, drop_oldest"| n1',
        '    n0 -->|"audio to sound<br/>AudioFrame"| n2',
    ]


def test_dot_shows_the_same() -> None:
    text = dot(Graph.parse(TEXT))
    assert r'"speech" [label="speech\nvad.energy\nor vad.webrtc\non its own thread", style="filled"];' in text
    assert r'"end" -> "speech" [label="audio\nAudioFrame\n1 packet, 500 ms, drop_oldest"];' in text
    assert r'"end" -> "file" [label="audio to sound\nAudioFrame"];' in text


def test_a_drawing_does_not_change() -> None:
    assert mermaid(Graph.parse(TEXT)) == mermaid(Graph.parse(TEXT))
    assert dot(Graph.parse(TEXT)) == dot(Graph.parse(TEXT))


def test_a_graph_made_in_python_shows_shipped_nodes_by_their_name() -> None:
    graph = Graph.of(
        {"play": Script(), "gain": Gain(), "speech": EnergyVad()},
        {"gain.audio": "play.audio", "speech.audio": "gain.sound"},
    )
    text = mermaid(graph)
    assert "<b>speech</b><br/>vad.energy" in text
    assert "<b>gain</b><br/>tests.parts:Gain" in text


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_svg_is_drawn_by_graphviz() -> None:
    picture = svg(Graph.parse(TEXT))
    assert picture.startswith("<?xml")
    assert "vad.energy" in picture


def test_without_graphviz_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        PackageError, match=r"'dot' is not installed; install Graphviz .* or draw Mermaid text"
    ):
        svg(Graph.parse(TEXT))
