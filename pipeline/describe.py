"""Describe: the nodes at hand as text for people: all of them in a table, one of them on a page.

Everything said here is read off the class: docstring, ports, settings with their comments. A node that cannot be
imported has its line in the table too, with the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import MISSING
from typing import Any

import msgspec

from pipeline.errors import InputError
from pipeline.node import Node, Source
from pipeline.port import Input, Port
from pipeline.resolve import names, node_class
from pipeline.schema import first_line
from pipeline.settings import Setting, settings_of
from pipeline.settings import _words as type_words


def table() -> str:
    """A line for each node at hand, by group: its name and what it does."""
    rows = [(name, _first_line(name)) for name in names()]
    width = max((len(name) for name, _ in rows), default=0)
    lines: list[str] = []
    group = ""
    for name, does in rows:
        if lines and name.partition(".")[0] != group:
            lines.append("")
        group = name.partition(".")[0]
        lines.append(f"{name:<{width}}  {does}".rstrip())
    return "\n".join(lines)


def _first_line(name: str) -> str:
    try:
        return first_line(node_class(name))
    except (ImportError, InputError) as error:
        return f"cannot be used: {error}"


def describe(uses: str) -> str:
    """All about one node. Raises `InputError` with the nearest name when there is none."""
    cls = node_class(uses)
    parts = [
        f"{uses}  ({cls.__module__}:{cls.__name__})",
        inspect.getdoc(cls) or "",
        _ports(cls),
        _settings(cls),
    ]
    return "\n\n".join(part for part in [*parts, _runs(cls)] if part)


def _ports(cls: type[Node]) -> str:
    sections = []
    if cls.inputs:
        rows = [(port.name, _carries(port, cls), _ways(port)) for port in cls.inputs.values()]
        sections.append("Inputs\n" + _columns(rows))
    if cls.outputs:
        sections.append(
            "Outputs\n" + _columns([(port.name, _carries(port, cls)) for port in cls.outputs.values()])
        )
    return "\n\n".join(sections)


def _carries(port: Port[Any], cls: type[Node]) -> str:
    """Kind and format; a format that follows a setting says which."""
    known = settings_of(cls)
    form = [
        f"{key} as {value} says" if isinstance(value, str) and value in known else f"{key} {value}"
        for key, value in port.form.items()
    ]
    return " or ".join(kind.__name__ for kind in port.kinds) + (f" ({', '.join(form)})" if form else "")


def _ways(port: Input[Any]) -> str:
    """How an input is handed over, where it is not packet by packet."""
    gathered = (
        f"as {port.gather_ms} says" if isinstance(port.gather_ms, str) else f"{port.gather_ms:g} ms at once"
    )
    ways = {
        "optional": port.optional,
        f"gathered, {gathered}": port.gather_ms,
        "all that overlap the first input": port.whole_span,
        "the last one before the first input": port.latest,
        f"waited for {port.lateness_ms or 0:g} ms at most": port.lateness_ms is not None,
    }
    return "; ".join(words for words, holds in ways.items() if holds)


def _settings(cls: type[Node]) -> str:
    known = settings_of(cls)
    if not known:
        return "Settings\n  none"
    rows = [
        (key, _default(setting), type_words(setting.type), setting.comment) for key, setting in known.items()
    ]
    return "Settings, with their defaults\n" + _columns(rows)


def _default(setting: Setting) -> str:
    if setting.default is MISSING:
        return "(must be given)"
    return msgspec.json.encode(setting.default).decode()


def _runs(cls: type[Node]) -> str:
    place = {
        "loop": "on the event loop",
        "thread": "in a thread of its own",
        "process": "in a process of its own",
    }
    lines = [f"Runs {place[cls.runs_on]}, unless the graph says otherwise."]
    if issubclass(cls, Source):
        lines = ["A source: it runs on the event loop."]
    if len(cls.inputs) > 1:
        lines.append(f"Its inputs come together by the rule {cls.join!r} (pipeline/join.py).")
    return " ".join(lines)


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
