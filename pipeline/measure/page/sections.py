"""Sections of the page: headline, tables, what was left out, and how it was run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.page.markup import tag
from pipeline.measure.page.metrics import CLOCKS, HEADLINE, metric, stem
from pipeline.measure.page.worst import Moment
from pipeline.measure.recording import Recording
from pipeline.measure.score import Scores

if TYPE_CHECKING:
    from pipeline.measure.results import Evaluation

FACTS = {  # of evaluation.json, and what they are called; what else is there follows
    "name": "name",
    "graph": "graph",
    "settings": "settings",
    "latency": "latency",
    "pace": "pace",
    "manifest": "manifest",
    "manifest_sha256": "manifest, SHA-256",
    "dragoman": "Dragoman",
    "python": "Python",
    "platform": "platform",
    "cores": "cores",
    "load": "load before, processes",
    "jobs": "recordings at once",
    "started": "started",
}
ELSEWHERE = ("graph_text", "recordings", "left_out")  # shown in sections of their own


def head(evaluation: Evaluation) -> Element:
    """The title, what was evaluated, and the headline scores of all recordings."""
    about, recordings = evaluation.about, evaluation.recordings
    ways = sorted({f"{one.from_} \u2192 {one.to}" for one in recordings})
    minutes = sum(one.seconds for one in recordings) / 60
    told = [
        f"{len(recordings)} recording{'s' * (len(recordings) != 1)}, {minutes:.1f} min",
        ", ".join(ways[:6]) + (f" and {len(ways) - 6} more" if len(ways) > 6 else ""),
        {"virtual": "virtual time", "realtime": "the pace of life"}.get(about.get("pace", ""), ""),
        f"{about.get('started', '')}",
    ]
    if evaluation.left_out:
        told.append(f"{len(evaluation.left_out)} left out, see below")
    return tag(
        "header",
        tag("h1", f"{about.get('name') or 'Evaluation'}"),
        tag("p", " \u00b7 ".join(part for part in told if part), class_="note"),
        _busy(about),
        tag("dl", (_figure(key, evaluation.total) for key in shown(evaluation)), class_="figures"),
    )


def _busy(about: Mapping[str, Any]) -> Element | None:
    """A warning where other programs ran on the same cores."""
    load, cores = about.get("load", 0.0), about.get("cores", 1)
    if load <= cores / 2:
        return None
    told = f"The machine was busy when this began (load {load:g} on {cores} cores): delays with compute are too long."
    return tag("p", told, class_="warning")


def shown(evaluation: Evaluation) -> list[str]:
    """The headline scores that at least one recording has."""
    scores = [evaluation.total, *evaluation.scores.values()]
    return [key for key in HEADLINE if any(key in one.values for one in scores)]


def _figure(key: str, scores: Scores) -> Element:
    known = metric(key)
    value = tag("dd", known.show(scores.values.get(key)), tag("span", f" {known.unit}", class_="unit"))
    return tag("div", tag("dt", known.label, title=known.about or None), value)


def table(evaluation: Evaluation) -> Element:
    """A line a recording, and one of all; each column can be sorted."""
    keys = shown(evaluation)
    columns = [tag("th", tag("button", "recording", type="button"), scope="col", class_="left")]
    columns += [
        tag("th", tag("button", name, type="button"), scope="col") for name in ("languages", "length, s")
    ]
    columns += [_column(key) for key in keys]
    rows = [_row(one, evaluation.scores.get(one.id), keys) for one in evaluation.recordings]
    total = [tag("th", "all", scope="row", class_="left"), tag("td"), _seconds(evaluation.recordings)]
    total += [tag("td", metric(key).show(evaluation.total.values.get(key))) for key in keys]
    grid = tag(
        "table",
        tag("thead", tag("tr", columns)),
        tag("tbody", rows),
        tag("tfoot", tag("tr", total)),
        class_="sortable",
        id="recordings",
    )
    return _section("Recordings", tag("div", grid, class_="scroll", tabindex="0"))


def _column(key: str) -> Element:
    known = metric(key)
    name = f"{known.label}, {known.unit}" if known.unit else known.label
    return tag("th", tag("button", name, type="button", title=known.about or None), scope="col")


def _row(recording: Recording, scores: Scores | None, keys: Iterable[str]) -> Element:
    link = tag("a", recording.id, href="#" + quote(recording.id))
    cells = [tag("th", link, scope="row", class_="left", data_v=recording.id)]
    cells.append(tag("td", f"{recording.from_} \u2192 {recording.to}"))
    cells.append(tag("td", f"{recording.seconds:.1f}", data_v=recording.seconds))
    for key in keys:
        value = scores.values.get(key) if scores else None
        why = scores.notes.get(key) if scores and value is None else None
        cells.append(tag("td", metric(key).show(value), title=why, data_v="" if value is None else value))
    return tag("tr", cells, data_recording=recording.id)


def _seconds(recordings: Iterable[Recording]) -> Element:
    return tag("td", f"{sum(one.seconds for one in recordings):.1f}")


def all_metrics(scores: Scores) -> Element:
    """Every score of all recordings: a line a metric, a column a clock."""
    stems = list(dict.fromkeys(stem(key) for key in scores.values))
    head_ = [tag("th", "metric", scope="col", class_="left"), tag("th", "unit", scope="col", class_="left")]
    head_ += [tag("th", name, scope="col") for name in ("value", *CLOCKS.values())]
    rows = [_metric_row(one, scores) for one in stems]
    grid = tag("table", tag("thead", tag("tr", head_)), tag("tbody", rows))
    notes = [tag("li", tag("code", key), f": {why}") for key, why in sorted(scores.notes.items())]
    signatures = [
        tag("li", f"{name}: ", tag("code", text)) for name, text in sorted(scores.signatures.items())
    ]
    return tag(
        "details",
        tag("summary", "All metrics, over all recordings"),
        tag("div", grid, class_="scroll", tabindex="0"),
        tag("h3", "Signatures") if signatures else None,
        tag("ul", signatures) if signatures else None,
        tag("h3", "Not computed") if notes else None,
        tag("ul", notes) if notes else None,
    )


def quantiles(delays: Mapping[str, NDArray[np.float64]]) -> Element:
    """Quantiles of the delays of words, s, a line a clock."""
    shares = (0.05, 0.5, 0.95, 0.99)
    head_ = [tag("th", "delay of words, s", scope="col", class_="left"), tag("th", "mean", scope="col")]
    head_ += [tag("th", f"{100 * share:.0f} %", scope="col") for share in shares]
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row", class_="left"),
            (tag("td", f"{value:.2f}") for value in (values.mean(), *np.quantile(values, shares))),
        )
        for name, values in delays.items()
    ]
    grid = tag("table", tag("thead", tag("tr", head_)), tag("tbody", rows))
    inside = tag("div", grid, class_="scroll", tabindex="0")
    return tag("details", tag("summary", "Delays in figures"), inside)


def _metric_row(name: str, scores: Scores) -> Element:
    known = metric(name)
    cells = [
        tag("th", known.label, scope="row", class_="left", title=known.about or None),
        tag("td", known.unit, class_="left"),
    ]
    keys = (name, *(f"{name}_{clock}" for clock in CLOCKS))
    cells += [tag("td", known.show(scores.values[key]) if key in scores.values else "") for key in keys]
    return tag("tr", cells)


def moments(late: Sequence[Moment], weak: Sequence[Moment], note: str) -> Element:
    """The worst moments, latest and weakest; each leads to its place on the time line."""
    both = tag(
        "div",
        _moments("Latest pieces", "s late", 1, late),
        _moments("Weakest sentences", "chrF", 0, weak, note),
        class_="columns",
    )
    return _section("Worst moments first", both)


def _moments(title: str, unit: str, digits: int, found: Sequence[Moment], note: str = "") -> Element:
    items = [
        tag(
            "li",
            tag(
                "button",
                tag("span", f"{one.size:.{digits}f}", tag("small", f" {unit}"), class_="size"),
                tag("span", one.text or "(nothing)", class_="said"),
                tag(
                    "small",
                    f"{one.recording}, {_time(one.at_ms)}" + (f" \u00b7 {one.beside}" if one.beside else ""),
                ),
                type="button",
                data_recording=one.recording,
                data_at=round(one.at_ms),
            ),
        )
        for one in found
    ]
    inside = tag("ol", items, class_="moments") if items else tag("p", note or "None.", class_="note")
    return tag("div", tag("h3", title), inside)


def left_out(evaluation: Evaluation) -> Element | None:
    """What was not evaluated, and why."""
    rows = [
        tag(
            "tr", tag("th", one.id or "\u2013", scope="row", class_="left"), tag("td", one.why, class_="left")
        )
        for one in evaluation.left_out
    ]
    head_ = tag("tr", (tag("th", name, scope="col", class_="left") for name in ("recording", "why")))
    grid = tag("table", tag("thead", head_), tag("tbody", rows), class_="wrap")
    return _section("Left out", tag("div", grid, class_="scroll")) if rows else None


def how(evaluation: Evaluation, graph: str) -> Element:
    """How it was run: machine, settings, graph."""
    about = evaluation.about
    keys = [*FACTS, *(key for key in about if key not in FACTS and key not in ELSEWHERE)]
    facts = [
        tag("div", tag("dt", FACTS.get(key, key.replace("_", " "))), tag("dd", _told(about[key])))
        for key in keys
        if about.get(key) not in (None, "", {}, [])
    ]
    drawn = tag("details", tag("summary", "The graph"), tag("pre", graph)) if graph else None
    return _section("How it was run", tag("dl", facts, class_="facts"), drawn)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _section(title: str, *children: Element | None) -> Element:
    return tag("section", tag("h2", title), *children)


def _time(ms: float) -> str:
    return f"{ms // 60_000:.0f}:{ms / 1000 % 60:04.1f}"
