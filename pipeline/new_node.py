"""New node: a node that works and its test, to change into what one wants.

Decides: where the two files go and what things are called. In a checkout of Dragoman `vad.mine` becomes
nodes/vad/mine.py and tests/nodes/vad/test_mine.py; anywhere else ./mine.py and ./test_mine.py, used as `mine:Mine`.
Nothing is ever written over.
"""

from __future__ import annotations

import importlib.util
import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template

from pipeline.errors import InputError, OutputError

_TAKEN = (
    "Annotated",
    "Any",
    "AudioFrame",
    "Emission",
    "Input",
    "Iterator",
    "Meta",
    "Node",
    "Output",
    "Packet",
)


def write(name: str, folder: Path) -> list[Path]:
    """Write a node and its test into a folder; returns their paths.

    Raises `InputError` for a name that will not do or files that are there already, `OutputError` when they cannot
    be written.
    """
    inside = (folder / "nodes" / "__init__.py").is_file() and (folder / "pipeline" / "node.py").is_file()
    group, stem = _parts(name, inside)
    node, test = (
        _places(folder, group, stem) if inside else (folder / f"{stem}.py", folder / f"test_{stem}.py")
    )
    for path in (node, test):
        if path.exists():
            raise InputError(f"{path}: is there already; choose another name, or move it away")
    if not inside and importlib.util.find_spec(stem) is not None:
        raise InputError(f"{name!r}: {stem}.py would hide the module {stem!r}; choose another name")
    words = _words(group, stem, inside)
    try:
        for path, template in ((node, "node.txt"), (test, "test.txt")):
            _make_packages(path.parent, folder, inside)
            path.write_text(Template(_template(template)).substitute(words), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{error.filename}: cannot be written ({error.strerror}); choose another folder"
        ) from error
    return [node, test]


def _parts(name: str, inside: bool) -> tuple[str, str]:
    """Group and stem of a name. Raises `InputError`."""
    group, _, stem = name.rpartition(".")
    parts = [group, stem] if group else [stem]
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", part) and not keyword.iskeyword(part) for part in parts):
        raise InputError(
            f"{name!r} is no name for a node; write group.name in small letters, such as vad.mine"
        )
    if inside and not group:
        raise InputError(
            f"{name!r} has no group; in a checkout of Dragoman write group.name, such as vad.{name}"
        )
    return group, stem


def _places(folder: Path, group: str, stem: str) -> tuple[Path, Path]:
    return folder / "nodes" / group / f"{stem}.py", folder / "tests" / "nodes" / group / f"test_{stem}.py"


def _make_packages(where: Path, folder: Path, inside: bool) -> None:
    """Make a folder; in a checkout, a package."""
    where.mkdir(parents=True, exist_ok=True)
    if inside and where != folder and not (where / "__init__.py").exists():
        (where / "__init__.py").touch()


def _words(group: str, stem: str, inside: bool) -> dict[str, str]:
    """What the templates leave open. Imports are grouped as linters want them: own packages apart."""
    class_name = "".join(part.title() for part in stem.split("_"))
    if class_name in _TAKEN:
        class_name = (group or "my").title().replace("_", "") + class_name
    if inside:
        module, uses = f"nodes.{group}.{stem}", f"{group}.{stem}"
        imports = {"import_before": f"\nfrom {module} import {class_name}\n", "import_after": ""}
    else:
        module, uses = stem, f"{stem}:{class_name}"
        imports = {"import_before": "", "import_after": f"\nfrom {module} import {class_name}\n"}
    return {"class_name": class_name, "stem": stem, "uses": uses, "gap": "\n" if inside else "", **imports}


def _template(name: str) -> str:
    return (files("pipeline") / "templates" / name).read_text(encoding="utf-8")
