"""Charts of an evaluation: quality against latency, the spread of delays, their parts, and whether they grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.measure.metrics.spoken_words import spoken
from pipeline.measure.page.axes import LETTER, WIDTH, Axis, frame, legend, path
from pipeline.measure.page.markup import tag
from pipeline.measure.page.plot import Line, Point, curve
from pipeline.measure.scores.labels import metric
from pipeline.measure.scores.score import Scores
from pipeline.measure.trace import Clock, Said, Trace, clock
from pipeline.packet import PARTS

QUALITY = ("chrf", "bleu")  # the first that is there is drawn
LATENCY = ("long_yaal_ms_queue", "long_yaal_ms_cu", "word_delay_p50_ms")
CLOCKS: dict[Clock, tuple[str, str]] = {  # clock: its name and its look
    "cu": ("CU (heard)", "s2 dotted"),
    "ca": ("CA (+ compute)", "s3 dashed"),
    "queue": ("queue (+ waiting)", "s0"),
}
VOICE = ("speech (playing)", "s4")
STEPS = 400  # of a curve at most
ROWS = 8  # of the chart of parts at most
WINDOW_S = 10.0  # of a drift curve at least


class Part(msgspec.Struct, frozen=True):
    """The mean delay of one output by part, s, over the words of several recordings."""

    output: str
    means: tuple[float, ...]  # in the order of PARTS
    words: float

    @property
    def total(self) -> float:
        """The whole delay."""
        return sum(self.means)


def quality_latency(scores: Mapping[str, Scores], total: Scores) -> Element | None:
    """A point a recording, and one of all; None where no recording has both."""
    y = next((key for key in QUALITY if key in total.values), "")
    x = next((key for key in LATENCY if key in total.values), "")
    if not (x and y):
        return None
    each = tuple(_point(one.values, x, y, id_) for id_, one in scores.items() if {x, y} <= set(one.values))
    lines = [Line("a recording", each, joined=False)]
    if len(each) > 1:
        lines.append(Line("all", (msgspec.structs.replace(_point(total.values, x, y, "all"), url=""),)))
    across, up = metric(x), metric(y)
    return curve(
        lines,
        Axis(f"{across.label}, {across.unit} (less is better)", low=0.0),
        Axis(f"{up.label} (more is better)"),
        "Quality against latency, a point for each recording",
    )


def _point(values: Mapping[str, float], x: str, y: str, name: str) -> Point:
    at = values[x] * metric(x).scale, values[y] * metric(y).scale
    return Point(*at, label=name if len(name) <= 24 else name[:23] + "\u2026", url="#" + quote(name))


def delays(traces: Sequence[Trace]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """How long after the end of what it renders each word came, s, in order of size: by name and look of the clock.

    Of the translation by each clock, and of the speech by the moment at which the word is heard.
    """
    found = {
        look: _late((clock(trace.translation.said, by), trace.translation.said) for trace in traces)
        for by, look in CLOCKS.items()
    }
    voices = [spoken(trace.speech) for trace in traces]
    found[VOICE] = _late(([word.out for word in said], said) for said in voices)
    return {look: values for look, values in found.items() if len(values)}


def _late(times: Iterable[tuple[Sequence[float], Sequence[Said]]]) -> NDArray[np.float64]:
    ends = [(np.array(came), np.array([word.end for word in said])) for came, said in times if said]
    return np.sort(np.concatenate([came - end for came, end in ends])) / 1000 if ends else np.zeros(0)


def spread(by_clock: Mapping[tuple[str, str], NDArray[np.float64]]) -> Element | None:
    """The share of words that came within a delay, by clock; None where nothing was said."""
    if not by_clock:
        return None
    top = max(float(np.quantile(values, 0.995)) for values in by_clock.values())
    x, y = Axis("delay of a word, s", low=0.0), Axis("share of words, %", low=0.0, high=100.0)
    plot = frame(x, y, [top], [0.0, 100.0], "Share of words that came within a delay, by clock")
    for share in (50, 95):
        at = plot.y(share)
        plot.drawing.append(tag("line", x1=plot.x.start, x2=plot.x.end, y1=at, y2=at, class_="rule"))
    for (_, look), values in by_clock.items():
        shares = np.linspace(0, 1, min(STEPS, len(values) + 1))
        steps = zip(np.quantile(values, shares), shares, strict=True)
        inside = [(max(plot.x(v), plot.x.start), plot.y(100 * s)) for v, s in steps if v <= plot.x.high]
        if inside:
            plot.drawing.append(tag("path", d=path(inside), class_=f"curve {look}"))
    legend(plot.drawing, list(by_clock))
    return plot.drawing


def parts(reports: Iterable[Mapping[str, Any]]) -> list[Part]:
    """The parts of the delay of each output, over all recordings, from the reports of their runs."""
    sums: dict[str, list[float]] = {}
    for report in reports:
        for output, lag in report.get("lag", {}).items():
            words = lag["total"]["words"]
            row = sums.setdefault(output, [0.0] * (len(PARTS) + 1))
            for index, part in enumerate(PARTS):
                row[index] += lag[part]["mean"] * words
            row[-1] += words
    found = [
        Part(name, tuple(v / row[-1] for v in row[:-1]), row[-1]) for name, row in sums.items() if row[-1]
    ]
    return sorted(found, key=lambda part: part.total)[:ROWS]


def stacked(rows: Sequence[Part]) -> Element:
    """Bars of the mean delay of each output, part by part."""
    left, tall, top = 8 + LETTER * max(len(row.output) for row in rows), 30, 30
    room = WIDTH - left - 52
    most = max(row.total for row in rows) or 1.0
    high = top + tall * len(rows) + 8
    title = tag("title", "Mean delay of each output by its parts")
    drawing = tag("svg", title, class_="plot", viewBox=f"0 0 {WIDTH} {high}", role="img")
    for number, row in enumerate(rows):
        y = top + tall * number
        drawing.append(tag("text", row.output, x=left - 6, y=y + 16, class_="name", text_anchor="end"))
        drawing.extend(_bars(row, left, y, room / most))
    legend(drawing, [(part, f"s{look}") for part, look in zip(PARTS, LOOKS, strict=True)])
    return drawing


LOOKS = (7, 0, 2, 4, 5)  # of the parts: hearing in grey, since nobody can save it; queueing in red


def _bars(row: Part, left: float, y: float, scale: float) -> Iterator[Element]:
    at = left
    for part, mean, look in zip(PARTS, row.means, LOOKS, strict=True):
        wide = max(0.0, mean * scale)
        told = tag("title", f"{row.output}: {part} {mean:.2f} s of {row.total:.2f} s")
        yield tag(
            "rect", told, x=f"{at:.1f}", y=y + 2, width=f"{wide:.1f}", height=20, class_=f"part s{look}"
        )
        at += wide
    yield tag("text", f"{row.total:.2f} s", x=f"{at + 6:.1f}", y=y + 16, class_="name")


def drift(traces: Mapping[str, Trace]) -> Element | None:
    """The mean delay of the words of each stretch, by recording and over all; None where nothing was said."""
    window = max(WINDOW_S, max((trace.source_ms for trace in traces.values()), default=0.0) / 60_000)
    each = {name: _windows(trace, window) for name, trace in traces.items() if trace.translation.said}
    if not each:
        return None
    xs = [x for points in each.values() for x, _ in points]
    ys = [y for points in each.values() for _, y in points]
    plot = frame(
        Axis("time since the start, min", low=0.0),
        Axis(f"delay of a word, s (mean of {window:.0f} s)", low=0.0),
        [x / 60 for x in xs],
        ys,
        "Delay over time, by recording",
    )
    for name, points in each.items():
        told = tag("title", name)
        line = path((plot.x(x / 60), plot.y(y)) for x, y in points)
        plot.drawing.append(tag("path", told, d=line, class_="curve faint", data_recording=name))
    if len(each) > 1:
        mean = [
            (x, float(np.mean([y for other, y in zip(xs, ys, strict=True) if other == x])))
            for x in sorted(set(xs))
        ]
        plot.drawing.append(
            tag("path", d=path((plot.x(x / 60), plot.y(y)) for x, y in mean), class_="curve s0")
        )
        legend(plot.drawing, [("all", "s0"), ("a recording", "s7"), ("the chosen one", "s1")])
    return plot.drawing


def _windows(trace: Trace, window_s: float) -> list[tuple[float, float]]:
    """Middle of each stretch in which words came, s, and the mean delay of its words, s."""
    said = trace.translation.said
    place = np.array([word.out for word in said]) // (window_s * 1000)
    late = np.array([word.out - word.end for word in said]) / 1000
    return [((index + 0.5) * window_s, float(late[place == index].mean())) for index in np.unique(place)]
