"""From the name of a node to its class: `vad.webrtc` is the node class in nodes/vad/webrtc.py.

The folder is the registry: a file is a node, its class is the one subclass of `Node` that it defines. Other
packages add nodes by the entry-point group `dragoman.nodes`, and `module:Class` names any importable class.
Importing a node is cheap, because heavy packages are imported in `open()`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from functools import cache
from types import ModuleType

from pipeline.errors import InputError, did_you_mean
from pipeline.node import Node

ENTRY_POINTS = "dragoman.nodes"


@cache
def names() -> tuple[str, ...]:
    """The names of all nodes at hand, sorted: the shipped ones and those of installed packages."""
    import nodes

    found: list[str] = []
    for group in pkgutil.iter_modules(nodes.__path__):
        if group.ispkg and not group.name.startswith("_"):
            package = importlib.import_module(f"nodes.{group.name}")
            modules = pkgutil.iter_modules(package.__path__)
            found += [f"{group.name}.{module.name}" for module in modules if not module.name.startswith("_")]
    return tuple(sorted({*found, *_entry_points()}))


@cache
def _entry_points() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}


def node_class(uses: str) -> type[Node]:
    """The class that `uses` names. Raises `InputError` with the nearest name when there is none."""
    if ":" in uses:
        return _import(uses)
    if uses in _entry_points():
        return _import(_entry_points()[uses])
    if uses not in names():
        raise InputError(f"no node {uses!r}; {did_you_mean(uses, list(names()))}")
    return _only_node(importlib.import_module(f"nodes.{uses}"))


def _import(value: str) -> type[Node]:
    module_name, _, class_name = value.partition(":")
    if not all(part.isidentifier() for part in module_name.split(".")):
        raise InputError(
            f"{value!r}: {module_name!r} is not the name of a module; write package.module:Class"
        )
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{value!r}: no module {error.name!r}; run from the folder that holds it, or install its package"
        ) from error
    if not class_name:
        return _only_node(module)
    found = getattr(module, class_name, None)
    if not (inspect.isclass(found) and issubclass(found, Node)):
        classes = [cls.__name__ for cls in _nodes_in(module)]
        raise InputError(f"{value!r}: no node class {class_name!r}; {did_you_mean(class_name, classes)}")
    return found


def _nodes_in(module: ModuleType) -> list[type[Node]]:
    return [
        cls
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Node) and cls.__module__ == module.__name__ and not name.startswith("_")
    ]


def _only_node(module: ModuleType) -> type[Node]:
    found = _nodes_in(module)
    if len(found) != 1:
        listed = ", ".join(cls.__name__ for cls in found) or "none"
        raise InputError(
            f"{module.__name__}: a node file defines one node class, found {listed}; name it module:Class"
        )
    return found[0]
