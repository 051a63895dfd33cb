"""The presets of latency: settings that the nodes have, in the order that their names promise."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import models, routes
from pipeline.commands.arguments import parser
from pipeline.commands.running import overruled
from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.interpreter import Talk, interpretation
from pipeline.latency import PRESETS, with_latency
from pipeline.resolve import node_class
from pipeline.settings import faults, settings_of


@pytest.fixture(autouse=True)
def stocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model of the list is at hand; nothing is opened here."""
    monkeypatch.setattr(models, "at_hand", lambda name: True)
    monkeypatch.setattr(routes, "firefox_cache", frozenset)
    monkeypatch.setattr(routes, "apertium_pairs", frozenset)


def graph(latency: str, from_: str = "en", to: str = "pt") -> Graph:
    return interpretation(Talk("a.wav", to, from_, voice="none", latency=latency)).graph


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_what_its_nodes_understand(preset: str) -> None:
    for uses, settings in PRESETS[preset].items():
        assert faults(node_class(uses), settings) == {}
    assert set(graph(preset).members) == set(graph("balanced").members)


def test_balanced_is_what_the_nodes_do_by_themselves() -> None:
    words: Any = graph("balanced")["words"]
    assert all(
        getattr(words, key) == setting.default
        for key, setting in settings_of(type(words)).items()
        if key != "lang"
    )


def test_low_decides_sooner_and_quality_later() -> None:
    waits = [[graph(each)[name] for each in ("low", "balanced", "quality")] for name in ("words", "units")]
    words, units = ([vars(node) for node in nodes] for nodes in waits)
    assert words[0]["behind_ms"] < words[1]["behind_ms"] < words[2]["behind_ms"]
    assert units[0]["max_ms"] < units[1]["max_ms"] < units[2]["max_ms"]


@pytest.mark.parametrize("preset", ["low", "quality"])
def test_a_transcript_that_nobody_waits_for_keeps_its_pace(preset: str) -> None:
    one, other = vars(graph(preset, "de", "en")["words"]), vars(graph("balanced", "de", "en")["words"])
    assert one == other
    assert vars(graph(preset, "de", "en")["english"]) != vars(graph("balanced", "de", "en")["english"])


def test_a_setting_that_is_given_overrules_the_preset() -> None:
    node: Any = overruled(graph("low"), ["words.step_ms=1500"])["words"]
    assert node.step_ms == 1500
    assert node.behind_ms == PRESETS["low"]["asr.whisper"]["behind_ms"]


def test_the_command_offers_every_preset(capsys: pytest.CaptureFixture[str]) -> None:
    for preset in PRESETS:
        given = parser().parse_args(["interpret", "a.wav", "--to", "pt", "--latency", preset])
        assert given.latency == preset
    with pytest.raises(SystemExit):
        parser().parse_args(["interpret", "a.wav", "--to", "pt", "--latency", "lo"])
    assert "'lo': no such --latency; did you mean 'low'" in capsys.readouterr().err


def test_a_preset_that_there_is_not() -> None:
    with pytest.raises(InputError, match=r"latency 'qualty': no such preset; did you mean 'quality'\?"):
        with_latency(graph("low"), "qualty")
