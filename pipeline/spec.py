"""Spec: a graph file as plain data, each value with its place in the file.

Decides: what YAML means here. The YAML 1.2 core rules hold (`no` is the string "no", not false), duplicate keys
are refused, `${NAME}` reads the environment, and only the keys in the tables below are known. Every fault of the
file is found in one reading. Knows no node classes: whether `uses` and `with` make sense is for pipeline/graph.py.

What must change with it: docs/graph-file.md and the JSON Schema in pipeline/schema.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml

from pipeline.edge import DEFAULT_CAPACITY, WhenFull
from pipeline.errors import Fault, GraphError, InputError, did_you_mean
from pipeline.node import Place

TOP_KEYS = ("nodes",)
NODE_KEYS = ("uses", "inputs", "with", "runs_on", "on_error")
EDGE_KEYS = ("from", "capacity", "capacity_ms", "when_full")
POLICIES = ("stop", "skip", "restart", "fallback")
RESTARTS = 3  # how often `on_error: restart` restarts before it stops, unless the file says

Path_ = tuple[str, ...]
Mark = tuple[int, int]  # line, column; counted from 1


class EdgeSpec(msgspec.Struct, frozen=True):
    """One input of a node, as written."""

    source: str  # "node.output"
    capacity: int = DEFAULT_CAPACITY  # packets
    capacity_ms: float | None = None  # milliseconds of media
    when_full: WhenFull = "wait"


class ErrorSpec(msgspec.Struct, frozen=True):
    """What happens when a node raises."""

    policy: str = "stop"
    budget: int | None = None  # how often it may happen; None: no limit
    uses: str = ""  # fallback: the node that takes over
    with_: dict[str, Any] = {}


class NodeSpec(msgspec.Struct):
    """One node, as written."""

    uses: str
    inputs: dict[str, EdgeSpec] = {}
    with_: dict[str, Any] = {}
    runs_on: Place | None = None
    on_error: ErrorSpec = ErrorSpec()


class GraphSpec(msgspec.Struct):
    """A graph file: nodes in the order of the file, and where each value stands."""

    nodes: dict[str, NodeSpec]
    file: str = "graph"
    marks: dict[Path_, Mark] = {}
    overruled: dict[Path_, str] = {}  # values that `--set` gave, and how it named them

    def fault(self, path: Path_, what: str, remedy: str = "") -> Fault:
        """A fault at a path such as ("nodes", "talk", "with", "path"), or at the nearest place above it."""
        while path and path not in self.marks and path not in self.overruled:
            path = path[:-1]
        if path in self.overruled:
            return Fault(self.overruled[path], 0, what, remedy)
        line, column = self.marks.get(path, (0, 0))
        place = f"{self.file}:{line}:{column}" if line else self.file
        return Fault(place, line, what, remedy, column)


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2: only true/false are booleans."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", "~n\0"),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(
        _tag, re.compile(_pattern), list(_first) if _first != "~n\0" else ["~", "n", ""]
    )

_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))  # 010 is ten, not eight


def read(file: str | Path, overrides: Mapping[str, str] | None = None) -> GraphSpec:
    """Read a graph file. `overrides` are `node.key` to YAML text (`--set`).

    Raises `GraphError` with every fault of the file, `InputError` when it cannot be read.
    """
    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such graph file; `dragoman graphs` lists the shipped ones") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; give a YAML graph file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error}); give a YAML graph file") from error
    return parse(text, str(path), overrides)


def parse(text: str, file: str = "graph", overrides: Mapping[str, str] | None = None) -> GraphSpec:
    """A graph from YAML text; see `read`."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        place = f"{file}:{line}:{column}" if mark else file
        what = f"not valid YAML: {_why(error)}"
        variable = mark is not None and "${" in text.splitlines()[mark.line : mark.line + 1][0]
        remedy = 'inside {} write "${NAME}" in quotes' if variable else "check indentation and brackets"
        raise GraphError([Fault(place, line, what, remedy, column)]) from error
    reading = _Reading(file)
    data = reading.plain(root, ()) if root is not None else {}
    reading.override(overrides or {}, data)
    reading.graph(data)
    found = [*reading.faults, *reading.unset.values()]
    if found:
        raise GraphError(found)
    return reading.spec


def _why(error: Exception) -> str:
    """What YAML says is wrong, in one line."""
    return str(getattr(error, "problem", None) or getattr(error, "context", None) or error).splitlines()[0]


def value_of(text: str) -> Any:
    """A value as it would read in a graph file, for `--set`. Raises `yaml.YAMLError`, `ValueError`."""
    return yaml.load(text, Loader=_Loader) if text else ""


class _Reading:
    """One reading of a file: what is understood so far, and what is wrong."""

    def __init__(self, file: str) -> None:
        self.spec = GraphSpec({}, file, {}, {})
        self.faults: list[Fault] = []
        self.unset: dict[Path_, Fault] = {}  # variables of the environment that are not set
        self._within: list[yaml.Node] = []

    def fault(self, path: Path_, what: str, remedy: str) -> None:
        self.faults.append(self.spec.fault(path, what, remedy))

    # YAML nodes to plain data

    def plain(self, node: yaml.Node, path: Path_) -> Any:
        """A YAML node as plain data; notes where it stands."""
        self.spec.marks[path] = _mark(node)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if any(node is outer for outer in self._within):
            self.fault(path, "an alias to what it stands in", "write the value out")
            return None
        self._within.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return self.pairs(node, path)
            return [self.plain(item, (*path, str(index))) for index, item in enumerate(node.value)]
        finally:
            self._within.pop()

    def pairs(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        """A mapping; of two equal keys the first one's line is told."""
        marks, data = self.spec.marks, dict[str, Any]()
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            where = (*path, key)
            first = marks[where][0] if key in data else None
            data[key] = self.plain(value_node, where)
            marks[where] = _mark(key_node)
            if first is not None:
                self.fault(where, f"{key!r} stands twice (first in line {first})", "keep one of them")
        return data

    def scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        """A scalar, with `${NAME}` and `${NAME:-default}` filled in from the environment."""
        text = str(node.value)

        def environment(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            if name not in os.environ and default is None:
                what = f"environment variable {name} is not set"
                self.unset[path] = self.spec.fault(path, what, f"export {name}=…")
            return os.environ.get(name, default or "")

        filled = re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", environment, text)
        loader: Any = _Loader("")
        tag = node.tag if filled == text else loader.resolve(yaml.ScalarNode, filled, (True, False))
        try:
            return loader.construct_object(yaml.ScalarNode(tag, filled, node.start_mark, node.end_mark))
        except (yaml.YAMLError, ValueError) as error:
            self.fault(path, f"not a value: {_why(error)}", "write it without a tag")
            return None

    def override(self, overrides: Mapping[str, str], data: Any) -> None:
        """Put `--set node.key=value` over what the file says."""
        nodes = data.get("nodes") if isinstance(data, dict) else None
        nodes = nodes if isinstance(nodes, dict) else {}
        for target, text in overrides.items():
            name, _, key = target.partition(".")
            place = f"--set {target}"
            if not isinstance(nodes.get(name), dict):
                self.faults.append(Fault(place, 0, f"no node {name!r}", did_you_mean(name, list(nodes))))
            elif not key:
                self.faults.append(
                    Fault(place, 0, "names no setting", f"write --set {name}.<setting>=<value>")
                )
            else:
                self.put(nodes[name], (*key.split("."),), text, ("nodes", name, "with"), place)

    def put(self, node: dict[str, Any], keys: Path_, text: str, path: Path_, place: str) -> None:
        """Put one value into the settings of a node."""
        try:
            value = value_of(text)
        except (yaml.YAMLError, ValueError) as error:
            self.faults.append(Fault(place, 0, f"not a value: {_why(error)}", "put it in quotes"))
            return
        if node.get("with") is None:
            node["with"] = {}
        settings, (*groups, last) = node["with"], keys
        for group in groups:
            settings = settings.setdefault(group, {}) if isinstance(settings, dict) else None
        if not isinstance(settings, dict):
            what = f"{'.'.join(('with', *groups))} is not a mapping"
            self.faults.append(Fault(place, 0, what, "write it as one in the file"))
            return
        settings[last] = value
        self.spec.overruled[(*path, *keys)] = place
        self.unset.pop((*path, *keys), None)

    # Plain data to the spec

    def graph(self, data: Any) -> None:
        """The whole file."""
        if not isinstance(data, dict) or not isinstance(data.get("nodes"), dict) or not data["nodes"]:
            remedy = "write `nodes:` and under it a line for each node, `name: {uses: …}`"
            self.fault((), "a graph file has a mapping `nodes`", remedy)
            return
        self.known(data, TOP_KEYS, ())
        for name, value in data["nodes"].items():
            path: Path_ = ("nodes", name)
            if not re.fullmatch(r"[A-Za-z_][\w-]*", name):
                self.fault(path, f"{name!r} is not a name", "use letters, digits, - and _")
            if not isinstance(value, dict) or not isinstance(value.get("uses"), str):
                self.fault(path, f"node {name!r} does not say which node it uses", "write {uses: group.node}")
                continue
            self.known(value, NODE_KEYS, path)
            self.spec.nodes[name] = NodeSpec(
                uses=value["uses"],
                inputs=self.edges(value.get("inputs"), (*path, "inputs")),
                with_=self.mapping(value.get("with"), (*path, "with")),
                runs_on=self.one_of(value, "runs_on", get_args(Place), path),
                on_error=self.on_error(value.get("on_error", "stop"), (*path, "on_error")),
            )

    def known(self, data: dict[str, Any], keys: tuple[str, ...], path: Path_) -> None:
        """Refuse keys that are not in the table."""
        for key in set(data) - set(keys):
            self.fault((*path, key), f"unknown key {key!r}", did_you_mean(key, list(keys)))

    def mapping(self, value: Any, path: Path_) -> dict[str, Any]:
        """A mapping, or nothing."""
        if value is None or isinstance(value, dict):
            return value or {}
        self.fault(path, f"{path[-1]!r} is {value!r}", "write a mapping, {key: value}")
        return {}

    def one_of(self, data: dict[str, Any], key: str, words: tuple[str, ...], path: Path_) -> Any:
        """One of a few words, or None."""
        value = data.get(key)
        if value is None or value in words:
            return value
        self.fault((*path, key), f"{key} is {value!r}", f"give one of {', '.join(words)}")
        return None

    def positive(self, data: dict[str, Any], key: str, kind: Any, path: Path_) -> Any:
        """A number above 0, or None."""
        value = data.get(key)
        if value is None or (isinstance(value, kind) and not isinstance(value, bool) and value > 0):
            return value
        self.fault((*path, key), f"{key} is {value!r}", "give a number above 0")
        return None

    def edges(self, value: Any, path: Path_) -> dict[str, EdgeSpec]:
        """The inputs of a node, short (`node.output`) or long."""
        edges: dict[str, EdgeSpec] = {}
        for port, written in self.mapping(value, path).items():
            where = (*path, port)
            given = {"from": written} if isinstance(written, str) else written
            if not isinstance(given, dict) or not isinstance(given.get("from"), str):
                remedy = "write node.output, or {from: node.output, capacity: 8, when_full: drop_oldest}"
                self.fault(where, f"input {port!r} does not say where it comes from", remedy)
                continue
            self.known(given, EDGE_KEYS, where)
            edges[port] = EdgeSpec(
                source=given["from"],
                capacity=self.positive(given, "capacity", int, where) or DEFAULT_CAPACITY,
                capacity_ms=self.positive(given, "capacity_ms", int | float, where),
                when_full=self.one_of(given, "when_full", get_args(WhenFull), where) or "wait",
            )
        return edges

    def on_error(self, value: Any, path: Path_) -> ErrorSpec:
        """An error policy, short (a word) or long."""
        if isinstance(value, str) and value in POLICIES[:3]:
            return ErrorSpec(value, RESTARTS if value == "restart" else None)
        if isinstance(value, dict) and len(value) == 1:
            policy, detail = next(iter(value.items()))
            if policy in ("skip", "restart") and type(detail) is int and detail > 0:
                return ErrorSpec(policy, detail)
            if policy == "fallback" and isinstance(detail, dict) and isinstance(detail.get("uses"), str):
                self.known(detail, ("uses", "with"), (*path, policy))
                return ErrorSpec(
                    policy, 1, detail["uses"], self.mapping(detail.get("with"), (*path, policy, "with"))
                )
        remedy = "write stop, skip, restart, {restart: 3}, or {fallback: {uses: group.node}}"
        self.fault(path, f"on_error is {value!r}", remedy)
        return ErrorSpec()


def _mark(node: yaml.Node) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1
