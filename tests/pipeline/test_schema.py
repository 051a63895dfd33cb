"""The JSON Schema of graph files: what the reader of files takes it takes, and what it refuses it refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml

from pipeline.graph import Graph, shipped_graphs
from pipeline.resolve import names
from pipeline.schema import graph_schema

jsonschema = pytest.importorskip("jsonschema", reason="validating against the schema needs jsonschema")

SCHEMA = graph_schema()


def errors(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(yaml.safe_load(text))]


def test_it_is_a_schema_and_plain_data() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert msgspec.json.decode(msgspec.json.encode(SCHEMA)) == SCHEMA
    assert graph_schema() == SCHEMA


@pytest.mark.parametrize("file", shipped_graphs(), ids=lambda path: path.name)
def test_the_shipped_graphs_are_valid(file: Any) -> None:
    assert errors(file.read_text(encoding="utf-8")) == []


def test_every_node_is_offered_with_what_it_does() -> None:
    offered = {option.get("const"): option["description"] for option in SCHEMA["$defs"]["uses"]["anyOf"]}
    assert set(names()) <= set(offered)
    assert offered["vad.energy"].startswith("Tell speech from silence")


def test_a_setting_comes_with_its_comment_and_default() -> None:
    case = next(
        case["then"]
        for case in SCHEMA["$defs"]["node"]["allOf"]
        if case["if"]["properties"]["uses"]["const"] == "vad.energy"
    )
    threshold = case["properties"]["with"]["properties"]["threshold"]
    assert threshold["default"] == 0.5
    assert threshold["description"] == "probability at which speech begins, 0 to 1"
    assert threshold["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 1}


TALK = "  talk: {uses: source.tone}\n"

GOOD = {
    "short": "  v: {uses: vad.energy, inputs: {audio: talk.audio}}",
    "long edge": "  v: {uses: vad.energy, inputs: {audio: {from: talk.audio, capacity: 2, when_full: latest}}}",
    "environment": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, with: {threshold: '${LOUD}'}}",
    "own node": "  v: {uses: 'mine:Mine', inputs: {whatever: talk.audio}, with: {a: 1}}",
    "place and errors": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, runs_on: thread, on_error: {restart: 3}}",
    "fallback": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, on_error: {fallback: {uses: vad.webrtc}}}",
    "a node as a setting": "  v: {uses: segment.units, inputs: {words: a.b}, with: {confirm: {uses: translate.firefox}}}",
}
BAD = {
    "unknown node": "  v: {uses: vad.energie, inputs: {audio: talk.audio}}",
    "no uses": "  v: {inputs: {audio: talk.audio}}",
    "unknown key": "  v: {uses: vad.energy, input: {audio: talk.audio}}",
    "unknown setting": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, with: {treshold: 0.5}}",
    "out of range": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, with: {threshold: 2}}",
    "unknown input": "  v: {uses: vad.energy, inputs: {sound: talk.audio}}",
    "input left open": "  v: {uses: vad.energy}",
    "no output named": "  v: {uses: vad.energy, inputs: {audio: talk}}",
    "unknown rule": "  v: {uses: vad.energy, inputs: {audio: {from: talk.audio, when_full: block}}}",
    "no room": "  v: {uses: vad.energy, inputs: {audio: {from: talk.audio, capacity: 0}}}",
    "unknown place": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, runs_on: gpu}",
    "unknown policy": "  v: {uses: vad.energy, inputs: {audio: talk.audio}, on_error: ignore}",
}


@pytest.mark.parametrize("what", GOOD)
def test_what_makes_sense_is_valid(what: str) -> None:
    assert errors("nodes:\n" + TALK + GOOD[what]) == []


@pytest.mark.parametrize("what", BAD)
def test_what_the_reader_refuses_is_invalid(what: str) -> None:
    text = "nodes:\n" + TALK + BAD[what]
    assert errors(text)
    with pytest.raises(Exception, match=r"graph:\d+"):
        Graph.parse(text)
