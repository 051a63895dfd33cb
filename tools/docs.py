"""Refresh the generated parts of the docs: the table of nodes and the drawings of the shipped graphs.

    python tools/docs.py [--check]

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`. `--check` changes nothing and returns 1
when a part is stale; a test calls it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipeline import resolve
from pipeline.draw import mermaid
from pipeline.graph import Graph, shipped_graphs

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/nodes.md", "docs/graphs.md")


def nodes() -> str:
    """A table of all shipped nodes: name and what it does for the user."""
    lines = ["| node | what it does |", "| --- | --- |"]
    for name in resolve.names():
        if "." in name and not name.startswith("_"):
            about = (resolve.node_class(name).__doc__ or "").strip().splitlines()[0]
            lines.append(f"| `{name}` | {about} |")
    return "\n".join(lines)


def graphs() -> str:
    """Every shipped graph: its first line, and its drawing."""
    parts = []
    for path in shipped_graphs():
        about = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        parts.append(f"## {path.stem}\n\n{about}\n\n```mermaid\n{mermaid(Graph.load(path))}\n```")
    return "\n\n".join(parts)


def picture() -> str:
    """The graph of the README, less its files."""
    graph = Graph.load("interpret").without("source_captions", "captions", "sound", "events")
    return f"```mermaid\n{mermaid(graph)}\n```"


PARTS = {"nodes": nodes, "graphs": graphs, "picture": picture}


def refreshed(text: str) -> str:
    """A page with its generated parts made anew."""

    def part(match: re.Match[str]) -> str:
        return f"<!-- generated: {match[1]} -->\n{PARTS[match[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- generated: (\w+) -->\n.*?<!-- end -->", part, text, flags=re.DOTALL)


def main() -> int:
    """Refresh or check; returns the exit code."""
    stale = []
    for page in PAGES:
        path = ROOT / page
        old = path.read_text(encoding="utf-8")
        new = refreshed(old)
        if new != old:
            stale.append(page)
            if "--check" not in sys.argv:
                path.write_text(new, encoding="utf-8")
    checking = "--check" in sys.argv
    if stale:
        sys.stdout.write(f"{'stale: ' if checking else 'refreshed: '}{', '.join(stale)}\n")
        if checking:
            sys.stdout.write("type: make docs\n")
    return 1 if stale and checking else 0


if __name__ == "__main__":
    sys.exit(main())
