"""What a sweep leaves behind: sweep.csv, curve.svg, and sweep.html with both and a link to the page of every point."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element

from pipeline.errors import OutputError
from pipeline.measure.confidence import Interval
from pipeline.measure.evaluation.changes import POLICY
from pipeline.measure.page.markup import tag
from pipeline.measure.page.plot import Axis, Line, Point, curve, standalone
from pipeline.measure.page.sheet import sheet
from pipeline.measure.scores.labels import HEADLINE, exact, metric, ordered
from pipeline.measure.sweep.curve import Row, Sweep
from pipeline.measure.sweep.points import PRESET, written

FEW = 10  # notes that are shown without a click
FILES = ("sweep.html", "curve.svg", "sweep.csv")


def write(sweep: Sweep) -> None:
    """Write the three files into the folder of the sweep. Raises `OutputError`."""
    drawing = plot(sweep)
    texts = (page(sweep, drawing), standalone(drawing), table(sweep))
    for name, text in zip(FILES, texts, strict=True):
        try:
            (sweep.folder / name).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise OutputError(
                f"{sweep.folder / name}: cannot be written ({error.strerror}); free space or choose another --out"
            ) from error


def keys_of(sweep: Sweep) -> list[str]:
    """The scores that some point has: headline first, then as they come."""
    return ordered(key for row in sweep.rows for key in row.values)


def table(sweep: Sweep) -> str:
    """CSV, a line a point: its settings, its place, and all scores in the units of their keys."""
    keys = keys_of(sweep)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    bounds = [f"{key}_{end}" for key in (sweep.quality, sweep.latency) for end in ("low", "high")]
    out.writerow(["point", *sweep.keys, "default", "front", "folder", *bounds, *keys, "why"])
    for row in sweep.rows:
        settings = [written(row.point.changes[key]) if key in row.point.changes else "" for key in sweep.keys]
        scores = [exact(row.values.get(key)) for key in keys]
        marks = ["yes" if mark else "" for mark in (row.default, row.front)]
        ends = [*_ends(row.quality), *_ends(row.latency)]
        out.writerow([row.point.name, *settings, *marks, row.folder, *ends, *scores, row.why])
    return text.getvalue()


def _ends(interval: Interval | None) -> list[str]:
    return ["", ""] if interval is None else [exact(interval.low), exact(interval.high)]


def plot(sweep: Sweep) -> Element:
    """Quality against latency: a series for each policy or node over the line of the Pareto front."""
    across, up = metric(sweep.latency), metric(sweep.quality)
    drawn = [row for row in sweep.rows if {sweep.quality, sweep.latency} <= set(row.values)]
    front = sorted((row for row in drawn if row.front), key=lambda row: row.values[sweep.latency])
    groups: dict[str, list[Row]] = {}
    for row in drawn:
        groups.setdefault(_group(sweep, row), []).append(row)
    lines = [Line("Pareto front", tuple(_bare(sweep, row) for row in front))]
    lines += [
        Line(name, tuple(_point(sweep, row) for row in rows), joined=False) for name, rows in groups.items()
    ]
    return curve(
        lines,
        Axis(across.head + _hint(across.better)),
        Axis(up.head + _hint(up.better)),
        f"{up.label} against {across.label}, with 95 % confidence",
    )


def _hint(better: str) -> str:
    return f" ({better} is better)" if better else ""


def _group(sweep: Sweep, row: Row) -> str:
    """The series of a point: its policy or node, if these are varied; else the setting that is."""
    kinds = [key for key in sweep.keys if key in (POLICY, PRESET) or key.endswith(".uses")]
    if kinds:
        return (
            ", ".join(written(row.point.changes[key]) for key in kinds if key in row.point.changes)
            or "as it is"
        )
    return ", ".join(row.point.changes) or "as it is"


def _bare(sweep: Sweep, row: Row) -> Point:
    x, y = metric(sweep.latency).scale, metric(sweep.quality).scale
    return Point(row.values[sweep.latency] * x, row.values[sweep.quality] * y)


def _point(sweep: Sweep, row: Row) -> Point:
    x, y = metric(sweep.latency).scale, metric(sweep.quality).scale
    at = _bare(sweep, row)
    across, up = _scaled(row.latency, x), _scaled(row.quality, y)
    return Point(at.x, at.y, _label(sweep, row), across, up, _report(row))


def _label(sweep: Sweep, row: Row) -> str:
    """The point in short: its values alone, where only one setting is varied."""
    short = ", ".join(written(value) for value in row.point.changes.values())
    name = short if len(sweep.keys) == 1 and short else row.point.name
    return f"{name} (default)" if row.default and row.point.changes else name


def _scaled(interval: Interval | None, scale: float) -> tuple[float, float] | None:
    return None if interval is None else (interval.low * scale, interval.high * scale)


def _report(row: Row) -> str:
    return quote(f"{row.folder}/report.html")


def page(sweep: Sweep, drawing: Element) -> str:
    """A page that holds the curve and the table, with links to the page of every point."""
    body = [
        tag(
            "header",
            tag("h1", f"Sweep of {', '.join(sweep.keys)}"),
            tag("p", _told(sweep), class_="note"),
        ),
        tag(
            "section", tag("h2", "Quality against latency"), tag("figure", drawing, style="max-width: 760px")
        ),
        tag("section", tag("h2", "Points"), tag("div", _grid(sweep), class_="scroll", tabindex="0")),
        _listed("Notes", sweep.notes),
        _listed("Left out", sweep.lost),
    ]
    return sheet("Sweep \u00b7 Dragoman", [part for part in body if part is not None], ("page.js",))


def _listed(title: str, notes: Sequence[str]) -> Element | None:
    if not notes:
        return None
    listed = tag("ul", (tag("li", note) for note in notes))
    inside = listed if len(notes) <= FEW else tag("details", tag("summary", f"{len(notes)} in all"), listed)
    return tag("section", tag("h2", title), inside)


def _told(sweep: Sweep) -> str:
    about = sweep.about
    told = [
        f"{len(sweep.rows)} points, {len(sweep.recordings)} recordings each",
        f"{about.get('graph') or 'as dragoman interpret runs it'}",
        {"virtual": "virtual time", "realtime": "the pace of life"}.get(f"{about.get('pace')}", ""),
        "bars: 95 of 100 draws of sentences",
        "front: no other point is as good and sooner",
    ]
    return " \u00b7 ".join(part for part in told if part)


def _grid(sweep: Sweep) -> Element:
    keys = [key for key in keys_of(sweep) if key in HEADLINE or key in (sweep.quality, sweep.latency)]
    names = ["point", "", *(metric(key).head for key in keys)]
    head = [tag("th", tag("button", name, type="button"), scope="col") for name in names]
    head[0].set("class", "left")
    rows = [tag("tr", _cells(sweep, row, keys)) for row in sweep.rows]
    return tag("table", tag("thead", tag("tr", head)), tag("tbody", rows), class_="sortable")


def _cells(sweep: Sweep, row: Row, keys: Sequence[str]) -> list[Element]:
    link = tag("a", row.point.name, href=_report(row))
    marks = [name for name, mark in (("default", row.default), ("front", row.front)) if mark]
    cells = [
        tag("th", link, scope="row", class_="left"),
        tag("td", row.why or ", ".join(marks), class_="left"),
    ]
    for key in keys:
        interval = {sweep.quality: row.quality, sweep.latency: row.latency}.get(key)
        value = row.values.get(key)
        cells.append(tag("td", metric(key).within(value, interval), data_v="" if value is None else value))
    return cells


__all__ = ["FILES", "keys_of", "page", "plot", "table", "write"]
