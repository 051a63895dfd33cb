"""`dragoman nodes` and `dragoman new-node`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path


def nodes(given: Namespace) -> int:
    """List all nodes, or describe one: docstring, ports, settings."""
    from pipeline.describe import describe, table

    sys.stdout.write((describe(given.name) if given.name else table()) + "\n")
    return 0


def new_node(given: Namespace) -> int:
    """Write a node and its test from a template."""
    from pipeline.new_node import write

    for path in write(given.name, Path(given.dir)):
        sys.stdout.write(f"wrote {path}\n")
    return 0
