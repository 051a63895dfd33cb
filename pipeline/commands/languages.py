"""`dragoman languages`: from, to, route, voice, and what to fetch for those not at hand."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator

from pipeline import routes
from pipeline.routes import Route


def languages(given: Namespace) -> int:
    """Print the routes; without a filter, from every language that is heard into those that are at hand."""
    sources = [routes.language(given.from_).tag] if given.from_ else [*routes.languages()]
    targets = [routes.language(given.to).tag] if given.to else [*routes.languages()]
    ready: list[Route] = []
    rest: list[Route] = []
    for source in sources:
        for target in targets:
            found = routes.routes(source, target)
            if found and source != target:
                (rest if found[0].needs else ready).append(found[0])
    sys.stdout.write(f"{'from':<24}{'to':<24}{'route':<40}voice\n")
    sys.stdout.writelines(f"{line}\n" for line in _lines(ready))
    sys.stdout.write(f"\n{len(ready)} pairs are at hand")
    if rest:
        sys.stdout.write(f"; {len(rest)} more with models to fetch:\n")
        sys.stdout.writelines(f"  {line}\n" for line in _fetches(rest))
    else:
        sys.stdout.write("\n")
    return 0


def _lines(found: list[Route]) -> Iterator[str]:
    """One line a pair; sources that go one way into one target share a line."""
    shared: dict[tuple[str, str], list[str]] = {}
    for route in found:
        shared.setdefault((str(route), route.to), []).append(route.from_)
    for (way, target), sources in sorted(shared.items(), key=lambda item: (item[0][1], -len(item[1]))):
        named = _name(sources[0]) if len(sources) == 1 else f"{len(sources)} languages"
        yield f"{named:<24}{_name(target):<24}{way:<40}{routes.voice(target) or 'none'}"
        if len(sources) > 1:
            yield "    " + " ".join(sources)


def _fetches(found: list[Route]) -> Iterator[str]:
    """One line a command: what to type, and what it opens."""
    opens: dict[str, set[tuple[str, str]]] = {}
    for route in found:
        opens.setdefault(" && ".join(route.needs), set()).add((route.from_, route.to))
    for command, pairs in sorted(opens.items(), key=lambda item: (-len(item[1]), item[0])):
        targets = sorted({target for _, target in pairs})
        into = _name(targets[0]) if len(targets) == 1 else f"{len(targets)} languages"
        yield f"{command:<48}{len({source for source, _ in pairs})} languages into {into}"


def _name(tag: str) -> str:
    return f"{tag} {routes.languages()[tag].name}"
