"""Refresh the generated parts of the docs: the tables of nodes and of languages, the drawings of the shipped graphs.

    python tools/docs.py [--check]

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`. `--check` changes nothing and returns 1
when a part is stale; a test calls it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipeline import models, resolve, routes
from pipeline.commands.languages import coverage as covered
from pipeline.draw import mermaid
from pipeline.graph import Graph, shipped_graphs
from pipeline.languages import Language, code, language
from pipeline.languages import languages as table

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/nodes.md", "docs/graphs.md", "docs/languages.md")


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


def languages() -> str:
    """A line for each language: by whom it is heard, translated and spoken, how well, and what to fetch."""
    lines = [
        "| tag | language | heard | text from English | spoken by | LiveTranslate |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for tag, one in table().items():
        cells = (
            f"`{tag}`",
            f"{one.name}, {one.endonym}",
            _heard(one),
            _fetched(one),
            _voices(one),
            _service(one),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _heard(one: Language) -> str:
    near = f"{language(one.near).name} (`{one.near}`)" if one.near else ""
    if not one.hears:
        return f"no; nearest: {near}"
    return f"as {near}" if near else "yes"


def _fetched(one: Language) -> str:
    """What to type for the model that translates text into a language."""
    name = f"firefox-en-{one.tag}"
    if one.tag == routes.ENGLISH:
        return "its speech"
    if name in models.catalogue():
        return f"`dragoman models fetch {name}`"
    found = code("firefox", one.tag)
    return f"`fxtranslate models add en {found}`" if found else "no"


def _voices(one: Language) -> str:
    by_name = {speaker.node: speaker.quality for speaker in routes.speakers(one.tag)}
    nodes = [f"tts.{engine}" for engine in routes.NATURAL if f"tts.{engine}" in by_name]
    return ", ".join(f"`{node}` {by_name[node]}" for node in nodes) or "no"


def _service(one: Language) -> str:
    return "speech" if "speech" in one.service else "text" if "text" in one.service else ""


def coverage() -> str:
    """What of the closed service's languages is covered."""
    said = covered()
    return f"{said[0].upper()}{said[1:]}."


PARTS = {"nodes": nodes, "graphs": graphs, "picture": picture, "languages": languages, "coverage": coverage}


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
