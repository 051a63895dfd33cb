"""Plot: curves of quality against latency, with confidence, as SVG for a page or for a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

import msgspec

from pipeline.measure.page.axes import LETTER, RIGHT, TOP, WIDTH, Axis, Frame, frame, legend, path
from pipeline.measure.page.markup import tag

LOOKS = 8  # colours; a ninth series begins anew
_Box = tuple[float, float, float, float]  # left, top, right, bottom


class Point(msgspec.Struct, frozen=True):
    """A point of a curve. The ranges are intervals of confidence, in the units of their axis."""

    x: float
    y: float
    label: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    url: str = ""  # where a click leads


class Line(msgspec.Struct, frozen=True):
    """A series of points; its colour and mark come from its place among the others."""

    name: str
    points: tuple[Point, ...]
    joined: bool = True


def curve(lines: Sequence[Line], x: Axis, y: Axis, title: str) -> Element:
    """Series of points over two axes. A label stands beside its point where there is room; hovering always tells."""
    points = [point for line in lines for point in line.points]
    xs = [value for point in points for value in (point.x, *(point.x_range or ()))]
    ys = [value for point in points for value in (point.y, *(point.y_range or ()))]
    plot = frame(x, y, xs, ys, title)
    for number, line in enumerate(lines):
        plot.drawing.append(_series(plot, line, number % LOOKS))
    plot.drawing.extend(_labels(plot, points))
    if len(lines) > 1:
        marks = [(line.name, f"s{number % LOOKS}") for number, line in enumerate(lines)]
        legend(plot.drawing, marks, [_mark(number % LOOKS, 7, 10) for number in range(len(lines))])
    return plot.drawing


def standalone(drawing: Element) -> str:
    """A drawing as a whole SVG file, with its style; it follows light and dark."""
    style = tag("style", (files(__package__) / "plot.css").read_text(encoding="utf-8"))
    left, top, wide, high = drawing.attrib["viewBox"].split()
    ground = tag("rect", x=left, y=top, width=wide, height=high, class_="ground")
    file = tag("svg", style, ground, *drawing, **drawing.attrib)
    file.set("xmlns", "http://www.w3.org/2000/svg")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(file, encoding="unicode") + "\n"


def _series(plot: Frame, line: Line, look: int) -> Element:
    group = tag("g", class_=f"s{look}")
    at = [(plot.x(point.x), plot.y(point.y)) for point in line.points]
    if line.joined and len(at) > 1:
        group.append(tag("path", d=path(at), class_="curve"))
    for point, (x, y) in zip(line.points, at, strict=True):
        if point.x_range:
            low, high = map(plot.x, point.x_range)
            group.append(tag("path", d=f"M{low},{y}H{high}M{low},{y - 3}v6M{high},{y - 3}v6", class_="range"))
        if point.y_range:
            low, high = map(plot.y, point.y_range)
            group.append(tag("path", d=f"M{x},{low}V{high}M{x - 3},{low}h6M{x - 3},{high}h6", class_="range"))
        mark = tag("path", tag("title", _told(line.name, point)), d=_mark(look, x, y), class_="mark")
        group.append(tag("a", mark, href=point.url) if point.url else mark)
    return group


def _told(name: str, point: Point) -> str:
    ranges = [
        f"{axis} {given[0]:.4g} to {given[1]:.4g}"
        for axis, given in (("x", point.x_range), ("y", point.y_range))
        if given
    ]
    what = " · ".join(part for part in (name, point.label) if part)
    return f"{what}: {point.x:.4g}, {point.y:.4g}" + (f" ({'; '.join(ranges)})" if ranges else "")


def _mark(look: int, x: float, y: float) -> str:
    """A circle, square, diamond or triangle: series differ without colour too."""
    shapes = (
        f"M{x - 4.5},{y}a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0",
        f"M{x - 4},{y - 4}h8v8h-8z",
        f"M{x},{y - 5.5}l5.5,5.5l-5.5,5.5l-5.5,-5.5z",
        f"M{x},{y - 5}l5,9h-10z",
    )
    return shapes[look % len(shapes)]


def _labels(plot: Frame, points: Sequence[Point]) -> Iterator[Element]:
    """Labels to the right, left, above or below their points; one that would cover something is left out."""
    at = [(plot.x(point.x), plot.y(point.y)) for point in points]
    taken: list[_Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in at]
    for point, (x, y) in zip(points, at, strict=True):
        wide = LETTER * len(point.label)
        places = (
            (x + 9, y + 4, "start"),
            (x - 9, y + 4, "end"),
            (x, y - 9, "middle"),
            (x, y + 18, "middle"),
        )
        for at_x, base, anchor in places if point.label else ():
            left = at_x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            box = (left, base - 10, left + wide, base + 2)
            if (
                plot.x.start - 8 < left
                and box[2] < WIDTH - RIGHT + 8
                and box[1] > TOP - 8
                and _free(box, taken)
            ):
                taken.append(box)
                yield tag("text", point.label, x=at_x, y=base, class_="tick", text_anchor=anchor)
                break


def _free(box: _Box, taken: Sequence[_Box]) -> bool:
    return all(
        box[2] <= other[0] or box[0] >= other[2] or box[3] <= other[1] or box[1] >= other[3]
        for other in taken
    )


__all__ = ["Axis", "Line", "Point", "curve", "standalone"]
