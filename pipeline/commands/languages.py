"""`dragoman languages`: into which languages, from which, by which route, with which voice, and what to type."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator

from pipeline import routes
from pipeline.commands.columns import columns, show
from pipeline.languages import language, of_service
from pipeline.languages import languages as table
from pipeline.routes import Route

HEAD = ("to", "from", "by", "voice")
FEW = 3  # sources that are named one by one


def languages(given: Namespace) -> int:
    """Print the routes: an overview, those of one language, or all that is known of one pair."""
    if given.from_ and given.to and given.from_ != "auto":
        show(_pair(given.from_, given.to))
        return 0
    sources = [given.from_] if given.from_ else [tag for tag, one in table().items() if one.hears]
    if sources[0] != "auto":
        sources = [language(source).tag for source in sources]
    targets = [language(given.to).tag] if given.to else list(table())
    pairs = [(source, target) for source in sources for target in targets if source != target]
    heard = routes.hearing()
    best = [found[0] for source, target in pairs if (found := routes.routes(source, target, heard))]
    show(_overview(best, named=bool(given.from_)))
    if not given.from_:
        show(f"\nheard: {len(sources)} languages; --from auto detects which\n  {' '.join(sources)}\n")
        show(f"\n{coverage()}\n")
    return 0


def _overview(best: list[Route], *, named: bool) -> str:
    ready = [route for route in best if not route.needs]
    rest = [route for route in best if route.needs]
    parts = [columns([HEAD, *_rows(ready, named)])] if ready else ["nothing is at hand\n"]
    if rest:
        parts.append("\nnot at hand; type\n" + columns(_fetches(rest), indent=2))
    return "".join(parts)


def _rows(ready: list[Route], named: bool) -> Iterator[tuple[str, str, str, str]]:
    """A line for each way into a target; sources that go the same way share it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for route in ready:
        shared.setdefault((route.to, str(route)), []).append(route.from_)
    before = ""
    for (target, way), sources in sorted(shared.items(), key=lambda item: (item[0][0], len(item[1]))):
        first = target != before
        before = target
        yield (
            _name(target) if first else "",
            _from(sources, more=not first, named=named),
            way,
            _voice(target) if first else "",
        )


def _from(sources: list[str], *, more: bool, named: bool) -> str:
    if len(sources) <= FEW or named:
        return ", ".join(_name(source) if source else "auto" for source in sources)
    return f"{len(sources)} {'others' if more else 'languages'}"


def _fetches(rest: list[Route]) -> list[tuple[str, str]]:
    """What to type, and which targets it opens: commands that differ only in a language share a line."""
    first = [need for need in routes.hearing() if all(need in route.needs for route in rest)]
    rows = [(routes.commands(first), "to hear anything")] if first else []
    opens: dict[str, dict[str, str]] = {}  # command with LANG for the target: target -> command
    for route in rest:
        needs = [need for need in route.needs if need not in first]
        if needs:
            command = routes.commands(needs)
            general = " ".join("LANG" if word == route.to else word for word in command.split())
            opens.setdefault(general, {})[route.to] = command
    for general, targets in sorted(opens.items()):
        [one, *others] = sorted(targets)
        if others:
            rows.append((general, f"LANG: {' '.join([one, *others])}"))
        else:
            rows.append((targets[one], f"into {_name(one)}"))
    return rows


def _pair(from_: str, to: str) -> str:
    """Every route between two languages, best first. Raises `RouteError` where there is none."""
    source, target = language(from_).tag, language(to).tag
    found = routes.routes(source, target)
    if not found:
        routes.find(source, target)  # says why
    rows = [(str(route), _state(route.needs)) for route in found]
    pair = f"{_name(source)} -> {_name(target)}"
    if source == target:
        return f"{pair}; captions only\n" + columns(rows, indent=2)
    voices = [
        (f"{speaker.node}, {speaker.quality}", _state([speaker.needs] if speaker.needs else []))
        for speaker in routes.speakers(target)
    ]
    spoken = columns(voices, indent=2) if voices else "  none; captions only\n"
    return f"{pair}\n{columns(rows, indent=2)}voices, the best first\n{spoken}"


def _state(needs: Iterable[str]) -> str:
    typed = routes.commands(needs)
    return f"not at hand; type: {typed}" if typed else "at hand"


def _name(tag: str) -> str:
    return f"{tag} {table()[tag].name}"


def _voice(tag: str) -> str:
    best = next((speaker for speaker in routes.speakers(tag) if not speaker.needs), None)
    return f"{best.node}, {best.quality}" if best else "none"


def coverage() -> str:
    """In one line, what of LiveTranslate's languages is covered by what is published, and what is missing."""
    text, speech = of_service("text"), of_service("speech")
    heard = {tag for tag in text if table()[tag].hears}
    written = {tag for tag in text if tag == routes.ENGLISH or "firefox" in table()[tag].codes}
    voiced = {tag for tag in speech if routes.speakers(tag)}
    return (
        f"of the {len(text)} languages of LiveTranslate {_all_but(heard, text)} are heard and {_all_but(written, text)} "
        f"translated into; of the {len(speech)} that it speaks {_all_but(voiced, speech)} have a voice and "
        f"{_all_but(written & speech, speech)} a translation"
    )


def _all_but(found: set[str], wanted: frozenset[str]) -> str:
    missing = " ".join(sorted(wanted - found))
    return f"{len(found)} (not {missing})" if missing else "all"
