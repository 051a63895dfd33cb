"""Sections of the page: headline, tables, what was left out, and how it was run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

from pipeline.measure.page.markup import tag
from pipeline.measure.page.worst import Moment
from pipeline.measure.scores.evaluation import SLOWED, Evaluation
from pipeline.measure.scores.labels import HEADLINE, metric
from pipeline.measure.scores.score import Scores

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
        _busy(evaluation),
        tag("dl", (_figure(key, evaluation.total) for key in shown(evaluation)), class_="figures"),
    )


def _busy(evaluation: Evaluation) -> Element | None:
    """A warning where other programs had the cores: during the runs, or before, where the system counts no more."""
    about, known = evaluation.about, any(SLOWED in one.values for one in evaluation.scores.values())
    load, cores = about.get("load", 0.0), about.get("cores", 1)
    if evaluation.busy:
        count = f"{len(evaluation.busy)} of {len(evaluation.recordings)} recordings (marked *)"
        told = f"The machine was busy during {count}: their delays with compute are too long."
    elif not known and load > cores / 2:
        told = f"The machine was busy when this began (load {load:g} on {cores} cores): delays with compute are too long."
    else:
        return None
    return tag("p", told, class_="warning")


def shown(evaluation: Evaluation) -> list[str]:
    """The headline scores that at least one recording has."""
    scores = [evaluation.total, *evaluation.scores.values()]
    return [key for key in HEADLINE if any(key in one.values for one in scores)]


def _figure(key: str, scores: Scores) -> Element:
    known = metric(key)
    value = tag("dd", known.show(scores.values.get(key)), tag("span", f" {known.unit}", class_="unit"))
    return tag("div", tag("dt", known.label, title=known.about or None), value)


def moments(late: Sequence[Moment], weak: Sequence[Moment], note: str) -> Element:
    """The worst moments, latest and weakest; each leads to its place on the time line."""
    both = tag(
        "div",
        _moments("Latest pieces", "s late", 1, late),
        _moments("Weakest sentences", "chrF", 0, weak, note),
        class_="columns",
    )
    return section("Worst moments first", both)


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
    return section("Left out", tag("div", grid, class_="scroll")) if rows else None


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
    return section("How it was run", tag("dl", facts, class_="facts"), drawn)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def section(title: str, *children: Element | None) -> Element:
    """A part of a page with its title."""
    return tag("section", tag("h2", title), *children)


def _time(ms: float) -> str:
    return f"{ms // 60_000:.0f}:{ms / 1000 % 60:04.1f}"
