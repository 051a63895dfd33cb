"""`dragoman graphs`, `check`, `draw`, `schema`: about graph files, without running them."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import msgspec

from pipeline.commands.running import settings
from pipeline.errors import Fault, GraphError
from pipeline.graph import Graph, shipped_graphs


def graphs(given: Namespace) -> int:
    """List the shipped graphs with the first line of each."""
    for path in shipped_graphs():
        about = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        sys.stdout.write(f"{path.stem:<24}{about}\n")
    return 0


def check(given: Namespace) -> int:
    """Check graph files; exit code 2 when one has a fault."""
    faults: list[Fault] = []
    for file in given.graph:
        try:
            graph = Graph.load(file, settings(given.set))
        except GraphError as error:
            faults += error.faults
        else:
            if not given.json:
                sys.stdout.write(f"{file}: sound, {len(graph.members)} nodes\n")
    if given.json:
        sys.stdout.write(msgspec.json.encode(faults).decode() + "\n")
    else:
        sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 2 if faults else 0


def draw(given: Namespace) -> int:
    """Draw a graph as Mermaid text, or as SVG."""
    from pipeline.draw import mermaid, svg

    graph = Graph.load(given.graph, settings(given.set))
    if given.svg:
        Path(given.svg).write_text(svg(graph), encoding="utf-8")
    else:
        sys.stdout.write(mermaid(graph) + "\n")
    return 0


def schema(given: Namespace) -> int:
    """Print or write the JSON Schema of graph files."""
    from pipeline.schema import graph_schema

    text = msgspec.json.format(msgspec.json.encode(graph_schema())).decode() + "\n"
    if given.out:
        Path(given.out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0
