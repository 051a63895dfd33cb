"""`dragoman nodes` and `dragoman new-node`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from pipeline.commands.columns import show


def nodes(given: Namespace) -> int:
    """List all nodes, or describe one: docstring, ports, settings."""
    from pipeline.describe import describe, table

    show((describe(given.name) if given.name else table()) + "\n")
    return 0


def new_node(given: Namespace) -> int:
    """Write a node and its test from a template, and say what to type next."""
    from pipeline.new_node import write

    paths = write(given.name, Path(given.dir))
    for path in paths:
        sys.stdout.write(f"wrote {path}\n")
    sys.stdout.write(f"try:  python -m pytest {paths[-1]}\n")
    return 0
