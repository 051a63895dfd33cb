"""Points: what a sweep tries: lists and ranges of settings, each combination or one change at a time. Pure.

units.threshold=0.6,0.75,0.9            a list
units.max_ms=1000..4000/1000            a range, its last value included: 1000, 2000, 3000, 4000
units.uses=segment.units,segment.fixed  another node in its place
units.confirm=null                      without that feature; with `one_at_a_time` this is leaving one out
policy=units,sentences,wait-k           policies of the field, see evaluation/changes.py
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import yaml

from pipeline.errors import InputError
from pipeline.measure.evaluation.changes import POLICY
from pipeline.spec import value_of

PRESET = "latency"
DEFAULT = "default"  # the point at which nothing is changed
MOST = 1000  # points of a sweep; more is a slip of the pen
RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?")


class Vary(msgspec.Struct, frozen=True):
    """A setting and the values that it is to take."""

    key: str  # node.key, node.uses or policy
    values: tuple[Any, ...]


class Point(msgspec.Struct, frozen=True):
    """One combination of settings."""

    changes: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """What is changed, in words: `units.threshold=0.75, units.max_ms=1000`."""
        return ", ".join(f"{key}={written(value)}" for key, value in self.changes.items()) or DEFAULT

    @property
    def folder(self) -> str:
        """A name for its folder: readable, and its own."""
        plain = re.sub(r"[^A-Za-z0-9.=_+-]+", "-", self.name.replace(", ", ",").replace(",", "_")).strip("-")
        if plain == self.name:
            return plain
        return f"{plain[:60]}-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"


def written(value: Any) -> str:
    """A value as one would write it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def vary(text: str) -> Vary:
    """`NODE.KEY=a,b,c` or `NODE.KEY=low..high/step`. Raises `InputError`."""
    key, equals, listed = text.partition("=")
    key = key.strip()
    if not equals or ("." not in key.strip(".") and key not in (POLICY, PRESET)):
        raise InputError(
            f"--vary {text}: not a setting; write --vary node.key=a,b,c or node.key=low..high/step"
        )
    try:
        read = value_of(f"[{listed}]")
    except (yaml.YAMLError, ValueError):
        raise InputError(f"--vary {text}: not values of YAML; put them in quotes") from None
    values: list[Any] = []
    for value in read:
        found = RANGE.fullmatch(value) if isinstance(value, str) else None
        values += _range(text, found) if found else [value]
    if not values:
        raise InputError(f"--vary {text}: no values; write --vary {key}=a,b,c")
    return Vary(key, tuple({written(value): value for value in values}.values()))


def _range(text: str, found: re.Match[str]) -> list[int | float]:
    if found[3] is None or not Decimal(found[3]):
        raise InputError(f"--vary {text}: a range needs a step; write {found[1]}..{found[2]}/step")
    low, high, step = (Decimal(found[i]) for i in (1, 2, 3))
    if high < low:
        raise InputError(f"--vary {text}: ends before it begins; write {found[2]}..{found[1]}/{found[3]}")
    count = int((high - low) / step) + 1
    if count > MOST:
        raise InputError(f"--vary {text}: {count} values; take a larger step")
    whole = not any("." in found[i] for i in (1, 2, 3))
    return [int(low + i * step) if whole else float(low + i * step) for i in range(count)]


def points(varied: Sequence[Vary], *, one_at_a_time: bool = False) -> list[Point]:
    """The points of a sweep: first the default, then every combination, or each change alone.

    Raises `InputError` for a key that is varied twice, and for more than 1000 points.
    """
    keys = [item.key for item in varied]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise InputError(f"--vary {twice[0]}: given twice; write all of its values into one list")
    if one_at_a_time:
        changes = [{item.key: value} for item in varied for value in item.values]
    else:
        count = 1
        for item in varied:
            count *= len(item.values)
        if count > MOST:
            raise InputError(f"--vary: {count} combinations; leave values out, or take --one-at-a-time")
        combinations = itertools.product(*(item.values for item in varied))
        changes = [dict(zip(keys, combination, strict=True)) for combination in combinations]
    return [Point(), *(Point(change) for change in changes if change)]


__all__ = ["DEFAULT", "PRESET", "Point", "Vary", "points", "vary", "written"]
