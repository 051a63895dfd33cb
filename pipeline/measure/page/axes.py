"""Axes: from values to places in a drawing, with round ticks. Drawings are SVG of a fixed view box that scales.

Drawings are made here and not by a plotting library: a page must open from a disk without a network, follow light and
dark by CSS and print; a library that can travel inside a page weighs more than an hour of data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

import msgspec

from pipeline.measure.page.markup import tag

WIDTH, HEIGHT = 460, 310  # of the view box
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 44, 46  # margins around the plot
FINEST = 1e-6  # values nearer than this are one
ROW = 18  # height of a row of the legend
LETTER = 6.5  # width of a letter of the labels, about


class Axis(msgspec.Struct, frozen=True):
    """What is on an axis, with its unit. `low` and `high` are what it must show at least."""

    label: str
    log: bool = False
    low: float | None = None
    high: float | None = None


class Scale(msgspec.Struct, frozen=True):
    """Values `low` to `high` laid on places `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The place of a value."""
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            share = (math.log(max(value, self.low)) - low) / (high - low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[float]:
        """Round values to write at the axis, about five."""
        return _log_ticks(self.low, self.high) if self.log else _ticks(self.low, self.high)


def scale(axis: Axis, values: Iterable[float], start: float, end: float) -> Scale:
    """A scale that shows all values and ends on round ones."""
    log, known = axis.log, [value for value in values if math.isfinite(value) and (value > 0 or not axis.log)]
    known += [value for value in (axis.low, axis.high) if value is not None]
    low, high = (min(known), max(known)) if known else (1.0, 10.0)
    if log:
        few = 2.0 if high / low < 1 + FINEST else 1.1
        return Scale(low / few, high * few, start, end, log=True)
    if high - low < FINEST:
        low, high = low - max(abs(low) / 10, 0.01), high + max(abs(high) / 10, 0.01)
    step = _step(high - low)
    low = low if low == axis.low else math.floor(low / step) * step
    high = high if high == axis.high else math.ceil(high / step) * step
    return Scale(low, high, start, end)


class Frame(msgspec.Struct, frozen=True):
    """A plot with its two scales."""

    x: Scale
    y: Scale
    drawing: Element


def frame(x: Axis, y: Axis, xs: Iterable[float], ys: Iterable[float], title: str) -> Frame:
    """An empty plot: axes, ticks and their labels. `title` is what a screen reader says of it."""
    across = scale(x, xs, LEFT, WIDTH - RIGHT)
    up = scale(y, ys, HEIGHT - BOTTOM, TOP)
    drawing = tag("svg", tag("title", title), class_="plot", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")
    for value in up.ticks:
        at = up(value)
        drawing.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=at, y2=at, class_="grid"))
        drawing.append(_text(LEFT - 8, at + 4, number(value), "tick", "end"))
    for value in across.ticks:
        at = across(value)
        drawing.append(tag("line", x1=at, x2=at, y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM + 4, class_="axis"))
        drawing.append(_text(at, HEIGHT - BOTTOM + 18, number(value), "tick", "middle"))
    drawing.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=up.start, y2=up.start, class_="axis"))
    drawing.append(_text(WIDTH - RIGHT, HEIGHT - 8, x.label + (" (log)" if x.log else ""), "label", "end"))
    drawing.append(_text(4, TOP - 12, y.label + (" (log)" if y.log else ""), "label", "start"))
    return Frame(across, up, drawing)


def legend(drawing: Element, names: Sequence[tuple[str, str]], marks: Sequence[str] = ()) -> None:
    """Names with the classes of their swatches, at the top; a drawing with many grows upwards by rows of them.

    `marks` are paths to draw in place of a short line, around (7, 10).
    """
    places: list[tuple[float, int]] = []
    at, row = 4.0, 0
    for name, _ in names:
        room = 32 + LETTER * len(name)
        if at + room > WIDTH and at > 4:
            at, row = 4.0, row + 1
        places.append((at, row))
        at += room
    for number, ((name, look), (x, line)) in enumerate(zip(names, places, strict=True)):
        y = ROW * (line - row)
        if marks:
            drawing.append(
                tag("path", d=marks[number], class_=f"mark {look}", transform=f"translate({x:g},{y})")
            )
        else:
            drawing.append(tag("line", x1=x, x2=x + 14, y1=10 + y, y2=10 + y, class_=f"swatch {look}"))
        drawing.append(_text(x + 19, 14 + y, name, "tick", "start"))
    _, _, wide, high = map(float, drawing.attrib["viewBox"].split())
    drawing.set("viewBox", f"0 {-ROW * row} {wide:g} {high + ROW * row:g}")


def number(value: float) -> str:
    """A value as it stands at an axis."""
    if value and abs(value) < 0.001:
        return f"{value:.0e}"
    return f"{value:,.6f}".rstrip("0").rstrip(".").replace(",", "\u2009").replace("-", "\u2212")


def path(points: Iterable[tuple[float, float]]) -> str:
    """Places as the `d` of an SVG path."""
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def _text(x: float, y: float, text: str, look: str, anchor: str) -> Element:
    return tag("text", text, x=x, y=y, class_=look, text_anchor=anchor)


def _step(span: float, count: int = 5) -> float:
    """A round step that divides a span into about `count`."""
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    fine = [power * factor for p in powers for factor in (1, 2, 5) if (power := 10.0**p)]
    found = [value for value in fine if low <= value <= high]
    if len(found) < 8:
        return found
    whole = [10.0**power for power in powers if low <= 10.0**power <= high]
    return whole[:: math.ceil(len(whole) / 8)]
