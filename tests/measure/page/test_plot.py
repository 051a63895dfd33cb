"""Drawings: curves with confidence, in the page and as a file of their own."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.page import charts
from pipeline.measure.page.axes import HEIGHT, LETTER, WIDTH, Axis, frame, number, scale
from pipeline.measure.page.markup import render, tag
from pipeline.measure.page.plot import Line, Point, curve, standalone

numbers = st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False)


@given(st.lists(numbers, max_size=5), st.booleans())
def test_an_axis_shows_all_values_and_has_round_ticks_inside(values: list[float], log: bool) -> None:
    found = scale(Axis("x", log=log), values, 0.0, 100.0)
    shown = [value for value in values if value > 0 or not log]
    assert all(found.low <= value <= found.high for value in shown)
    assert all(-0.1 <= found(value) <= 100.1 for value in shown)
    assert all(-0.1 <= found(tick) <= 100.1 for tick in found.ticks)
    assert len(found.ticks) <= 12


def test_ticks_are_round() -> None:
    assert scale(Axis("s", low=0.0), [4.3], 0, 1).ticks == [0, 1, 2, 3, 4, 5]
    assert scale(Axis("s", log=True), [0.3, 40], 0, 1).ticks == [0.5, 1, 2, 5, 10, 20]
    assert [number(value) for value in (0.5, 20.0, -3.0, 12000.0)] == ["0.5", "20", "\u22123", "12\u2009000"]


def test_a_curve_shows_names_labels_and_confidence() -> None:
    lines = [
        Line("units", (Point(1.8, 46.0, "low", (1.6, 2.0), (44.0, 48.0)), Point(2.4, 48.0, "quality"))),
        Line("wait-k", (Point(3.0, 45.0, "k=3", url="#k3"),)),
    ]
    drawn = curve(lines, Axis("LongYAAL, s", low=0.0), Axis("chrF"), "Quality against latency")
    text = render(drawn)
    for part in ("units", "wait-k", "low", "quality", "k=3", "LongYAAL, s", "chrF"):
        assert f">{part}<" in text
    assert text.count('class="range"') == 2
    assert "x 1.6 to 2; y 44 to 48" in text
    assert 'href="#k3"' in text


def test_labels_never_cover_one_another() -> None:
    crowd = tuple(Point(i % 6 / 10, i // 6, f"a point {i}") for i in range(30))
    drawn = curve([Line("", crowd)], Axis("x", high=3.0), Axis("y"), "t")
    texts = [one for one in drawn.iter("text") if (one.text or "").startswith("a point")]
    boxes = []
    for one in texts:
        wide = LETTER * len(one.text or "")
        before = {"start": 0.0, "middle": wide / 2, "end": wide}[one.attrib["text-anchor"]]
        boxes.append((float(one.attrib["x"]) - before, float(one.attrib["y"]), wide))
    assert 5 <= len(boxes) < 30
    for (x, y, wide), (other_x, other_y, other_wide) in combinations(boxes, 2):
        assert abs(y - other_y) >= 12 or x + wide <= other_x or other_x + other_wide <= x


def test_a_legend_with_many_names_grows_and_loses_none() -> None:
    lines = [Line(f"a policy of the name {i}", (Point(i, i),)) for i in range(9)]
    drawn = curve(lines, Axis("x"), Axis("y"), "t")
    names = [one.text for one in drawn.iter("text") if one.text and one.text.startswith("a policy")]
    assert len(names) == 9
    top, high = (float(value) for value in drawn.attrib["viewBox"].split()[1::2])
    assert all(top <= float(one.attrib["y"]) <= top + high for one in drawn.iter("text"))


@pytest.mark.parametrize("log", [False, True])
def test_a_drawing_is_a_whole_file_of_its_own(log: bool) -> None:
    evil = "<script>&\"'"
    drawn = curve([Line(evil, (Point(1, 2, evil), Point(2, 3)))], Axis(evil, log=log), Axis("y"), evil)
    read = ElementTree.fromstring(standalone(drawn))
    assert read.tag == "{http://www.w3.org/2000/svg}svg"
    assert not list(read.iter("{http://www.w3.org/2000/svg}script"))
    assert evil in "".join(read.itertext())
    assert "prefers-color-scheme: dark" in "".join(read.itertext())


def test_a_curve_of_nothing_is_empty_axes() -> None:
    assert len(list(curve([], Axis("x"), Axis("y"), "t").iter("path"))) == 0


def test_everything_lies_inside_the_drawing() -> None:
    points = tuple(Point(x, y) for x in (0.1, 5.0) for y in (-3.0, 7.0))
    drawn = frame(Axis("x"), Axis("y"), [p.x for p in points], [p.y for p in points], "t")
    for point in points:
        assert 0 <= drawn.x(point.x) <= WIDTH
        assert 0 <= drawn.y(point.y) <= HEIGHT


def lag(words: float, **means: float) -> dict[str, Any]:
    parts = dict.fromkeys(("hearing", "deciding", "translating", "speaking", "queueing"), 0.0) | means
    found: dict[str, Any] = {part: {"mean": mean} for part, mean in parts.items()}
    return found | {"total": {"mean": sum(parts.values()), "words": words}}


def test_parts_of_the_delay_are_means_over_all_words() -> None:
    reports = [
        {"lag": {"target.translation": lag(30, hearing=1.0, queueing=0.2)}},
        {"lag": {"target.translation": lag(10, hearing=3.0), "voice.speech": lag(10, speaking=5.0)}},
        {},
    ]
    first, second = charts.parts(reports)
    assert (first.output, first.words) == ("target.translation", 40)
    assert first.means == pytest.approx((1.5, 0, 0, 0, 0.15))
    assert second.total == 5.0
    bars = [one for one in charts.stacked([first, second]).iter("rect") if float(one.attrib["width"]) > 0]
    assert len(bars) == 3
    assert re.search(r"speaking 5\.00 s of 5\.00 s", render(charts.stacked([first, second])))


def test_markup_escapes_text_and_attributes() -> None:
    assert render(tag("p", "a<b", title='"&', class_="x")) == '<p title="&quot;&amp;" class="x">a&lt;b</p>'
