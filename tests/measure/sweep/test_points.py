"""What a sweep tries: lists, ranges, combinations, one change at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.measure.sweep.points import Point, Vary, points, vary


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("units.threshold=0.6,0.75", (0.6, 0.75)),
        ("units.max_ms=500..2000/500", (500, 1000, 1500, 2000)),
        ("units.floor=0.1..0.3/0.1", (0.1, 0.2, 0.3)),
        ("units.max_ms=500..1000/500,4000", (500, 1000, 4000)),
        ("units.uses=segment.units,segment.fixed", ("segment.units", "segment.fixed")),
        ("units.confirm=null,{uses: translate.firefox}", (None, {"uses": "translate.firefox"})),
        ("words.lang=no,pt,no", ("no", "pt")),
        ("sinks.path='a,b'", ("a,b",)),
        ("policy=units,wait-k", ("units", "wait-k")),
    ],
)
def test_lists_and_ranges(text: str, values: tuple[object, ...]) -> None:
    assert vary(text) == Vary(text.partition("=")[0], values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("threshold=1", "--vary threshold=1: not a setting; write --vary node.key=a,b,c or"),
        ("units.threshold", "--vary units.threshold: not a setting"),
        ("units.max_ms=", "no values; write --vary units.max_ms=a,b,c"),
        ("units.max_ms=1..5", "a range needs a step; write 1..5/step"),
        ("units.max_ms=1..5/0", "a range needs a step"),
        ("units.max_ms=5..1/2", "ends before it begins; write 1..5/2"),
        ("units.max_ms=0..1/0.0001", "10001 values; take a larger step"),
        ("units.lang=[a", "not values of YAML; put them in quotes"),
    ],
)
def test_what_is_no_list_and_no_range(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        vary(text)
    assert message in str(error.value)


def test_every_combination_and_the_default_first() -> None:
    found = points([Vary("a.x", (1, 2)), Vary("b.y", ("u", "v"))])
    names = ["default", "a.x=1, b.y=u", "a.x=1, b.y=v", "a.x=2, b.y=u", "a.x=2, b.y=v"]
    assert [point.name for point in found] == names


def test_one_change_at_a_time_is_leaving_one_out() -> None:
    found = points([Vary("a.x", (None,)), Vary("b.y", (0,))], one_at_a_time=True)
    assert [point.changes for point in found] == [{}, {"a.x": None}, {"b.y": 0}]


def test_a_key_that_is_varied_twice_and_too_many_combinations() -> None:
    with pytest.raises(InputError, match=r"--vary a\.x: given twice; write all of its values into one list"):
        points([Vary("a.x", (1,)), Vary("a.x", (2,))])
    with pytest.raises(InputError, match="10000 combinations; leave values out, or take --one-at-a-time"):
        points([Vary(f"a.{key}", tuple(range(10))) for key in "wxyz"])


@given(st.integers(-1000, 1000), st.integers(1, 50), st.integers(0, 40))
def test_a_range_has_its_ends(low: int, step: int, count: int) -> None:
    values = vary(f"a.x={low}..{low + step * count}/{step}").values
    assert (values[0], values[-1], len(values)) == (low, low + step * count, count + 1)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,30}\.[a-z]{1,30}", fullmatch=True), st.text(max_size=90), max_size=4
    )
)
def test_each_point_has_a_folder_of_its_own_that_any_disk_takes(changes: dict[str, str]) -> None:
    point, other = Point(changes), Point(changes | {"more.more": 1})
    assert point.folder != other.folder
    assert len(point.folder) <= 80
    assert set(point.folder) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.=_+-")
