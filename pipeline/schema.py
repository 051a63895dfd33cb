"""Schema: the JSON Schema of graph files, made from the nodes at hand, for completion and checks in editors.

Decides: how settings, ports and the keys of pipeline/spec.py read as JSON Schema (draft 2020-12). Names of nodes come
with the first line of their docstring, settings with their comment and default. Anything that is not text may also be
written as `${NAME}`, because the environment is filled in before values are read. What a schema cannot see (whether
edges fit, cycles) is for pipeline/graph.py.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING
from typing import Any, get_args

import msgspec

from pipeline.edge import DEFAULT_CAPACITY, WhenFull
from pipeline.node import Node, Place
from pipeline.resolve import names, node_class
from pipeline.settings import Setting, settings_of
from pipeline.spec import EDGE_KEYS, NODE_KEYS, POLICIES, TOP_KEYS

Schema = dict[str, Any]

_NAME = r"^[A-Za-z_][\w-]*$"
_PORT = r"^[A-Za-z_][\w-]*\.\w+$"
_FROM_ENVIRONMENT = {"type": "string", "pattern": r"\$\{\w+"}


def graph_schema() -> Schema:
    """The schema of a graph file. Raises what importing a node raises."""
    classes = {name: node_class(name) for name in names()}
    settings = {name: settings_of(cls) for name, cls in classes.items()}
    kinds = [setting.type for known in settings.values() for setting in known.values()]
    written, shared = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    schemas = iter(written)
    cases = [
        _case(name, cls, {key: _setting(setting, next(schemas)) for key, setting in settings[name].items()})
        for name, cls in classes.items()
    ]
    parts = {"uses": _uses(classes), "edge": _edge(), "on_error": _on_error(), "node": _node(cases)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dragoman graph",
        "type": "object",
        "required": list(TOP_KEYS),
        "additionalProperties": False,
        "properties": {
            "nodes": {
                "description": "Name of a node in this graph, to what it is",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "patternProperties": {_NAME: {"$ref": "#/$defs/node"}},
            }
        },
        "$defs": {**shared, **parts},
    }


def first_line(cls: type[Node]) -> str:
    """What a node does, in one line."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def _uses(classes: dict[str, type[Node]]) -> Schema:
    known = [{"const": name, "description": first_line(cls)} for name, cls in classes.items()]
    own = {"type": "string", "pattern": r"^[\w.]+:\w+$", "description": "module:Class, a node of your own"}
    return {"description": "Which node: its name, or module:Class", "anyOf": [*known, own]}


def _node(cases: list[Schema]) -> Schema:
    properties = {
        "uses": {"$ref": "#/$defs/uses"},
        "inputs": {
            "description": "Input of this node, to node.output",
            "type": ["object", "null"],
            "additionalProperties": {"$ref": "#/$defs/edge"},
        },
        "with": {"description": "Settings", "type": ["object", "null"]},
        "runs_on": {"description": "Where its work is done", "enum": list(get_args(Place))},
        "on_error": {"$ref": "#/$defs/on_error"},
    }
    return {
        "type": "object",
        "required": ["uses"],
        "additionalProperties": False,
        "properties": {key: properties[key] for key in NODE_KEYS},
        "allOf": cases,
    }


def _case(name: str, cls: type[Node], settings: dict[str, Schema]) -> Schema:
    """What holds for nodes that use `name`."""
    given = [key for key, setting in settings_of(cls).items() if setting.required]
    wired = [port for port, input_ in cls.inputs.items() if not input_.optional]
    inputs = {
        port: {"$ref": "#/$defs/edge", "description": input_.describe()}
        for port, input_ in cls.inputs.items()
    }
    then: Schema = {
        "properties": {
            "with": {"properties": settings, "additionalProperties": False, "required": given},
            "inputs": {"properties": inputs, "additionalProperties": False, "required": wired},
        },
        "required": ["with"] * bool(given) + ["inputs"] * bool(wired),
    }
    return {"if": {"properties": {"uses": {"const": name}}, "required": ["uses"]}, "then": then}


def _setting(setting: Setting, kind: Schema) -> Schema:
    schema = kind if kind.get("type") == "string" else _or_environment(kind)
    schema = schema | ({"description": setting.comment} if setting.comment else {})
    if setting.default is not MISSING:
        schema["default"] = msgspec.to_builtins(setting.default)
    return schema


def _or_environment(schema: Schema) -> Schema:
    return {"anyOf": [schema, _FROM_ENVIRONMENT]}


def _edge() -> Schema:
    source = {"type": "string", "pattern": _PORT, "description": "node.output"}
    count = _or_environment({"type": "integer", "exclusiveMinimum": 0})
    length = _or_environment({"type": "number", "exclusiveMinimum": 0})
    properties: Schema = {
        "from": source,
        "capacity": count | {"description": "Packets that may wait", "default": DEFAULT_CAPACITY},
        "capacity_ms": length | {"description": "Media that may wait, milliseconds"},
        "when_full": {
            "enum": list(get_args(WhenFull)),
            "default": "wait",
            "description": "What goes when it is full",
        },
    }
    long = {
        "type": "object",
        "required": ["from"],
        "additionalProperties": False,
        "properties": {key: properties[key] for key in EDGE_KEYS},
    }
    return {"anyOf": [source, long]}


def _on_error() -> Schema:
    *words, fallback = POLICIES
    budget = {"type": "integer", "exclusiveMinimum": 0}
    other = {
        "type": "object",
        "required": ["uses"],
        "additionalProperties": False,
        "properties": {"uses": {"$ref": "#/$defs/uses"}, "with": {"type": "object"}},
    }
    detailed = [
        {"type": "object", "required": [key], "additionalProperties": False, "properties": {key: schema}}
        for key, schema in (("skip", budget), ("restart", budget), (fallback, other))
    ]
    return {
        "description": "What happens when it raises",
        "default": "stop",
        "anyOf": [{"enum": words}, *detailed],
    }
