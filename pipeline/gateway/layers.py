"""Layers: where the boxes of a graph stand, and along which points its longer arrows run. Pure.

After Sugiyama, Tagawa and Toda (1981), "Methods for visual understanding of hierarchical system structures":

    1. a node's column is the longest way to it from a source
    2. an arrow that passes a column has a lane there, of LANE box heights, so that no arrow runs behind a box
    3. columns are put in order by the mean place of what leads to each of their members, from left to right
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

LANE = 0.3  # height of a lane, in boxes
GAP = 0.35  # between two members of a column, in boxes

Member: TypeAlias = tuple[str, str, int]  # a box: (name, "", column); a lane: (source, target, column)


class Point(msgspec.Struct, frozen=True):
    """A place: a column from 0, and the distance from the top, in heights of a box."""

    column: int
    top: float


class Drawn(msgspec.Struct, frozen=True):
    """Upper edge of each box, and the middles of the lanes of each arrow from a node to a node."""

    boxes: dict[str, Point]
    via: dict[tuple[str, str], tuple[Point, ...]]


def layers(sources: Mapping[str, Sequence[str]]) -> Drawn:
    """Each node with those that it hears from, to places. The same graph gives the same picture."""
    column = _columns(sources)
    members: list[list[Member]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    before: dict[Member, list[Member]] = {}
    for name, heard in sources.items():
        box = (name, "", column[name])
        members[column[name]].append(box)
        before[box] = []
        for source in dict.fromkeys(heard):
            last: Member = (source, "", column[source])
            for passed in range(column[source] + 1, column[name]):
                lane = (source, name, passed)
                members[passed].append(lane)
                before[lane] = [last]
                last = lane
            before[box].append(last)
    return _placed(members, before)


def _columns(sources: Mapping[str, Sequence[str]]) -> dict[str, int]:
    column: dict[str, int] = {}
    while len(column) < len(sources):  # each round places at least one: a graph has no cycle
        for name, heard in sources.items():
            if name not in column and all(source in column for source in heard):
                column[name] = 1 + max((column[source] for source in heard), default=-1)
    return column


def _placed(members: list[list[Member]], before: dict[Member, list[Member]]) -> Drawn:
    drawn = Drawn({}, {})
    middle: dict[Member, float] = {}
    for column in members:
        wanted = {
            member: sum(middle[one] for one in before[member]) / max(1, len(before[member]))
            for member in column
        }
        top = 0.0
        for member in sorted(column, key=lambda member: (wanted[member], bool(member[1]))):
            source, target, place = member
            height = LANE if target else 1.0
            middle[member] = top + height / 2
            if target:
                way = (*drawn.via.get((source, target), ()), Point(place, middle[member]))
                drawn.via[source, target] = way
            else:
                drawn.boxes[source] = Point(place, top)
            top += height + GAP
    return drawn
