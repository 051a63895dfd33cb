"""Sheet: a page that holds all it needs: style, data and scripts are inside; it opens from a disk, without a network."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import Element

from pipeline.measure.page.markup import clean, data_of, render

STYLES = ("plot.css", "page.css")


def sheet(
    title: str, body: Sequence[Element], scripts: Sequence[str] = (), data: Mapping[str, Any] | None = None
) -> str:
    """A whole HTML file. `scripts` are files of this folder; they find `data` as JSON in the element `data`."""
    filled = {
        "title": html.escape(clean(title)),
        "style": "\n".join(_file(name) for name in STYLES),
        "body": "\n".join(render(element) for element in body),
        "data": data_of(data or {}),
        "script": "\n".join(_file(name) for name in scripts),
    }
    # In one pass, so that nothing that was filled in is taken for a place to fill.
    return re.sub(r"\{\{(\w+)\}\}", lambda place: filled[place[1]], _file("page.html"))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
