"""Markup: elements that escape all that they hold. Every part of the page that carries data is made here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element, tostring

Child: TypeAlias = "Element | str | Iterable[Element] | None"
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML


def tag(name: str, *children: Child, **attributes: object) -> Element:
    """An element. In names of attributes `_` becomes `-` and one at the end goes (`class_`); None leaves it out."""
    found = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    element = Element(name, {key: clean(f"{value}") for key, value in found.items() if value is not None})
    for child in children:
        if isinstance(child, str):
            _append_text(element, clean(child))
        elif isinstance(child, Element):
            element.append(child)
        elif child is not None:
            element.extend(child)
    return element


def render(element: Element) -> str:
    """The element as HTML (and inline SVG)."""
    return tostring(element, encoding="unicode", method="html")


def clean(text: str) -> str:
    """Text without the characters that no page may hold."""
    return _UNSAFE.sub("\ufffd", text)


def data_of(value: Any) -> str:
    """Data as JSON that may stand in a `<script type="application/json">`: it cannot end the element."""
    text = json.dumps(finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return clean(text).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def finite(value: Any) -> Any:
    """The same data with None for numbers that JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
