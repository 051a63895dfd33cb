"""`dragoman graphs`, `check`, `draw`, `schema`: about graph files, without running them."""

from __future__ import annotations

import sys
from argparse import Namespace

import msgspec

from pipeline.commands.columns import columns, show
from pipeline.commands.running import settings, write_text
from pipeline.errors import Fault, GraphError, InputError
from pipeline.graph import Graph, shipped_graphs


def graphs(given: Namespace) -> int:
    """List the shipped graphs with the first line of each."""
    rows = [
        (path.stem, path.read_text(encoding="utf-8").splitlines()[0].lstrip("# "))
        for path in shipped_graphs()
    ]
    show(columns(rows))
    return 0


def check(given: Namespace) -> int:
    """Check graph files; exit code 2 when one has a fault."""
    faults: list[Fault] = []
    for file in given.graph:
        found = _faults(file, given)
        faults += found
        if not found and not given.json and not given.quiet:
            sys.stdout.write(f"{file}: sound\n")
    if given.json:
        sys.stdout.write(msgspec.json.encode(faults).decode() + "\n")
    else:
        sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 2 if faults else 0


def _faults(file: str, given: Namespace) -> list[Fault]:
    try:
        Graph.load(file, settings(given.set))
    except GraphError as error:
        return error.faults
    except InputError as error:  # a file that cannot be read must not keep the others from being checked
        place, _, sentence = str(error).partition(": ")
        what, _, remedy = sentence.partition("; ")
        return [Fault(place, 0, what, remedy)]
    return []


def draw(given: Namespace) -> int:
    """Draw a graph as Mermaid text, or as SVG."""
    from pipeline.draw import mermaid, svg

    graph = Graph.load(given.graph, settings(given.set))
    if given.svg:
        write_text(given.svg, svg(graph))
    else:
        sys.stdout.write(mermaid(graph) + "\n")
    return 0


def schema(given: Namespace) -> int:
    """Print or write the JSON Schema of graph files."""
    from pipeline.schema import graph_schema

    text = msgspec.json.format(msgspec.json.encode(graph_schema())).decode() + "\n"
    if given.out:
        write_text(given.out, text)
    else:
        sys.stdout.write(text)
    return 0
