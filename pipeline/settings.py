"""From a mapping to a node, with errors that teach.

Decides: which keys a node knows, whether a value fits its field. A field named with a trailing underscore is
written without it (`from_` is `from` in YAML). Unknown keys, wrong types and values out of range are all
reported at once. Ranges stand in the field's type: `Annotated[float, Meta(ge=0, le=1)]`.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import Any, get_type_hints
from weakref import WeakKeyDictionary

import msgspec

from pipeline.errors import SettingsError, did_you_mean
from pipeline.node import Node
from pipeline.resolve import node_class


class Uses(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """A setting that is itself a node: `confirm: {uses: translate.firefox, with: {from: en, to: pt}}`."""

    uses: str
    with_: dict[str, Any] = {}

    def make(self) -> Node:
        """The node, not opened. Raises `InputError`."""
        return build(node_class(self.uses), self.with_)


class Setting(msgspec.Struct, frozen=True):
    """One setting of a node, for people and editors."""

    key: str
    type: Any
    default: Any  # dataclasses.MISSING when it must be given
    comment: str

    @property
    def required(self) -> bool:
        return self.default is dataclasses.MISSING


def settings_of(cls: type[Node]) -> dict[str, Setting]:
    """Key to setting, in the order of the class. The comment behind a field is its documentation."""
    if cls not in _known:
        _known[cls] = _read_settings(cls)
    return _known[cls]


_known: WeakKeyDictionary[type[Node], dict[str, Setting]] = WeakKeyDictionary()  # reading a class is slow


def _read_settings(cls: type[Node]) -> dict[str, Setting]:
    hints = get_type_hints(cls, include_extras=True)
    comments = _comments(cls)
    found: dict[str, Setting] = {}
    for field in fields_of(cls):
        if not field.init:
            continue
        key = field.name.rstrip("_")
        factory: Any = field.default_factory
        default = field.default if factory is dataclasses.MISSING else factory()
        found[key] = Setting(key, hints[field.name], default, comments.get(field.name, ""))
    return found


def fields_of(cls: type[Node]) -> tuple[dataclasses.Field[Any], ...]:
    """The dataclass fields of a node class; none where it is not a dataclass."""
    return dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()


def _comments(cls: type) -> dict[str, str]:
    """The comment at the end of each field's line, inherited with the field; a class overrules its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base is not Node and dataclasses.is_dataclass(base):
            found.update(_own_comments(base))
    return found


def _own_comments(cls: type) -> dict[str, str]:
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        return {}
    return {
        match[1]: match[2].strip()
        for match in re.finditer(r"^    (\w+)\s*:[^#\n]*#[ ]*(.+)$", source, re.MULTILINE)
    }


def faults(cls: type[Node], values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with these settings: key to sentence, empty when nothing is."""
    known = settings_of(cls)
    wrong: dict[str, str] = {}
    for key, value in values.items():
        if key not in known:
            wrong[key] = f"unknown setting {key!r}; {did_you_mean(str(key), list(known))}"
            continue
        try:
            msgspec.convert(value, known[key].type, strict=True)
        except msgspec.ValidationError as error:
            about = f" ({known[key].comment})" if known[key].comment else ""
            wrong[key] = (
                f"setting {key!r} is {value!r}: {_plain(str(error))}; give {_words(known[key].type)}{about}"
            )
    for key, setting in known.items():
        if setting.required and key not in values:
            about = f" ({setting.comment})" if setting.comment else ""
            wrong[key] = f"setting {key!r} is missing; give {_words(setting.type)}{about}"
    return wrong


def build(cls: type[Node], values: Mapping[str, Any]) -> Node:
    """A node of this class with these settings. Raises `SettingsError` that lists every fault."""
    wrong = faults(cls, values)
    if wrong:
        raise SettingsError("\n".join(f"{cls.__name__}: {sentence}" for sentence in wrong.values()))
    known = settings_of(cls)
    fields = {field.name.rstrip("_"): field.name for field in fields_of(cls)}
    arguments = {fields[key]: msgspec.convert(value, known[key].type) for key, value in values.items()}
    try:
        return cls(**arguments)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{cls.__name__}: {error}") from error


def _plain(message: str) -> str:
    message = re.sub(r" - at `\$(.*)`", r" at \1", message)
    return message[0].lower() + message[1:]


def _words(kind: Any) -> str:
    """A type in words: `a number from 0 to 1`, `one of realtime, asap`."""
    schema = msgspec.json.schema(kind)
    schema = schema.get("$defs", {}).get(kind.__name__, schema) if "$ref" in schema else schema
    return _schema_words(schema)


def _schema_words(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_schema_words(option) for option in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    names = {
        "number": "a number",
        "integer": "a whole number",
        "string": "text",
        "boolean": "true or false",
        "array": "a list",
        "object": "a mapping",
        "null": "nothing",
    }
    words = names.get(str(schema.get("type")), "a mapping")
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{words} from {low} to {high}"
    if low is not None:
        return f"{words} of at least {low}"
    return f"{words} of at most {high}" if high is not None else words
