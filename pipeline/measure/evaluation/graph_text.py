"""A graph as YAML that reads as the same graph, so that a run can be repeated from what it left behind.

What a graph file takes from the environment (`${KEY}`) is written so again: no key of a service goes into a file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import yaml

from pipeline.graph import Graph
from pipeline.spec import EdgeSpec, ErrorSpec, NodeSpec

PLAIN = re.compile(r"[A-Za-z_/][\w./-]*")  # text that needs no quotes in YAML
WORDS = {"true", "false", "null"}  # but these do


def text_of(graph: Graph) -> str:
    """A graph of named nodes (not of nodes made in Python) as text for a graph file."""
    hidden = _variables(Path(graph.spec.file))
    nodes = {name: _node(spec, hidden) for name, spec in graph.spec.nodes.items()}
    text: str = yaml.dump({"nodes": nodes}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def _variables(file: Path) -> dict[str, str]:
    """What a graph file takes from the environment: value to how it is written."""
    if not file.is_file():
        return {}
    names = re.findall(r"\$\{(\w+)", file.read_text(encoding="utf-8"))
    return {value: f"${{{name}}}" for name in names if (value := os.environ.get(name))}


def _node(spec: NodeSpec, hidden: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"uses": spec.uses}
    if spec.inputs:
        found["inputs"] = {port: _edge(edge) for port, edge in spec.inputs.items()}
    if spec.with_:
        found["with"] = _hiding(spec.with_, hidden)
    if spec.runs_on:
        found["runs_on"] = spec.runs_on
    if spec.on_error != ErrorSpec():
        found["on_error"] = _policy(spec.on_error, hidden)
    return found


def _edge(edge: EdgeSpec) -> Any:
    plain = EdgeSpec(edge.source)
    keys = [
        key for key in ("capacity", "capacity_ms", "when_full") if getattr(edge, key) != getattr(plain, key)
    ]
    return {"from": edge.source, **{key: getattr(edge, key) for key in keys}} if keys else edge.source


def _policy(error: ErrorSpec, hidden: dict[str, str]) -> Any:
    if error.policy == "fallback":
        settings = {"with": _hiding(error.with_, hidden)} if error.with_ else {}
        return {"fallback": {"uses": error.uses, **settings}}
    return error.policy if error.budget is None else {error.policy: error.budget}


def _hiding(value: Any, hidden: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _hiding(inner, hidden) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hiding(inner, hidden) for inner in value]
    return hidden.get(value, value) if isinstance(value, str) else value


class _Dumper(yaml.SafeDumper):
    """YAML 1.2, as graph files are read: text that could be read as something else is in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = PLAIN.fullmatch(text) and text not in WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _quoted)
