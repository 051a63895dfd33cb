"""Page: report.html, one file that shows an evaluation: how good, how late, where the time goes, and where it went wrong.

`write` brings it together. Pure rooms make the parts: `sections` and `tables` the text, `axes`, `plot` and `charts` the
drawings, `worst` the moments to look at first, `timeline`, `sound` and `contents` what the page's scripts draw and play,
`sheet` the file itself; sweep and compare build their pages of the same. What carries data is built as elements that escape it (`markup`) or as JSON;
the templates (page.html, *.css, *.js) hold no data. The page asks nothing of any network.

The drawings are our own SVG, the time line is our own canvas: see `axes` for why no plotting library is used.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

from pipeline.errors import OutputError, PackageError
from pipeline.measure.page import charts, contents, sections, tables, worst
from pipeline.measure.page.markup import tag
from pipeline.measure.page.sheet import sheet
from pipeline.measure.scores.evaluation import Evaluation

SCRIPTS = ("pen.js", "drawing.js", "player.js", "timeline.js", "page.js")


def write(evaluation: Evaluation, path: Path) -> None:
    """Write the page of an evaluation. Raises `OutputError` where the file cannot be written."""
    drawn, without = contents.held(evaluation, path)
    body = [
        sections.head(evaluation),
        tables.table(evaluation),
        _charts(evaluation),
        _moments(evaluation),
        _timeline([f"{one['id']}" for one in drawn], without) if drawn else None,
        sections.left_out(evaluation),
        sections.how(evaluation, _graph(evaluation)),
    ]
    title = f"{evaluation.about.get('name') or 'Evaluation'} \u00b7 Dragoman"
    text = sheet(title, [part for part in body if part is not None], SCRIPTS, contents.data(drawn))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(
            f"{path}: cannot be written ({reason}); free space or choose another --out"
        ) from error


def _charts(evaluation: Evaluation) -> Element:
    delays = charts.delays(list(evaluation.traces.values()))
    rows = charts.parts(evaluation.reports.values())
    figures = (
        (charts.quality_latency(evaluation.scores, evaluation.total), "Quality against latency",
         "A point for each recording; up and to the left is better."),
        (charts.spread(delays), "Delay of words, by clock",
         "From the end of what a word renders to the moment it came. Rules at 50 and 95 % of words."),
        (charts.stacked(rows) if rows else None, "What the delay is made of",
         "Mean over words, by output of the graph; the parts add up. Hearing is what no other part claims."),
        (charts.drift(evaluation.traces), "Delay over time",
         "A line that climbs says that the interpretation falls behind (drift)."),
    )  # fmt: skip
    drawn = [
        tag("figure", tag("h3", title), drawing, tag("figcaption", told))
        for drawing, title, told in figures
        if drawing is not None
    ]
    return tag(
        "section",
        tag("h2", "Quality and delay"),
        tag("div", drawn, class_="columns"),
        tables.quantiles({name: values for (name, _), values in delays.items()}) if delays else None,
        tables.all_metrics(evaluation.total),
    )


def _moments(evaluation: Evaluation) -> Element:
    late = worst.latest(evaluation.traces)
    try:
        weak, note = worst.weakest(evaluation), "No recording has a reference."
    except PackageError as error:
        weak, note = [], f"{error}"
    return sections.moments(late, weak, note)


def _timeline(names: list[str], without: list[str]) -> Element:
    """The place where the page's script draws; see timeline.js."""
    buttons = (("closer", "Zoom in"), ("wider", "Zoom out"), ("whole", "Whole"))
    plays = (
        ("play-source", "Play source"),
        ("play-speech", "Play interpretation"),
        ("play-both", "Play both"),
    )
    bar = tag(
        "div",
        tag(
            "select",
            (tag("option", name, value=name) for name in names),
            id="recording",
            aria_label="recording",
        ),
        (tag("button", name, type="button", id=id_) for id_, name in buttons),
        tag("span", class_="gap"),
        (tag("button", name, type="button", id=id_, aria_pressed="false") for id_, name in plays),
        class_="bar",
    )
    said = "Time line: source, units, translation and speech. Arrow keys move and zoom, n and p go from piece to piece."
    stage = tag(
        "div",
        tag("canvas", id="overview", height=46, aria_hidden="true"),
        tag("canvas", id="view", tabindex=0, role="application", aria_label=said),
        tag("div", id="tip", hidden="hidden"),
        tag("p", id="spoken", class_="unseen", aria_live="polite"),
        class_="stage",
    )
    captions = tag(
        "div",
        tag("p", tag("small", "recognised by then"), tag("span", id="by-source")),
        tag("p", tag("small", "translated by then"), tag("span", id="by-target")),
        class_="captions",
    )
    keys = (
        "Drag or \u2190 \u2192 to move, Ctrl and wheel or \u2191 \u2193 to zoom, n and p for the next piece and the one before, "
        "space to play. A line leads from the end of what a piece renders to the moment it came; "
        "the latest twentieth is red."
    )
    few = f"For want of room {len(without)} recordings have no time line here: {', '.join(without[:20])}."
    return tag(
        "section",
        tag("h2", "Time line"),
        bar,
        stage,
        captions,
        tag("p", id="sound-note", class_="note"),
        tag("p", keys, class_="note"),
        tag("p", few, class_="note") if without else None,
        id="timeline",
    )


def _graph(evaluation: Evaluation) -> str:
    """The graph as it was run: that of the first recording."""
    told = evaluation.about.get("graph_text")
    if isinstance(told, str) and told:
        return told
    for one in evaluation.recordings:
        file = evaluation.folder / "runs" / one.id / "graph.yaml"
        if file.is_file():
            return file.read_text(encoding="utf-8", errors="replace")
    return ""


__all__ = ["write"]
