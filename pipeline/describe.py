"""Describe: the nodes at hand as text for people: all of them in a table, one of them on a page.

Everything said here is read off the class: docstring, ports, settings with their comments. A node that cannot be
imported has its line in the table too, with the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import MISSING
from typing import Any

import msgspec

from pipeline.errors import InputError
from pipeline.node import Node, Source
from pipeline.port import Input, Output
from pipeline.resolve import names, node_class
from pipeline.schema import first_line
from pipeline.settings import Setting, settings_of, type_words


def nodes_table() -> str:
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
    return "\n".join(lines) + "\n"


def _first_line(name: str) -> str:
    try:
        return first_line(node_class(name))
    except (ImportError, InputError) as error:
        return f"cannot be used: {error}"


def node_page(uses: str) -> str:
    """All about one node. Raises `InputError` with the nearest name when there is none."""
    cls = node_class(uses)
    parts = [f"{uses}  ({cls.__module__}:{cls.__name__})", inspect.getdoc(cls) or "", _ports(cls), _settings(cls)]
    return "\n\n".join(part for part in [*parts, _runs(cls)] if part) + "\n"


def _ports(cls: type[Node]) -> str:
    sections = []
    if cls.inputs:
        sections.append("Inputs\n" + _columns((port.name, port.describe(), _ways(port)) for port in cls.inputs.values()))
    if cls.outputs:
        sections.append("Outputs\n" + _columns((port.name, _carried(port), "") for port in cls.outputs.values()))
    return "\n\n".join(sections)


def _carried(port: Output[Any]) -> str:
    return port.describe()


def _ways(port: Input[Any]) -> str:
    """How an input is handed over, where it is not packet by packet."""
    words = []
    if port.optional:
        words.append("optional")
    if port.gather_ms:
        words.append(f"gathered, {port.gather_ms} ms" if not isinstance(port.gather_ms, str) else f"gathered by {port.gather_ms}")
    if port.whole_span:
        words.append("all that overlap the first input")
    if port.latest:
        words.append("the last one before the first input")
    if port.lateness_ms is not None:
        words.append(f"waited for {port.lateness_ms:g} ms at most")
    return "; ".join(words)


def _settings(cls: type[Node]) -> str:
    known = settings_of(cls)
    if not known:
        return "Settings\n  none"
    return "Settings\n" + _columns((key, _default(setting), type_words(setting.type), setting.comment) for key, setting in known.items())


def _default(setting: Setting) -> str:
    if setting.default is MISSING:
        return "(must be given)"
    return msgspec.json.encode(setting.default).decode()


def _runs(cls: type[Node]) -> str:
    place = {"loop": "on the event loop", "thread": "in a thread of its own", "process": "in a process of its own"}
    lines = [f"Runs {place[cls.runs_on]}, unless the graph says otherwise."]
    if issubclass(cls, Source):
        lines = ["A source: it runs on the event loop."]
    if len(cls.inputs) > 1:
        lines.append(f"Its inputs come together by the rule {cls.join!r} (pipeline/join.py).")
    return " ".join(lines)


def _columns(rows: Iterable[tuple[str, ...]]) -> str:
    table = list(rows)
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )
