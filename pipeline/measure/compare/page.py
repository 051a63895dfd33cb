"""compare.html: two evaluations side by side, with the recordings and sentences to listen to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

from pipeline.errors import OutputError
from pipeline.measure.compare.comparison import Change, Comparison, Pair
from pipeline.measure.page.markup import tag
from pipeline.measure.page.sections import section
from pipeline.measure.page.sheet import sheet
from pipeline.measure.scores.evaluation import Evaluation
from pipeline.measure.scores.labels import HEADLINE, metric
from pipeline.measure.scores.score import Line

SHOWN = 15  # sentences on each side
LATENCY = "long_yaal_ms_queue"


def write(found: Comparison, path: Path) -> None:
    """Write the page. Raises `OutputError`."""
    try:
        path.write_text(page(found, path.parent), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another --out") from error


def page(found: Comparison, beside: Path) -> str:
    """The page as text; its links are relative to the folder `beside`."""
    worse = [pair for pair in found.sentences if pair.gained < 0][:SHOWN]
    better = [pair for pair in reversed(found.sentences) if pair.gained > 0][:SHOWN]
    body = [
        _head(found, beside),
        _scores(found.total),
        section("Recordings, the one whose quality changed most first", _scroll(_recordings(found, beside))),
        _sentences("Sentences that became worse", worse, found, beside),
        _sentences("Sentences that became better", better, found, beside),
        _changes(found),
    ]
    return sheet(
        "A and B compared \u00b7 Dragoman", [part for part in body if part is not None], ("page.js",)
    )


def _scores(changes: Sequence[Change]) -> Element:
    first = [one for one in changes if one.key in HEADLINE]
    others = [one for one in changes if one.key not in HEADLINE]
    more = tag("details", tag("summary", f"{len(others)} more scores"), _scroll(_total(others)))
    return section(
        "Scores", tag("p", _READING, class_="note"), _scroll(_total(first)), more if others else None
    )


_READING = (
    "Differences are B less A, with the bounds of 95 of 100 draws of the same sentences (or recordings) for both; "
    "p is how likely so large a difference is by chance. Where it is 0.05 or more, no difference is shown; that is "
    "not the same as none. A score without bounds has too few sentences (10) or recordings (5) to draw from."
)


def _scroll(table: Element) -> Element:
    return tag("div", table, class_="scroll", tabindex="0")


def _head(found: Comparison, beside: Path) -> Element:
    rows = [
        (name, tag("a", f"{one.about.get('name') or one.folder.name}: {one.folder}", href=_href(one, beside)))
        for name, one in (("A", found.a), ("B", found.b))
    ]
    return tag(
        "header",
        tag("h1", "A and B compared"),
        *(tag("p", f"{name}: ", link, class_="note") for name, link in rows),
        tag("p", counted(found), class_="note"),
        tag("ul", (tag("li", warning) for warning in found.warnings)) if found.warnings else None,
    )


def _href(of: Evaluation, beside: Path, *inside: str) -> str:
    """A link from the page to a file of an evaluation: to its page where nothing else is named."""
    target = of.folder.joinpath(*(inside or ("report.html",))).absolute()
    return quote(Path(os.path.relpath(target, beside.absolute())).as_posix())


def _table(head: Sequence[str], rows: Iterable[Sequence[Element]]) -> Element:
    cells = [tag("th", tag("button", name, type="button"), scope="col") for name in head]
    cells[0].set("class", "left")
    body = [tag("tr", row) for row in rows]
    return tag(
        "table",
        tag("thead", tag("tr", cells)),
        tag("tbody", body),
        class_="sortable",
    )


def _total(changes: Sequence[Change]) -> Element:
    rows = [_score(one) for one in changes]
    return _table(("score", "A", "B", "B less A", "95 %", "p", "over", "B is"), rows)


def _score(one: Change) -> list[Element]:
    known = metric(one.key)
    test = one.test
    texts = [
        known.show(one.a),
        known.show(one.b),
        signed(one.key, one.difference),
        f"{signed(one.key, test.low)} to {signed(one.key, test.high)}" if test else "",
        f"{test.p:.3f}" if test else "",
        one.over,
        one.verdict or ("" if test else "too few to tell"),
    ]
    return [
        tag("th", known.head, scope="row", class_="left", title=known.about or None),
        *(tag("td", t) for t in texts),
    ]


def counted(found: Comparison) -> str:
    """What is compared, in words."""
    recordings, sentences = len(found.common), len(found.sentences)
    return f"{recordings} recording{'s' * (recordings != 1)} in common, {sentences} sentence{'s' * (sentences != 1)}"


def signed(key: str, value: float) -> str:
    """A difference as it stands in a table, with its sign."""
    shown = metric(key).show(value)
    return f"+{shown}" if value > 0 else shown


def _recordings(found: Comparison, beside: Path) -> Element:
    keys = [
        key for key in HEADLINE if any(one.key == key for row in found.recordings.values() for one in row)
    ]
    rows = []
    for id_, changes in found.recordings.items():
        by_key = {one.key: one for one in changes}
        links = [tag("a", name, href=f"{_href(of, beside)}#{quote(id_)}") for name, of in _sides(found)]
        cells = [tag("th", id_, scope="row", class_="left"), tag("td", links[0], " ", links[1])]
        rows.append(cells + [_moved(by_key.get(key)) for key in keys])
    names = (f"{metric(key).label}, {metric(key).unit}".rstrip(", ") for key in keys)
    return _table(("recording", "pages", *names), rows)


def _sides(found: Comparison) -> list[tuple[str, Evaluation]]:
    return [("A", found.a), ("B", found.b)]


def _moved(one: Change | None) -> Element:
    if one is None:
        return tag("td", "\u2013", data_v="")
    shown = f"{metric(one.key).show(one.a)} \u2192 {metric(one.key).show(one.b)}"
    return tag("td", shown, title=signed(one.key, one.difference), data_v=one.difference)


def _sentences(title: str, pairs: Sequence[Pair], found: Comparison, beside: Path) -> Element | None:
    return section(title, *(_sentence(pair, found, beside) for pair in pairs)) if pairs else None


def _sentence(pair: Pair, found: Comparison, beside: Path) -> Element:
    at_s = pair.a.sentence.start_ms / 1000
    chrf = f"chrF {pair.chrf[0]:.1f} \u2192 {pair.chrf[1]:.1f}"
    delay = " \u2192 ".join(_delay(line) for line in (pair.a, pair.b))
    told = f" \u00b7 {chrf} \u00b7 delay {delay} \u00b7 listen: "
    links = [part for link in _listen(pair, found, beside) for part in (link, " ")]
    texts = (("reference", pair.a.reference), ("A", pair.a.hypothesis), ("B", pair.b.hypothesis))
    return tag(
        "article",
        tag("p", tag("b", f"{pair.a.recording}, {at_s:.1f} s"), told, *links),
        tag(
            "dl",
            (tag("div", tag("dt", name), tag("dd", text or "\u2013")) for name, text in texts),
            class_="facts",
        ),
    )


def _delay(line: Line) -> str:
    value = line.lags.get(LATENCY)
    return "\u2013" if value is None else f"{metric(LATENCY).show(value)} s"


def _listen(pair: Pair, found: Comparison, beside: Path) -> list[Element]:
    """Links into the source and both dubbed tracks at the moment at which the sentence begins there."""
    at = f"#t={pair.a.sentence.start_ms / 1000:.1f}"
    recording = next(one for one in found.a.recordings if one.id == pair.a.recording)
    links = [tag("a", "source", href=f"{recording.path.absolute().as_uri()}{at}")]
    for name, of in _sides(found):
        inside = ("runs", recording.id, f"speech.{recording.to}.wav")
        if of.folder.joinpath(*inside).is_file():
            links.append(tag("a", name, href=f"{_href(of, beside, *inside)}{at}"))
    return links


def _changes(found: Comparison) -> Element:
    text = "\n".join(found.changed) or "The graphs are the same."
    return section("What differs in the graphs (- A, + B)", tag("pre", text))


__all__ = ["counted", "page", "signed", "write"]
