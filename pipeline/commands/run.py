"""`dragoman run`: run a graph file."""

from __future__ import annotations

import sys
from argparse import Namespace

from pipeline.commands.running import run_graph, settings, write_to
from pipeline.errors import InputError
from pipeline.graph import Graph


def run(given: Namespace) -> int:
    """Run a graph to its end and print its report."""
    if given.virtual and given.trio:
        raise InputError("--virtual: runs on trio anyway; leave --trio out")
    graph = Graph.load(given.graph, settings(given.set))
    if given.out:
        graph = write_to(graph, given.out)
    backend = "trio" if given.trio else "asyncio"
    report = run_graph(
        graph, stop_s=given.stop_s, backend=backend, virtual=given.virtual, report_in=given.out
    )
    if not given.quiet:
        sys.stdout.write(f"{report}\n")
    return 0 if report.ended in ("done", "stopped") else 1
