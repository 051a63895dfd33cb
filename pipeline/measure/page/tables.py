"""Tables of the page: a line a recording, a line a metric, a line a clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.page.markup import tag
from pipeline.measure.page.sections import section, shown
from pipeline.measure.recording import Recording
from pipeline.measure.scores.evaluation import SLOWED, Evaluation
from pipeline.measure.scores.labels import CLOCKS, metric, stem
from pipeline.measure.scores.score import Scores


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
    return section("Recordings", tag("div", grid, class_="scroll", tabindex="0"))


def _column(key: str) -> Element:
    known = metric(key)
    return tag("th", tag("button", known.head, type="button", title=known.about or None), scope="col")


def _row(recording: Recording, scores: Scores | None, keys: Iterable[str]) -> Element:
    link = tag("a", recording.id, href="#" + quote(recording.id))
    slow = scores.notes.get(SLOWED) if scores else None
    mark = tag("b", " *", title=slow) if slow else None
    cells = [tag("th", link, mark, scope="row", class_="left", data_v=recording.id)]
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
    absent = sorted(key for key in scores.notes if key not in scores.values)
    notes = [tag("li", tag("code", key), f": {scores.notes[key]}") for key in absent]
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
