"""Graphs with something changed: settings, another node, a policy of the field."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError
from pipeline.graph import Graph
from pipeline.measure.evaluation.changes import COMMITMENTS, SEGMENTERS, varied


def test_settings_are_values_not_text() -> None:
    graph = varied(Graph.load("interpret"), {"units.max_ms": 2000, "units.confirm": None})
    assert (graph["units"].max_ms, graph["units"].confirm) == (2000, None)  # type: ignore[attr-defined]


def test_a_node_is_exchanged_and_keeps_its_wires_and_what_it_knows() -> None:
    graph = varied(Graph.load("interpret"), {"units.uses": "segment.sentences", "units.pauses": False})
    member = graph.member("units")
    assert member.uses == "segment.sentences"
    assert member.inputs["words"].source == "words.transcript"
    assert graph.spec.nodes["units"].with_ == {"lang": "en", "pauses": False}


@pytest.mark.parametrize("policy", SEGMENTERS)
def test_a_policy_on_words_takes_the_place_of_the_segmenter(policy: str) -> None:
    graph = varied(Graph.load("interpret"), {"policy": policy})
    assert graph.member("units").uses == SEGMENTERS[policy]


def test_the_default_policy_changes_nothing() -> None:
    for name in ("interpret", "interpret-direct", "interpret-pivot"):
        graph = Graph.load(name)
        assert varied(graph, {"policy": "units"}).spec.nodes == graph.spec.nodes


def test_where_the_speech_itself_is_translated_a_segmenter_is_put_behind_it() -> None:
    graph = varied(Graph.load("interpret-direct"), {"policy": "sentences", "units.max_ms": 5000.0})
    assert graph.member("units").inputs["words"].source == "english.translation"
    for reader, port in (("voice", "text"), ("captions", "text"), ("events", "translation")):
        assert graph.member(reader).inputs[port].source == "units.unit"


@pytest.mark.parametrize("policy", COMMITMENTS)
def test_a_policy_of_the_recogniser_is_set_on_it(policy: str) -> None:
    for name, node in (("interpret", "words"), ("interpret-direct", "english")):
        assert varied(Graph.load(name), {"policy": policy})[node].policy == policy  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy": "sentence"}, "policy 'sentence': not known; did you mean 'sentences'?"),
        ({"unit.max_ms": 1}, "no node 'unit'; did you mean 'units'?"),
        ({"units.uses": "segment.word"}, "no node 'segment.word'"),
        ({"units.uses": "segment.fixed", "units.threshold": 0.5}, "unknown setting 'threshold'"),
        ({"units.threshold": 5}, "setting 'threshold' is 5"),
    ],
)
def test_what_does_not_fit(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        varied(Graph.load("interpret"), changes)
    assert message in str(error.value)
