"""Draw: a graph as a picture: Mermaid text, Graphviz text, or SVG.

Decides: what a drawing says. A box gives the node's name, what it uses, and where it runs when that is not the loop;
an arrow gives the output, the input where its name differs, the payload kind, and the edge's rule where it is not the
default. The order is that of the graph, so the same graph gives the same text.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.edge import DEFAULT_CAPACITY
from pipeline.errors import NodeError, PackageError
from pipeline.graph import Graph, Member
from pipeline.node import Source
from pipeline.spec import EdgeSpec


class Box(NamedTuple):
    """A node as drawn."""

    name: str
    lines: list[str]
    shape: str  # source, node or sink


class Arrow(NamedTuple):
    """An edge as drawn."""

    source: str
    target: str
    lines: list[str]


def boxes(graph: Graph) -> Iterator[Box]:
    """The nodes of a graph."""
    for name, member in graph.members.items():
        place = [] if member.runs_on == "loop" else [f"on its own {member.runs_on}"]
        fallback = [f"or {member.on_error.uses}"] if member.fallback else []
        yield Box(name, [name, _short(member.uses), *fallback, *place], _shape(member))


def arrows(graph: Graph) -> Iterator[Arrow]:
    """The edges of a graph."""
    for name, member in graph.members.items():
        for port, edge in member.inputs.items():
            owner, _, output = edge.source.partition(".")
            kinds = " or ".join(kind.__name__ for kind in graph[owner].outputs[output].kinds)
            ports = output if output == port else f"{output} to {port}"
            yield Arrow(owner, name, [ports, kinds, *_rule(edge)])


def _shape(member: Member) -> str:
    if isinstance(member.node, Source):
        return "source"
    return "node" if member.node.outputs else "sink"


def _short(uses: str) -> str:
    """`vad.energy` for the shipped node that a graph made in Python names by module and class."""
    module, _, _ = uses.partition(":")
    return module.removeprefix("nodes.") if module.startswith("nodes.") else uses


def _rule(edge: EdgeSpec) -> list[str]:
    words = []
    if edge.capacity != DEFAULT_CAPACITY:
        words.append(f"{edge.capacity} packet" + "s" * (edge.capacity != 1))
    if edge.capacity_ms is not None:
        words.append(f"{edge.capacity_ms:g} ms")
    if edge.when_full != "wait":
        words.append(edge.when_full)
    return [", ".join(words)] if words else []


# Mermaid

_BRACKETS = {"source": '(["{}"])', "node": '["{}"]', "sink": '[/"{}"/]'}


def mermaid(graph: Graph) -> str:
    """The graph as Mermaid text, for Markdown."""
    lines = ["flowchart LR"]
    ids = {
        box.name: f"n{index}" for index, box in enumerate(boxes(graph))
    }  # names such as `end` are keywords there
    for box in boxes(graph):
        head, *rest = (_entities(line) for line in box.lines)
        label = "<br/>".join([f"<b>{head}</b>", *rest])
        lines.append(f"    {ids[box.name]}{_BRACKETS[box.shape].format(label)}")
    for arrow in arrows(graph):
        label = "<br/>".join(_entities(line) for line in arrow.lines)
        lines.append(f'    {ids[arrow.source]} -->|"{label}"| {ids[arrow.target]}')
    return "\n".join(lines)


def _entities(text: str) -> str:
    for letter, entity in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, entity)
    return text


# Graphviz

_STYLES = {"source": "rounded,filled", "node": "filled", "sink": "filled,bold"}


def dot(graph: Graph) -> str:
    """The graph as text for Graphviz."""
    lines = [
        "digraph {",
        "  rankdir=LR;",
        '  node [shape=box, fontname="sans-serif", fontsize=11, fillcolor="#f4f4f4"];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    lines += [
        f'  {_quoted([box.name])} [label={_quoted(box.lines)}, style="{_STYLES[box.shape]}"];'
        for box in boxes(graph)
    ]
    lines += [
        f"  {_quoted([arrow.source])} -> {_quoted([arrow.target])} [label={_quoted(arrow.lines)}];"
        for arrow in arrows(graph)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(lines: list[str]) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'


def svg(graph: Graph) -> str:
    """The graph as SVG. Raises `PackageError` where Graphviz is not installed."""
    program = shutil.which("dot")
    if program is None:
        raise PackageError(
            "drawing SVG: the program 'dot' is not installed; install Graphviz (apt install graphviz), "
            "or draw Mermaid text, which needs nothing"
        )
    done = subprocess.run([program, "-Tsvg"], input=dot(graph), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NodeError(f"drawing SVG: dot failed: {done.stderr.strip()}; draw Mermaid text instead")
    return done.stdout
