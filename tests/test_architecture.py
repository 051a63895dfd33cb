"""The rules of the house, by machine: who may import whom, who may wait, who may read a clock.

The table of layers is that of docs/design.md. A file of pipeline/ that is not in it is an outer room: it may use the
whole core, and no file of the core may use it.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import networkx
import pytest

ROOT = Path(__file__).resolve().parents[1]
When: TypeAlias = Literal["import", "call", "typing"]

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "clock"),
    ("packet",),
    ("media", "port", "models", "networks", "fetching", "fonts", "languages", "shared", "statistics"),
    ("node",),
    ("edge", "settings", "resolve", "routes", "sameness"),
    ("join", "spec", "lag"),
    ("inbox", "worker", "graph", "accounts", "relay"),
    ("keeper", "outlets"),
    ("runner", "source_runner", "scheduler", "report", "testing"),
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
OUTSIDE = len(LAYERS)
UPWARDS = {("graph", "scheduler")}  # Graph.run() is a shorter word for start()
# The only files of the core that do.
WAIT = {"clock", "inbox", "worker", "keeper", "runner", "source_runner", "scheduler", "testing"}
NODES_THAT_WAIT = {"sink/external.py"}  # besides the sources: it hands out to programs that wait
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"))]
HEAVY = {"onnxruntime", "ctranslate2", "cv2", "trio", "av", "scipy", "asyncio", "networkx", "soxr", "rich"}


def files(folder: str) -> list[Path]:
    """All Python files of a folder of the house, by their path."""
    return sorted((ROOT / folder).rglob("*.py"))


def short(file: Path) -> str:
    """A file's path inside its folder of the house."""
    return "/".join(file.relative_to(ROOT).parts[1:])


@cache
def imports(file: Path) -> tuple[tuple[str, When], ...]:
    """What a file imports: when it is imported itself, when something is called, or for types only."""
    return tuple(_imports(ast.parse(file.read_text(encoding="utf-8")), "import"))


def _imports(tree: ast.AST, when: When) -> Iterator[tuple[str, When]]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import):
            yield from ((alias.name, when) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            module = child.module or ""
            house = module.partition(".")[0] in ("pipeline", "nodes")
            yield from ((f"{module}.{alias.name}" if house else module, when) for alias in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(child, "typing")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(child, "call" if when == "import" else when)
        else:
            yield from _imports(child, when)


def room(module: str) -> str | None:
    """The file of pipeline/ that a dotted name leads to; None for others."""
    parts = module.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 else None


def wanted(file: Path) -> list[tuple[str, When]]:
    """The files of pipeline/ that a file uses while it runs."""
    found = ((room(module), when) for module, when in imports(file) if when != "typing")
    return [(name, when) for name, when in found if name is not None]


def room_of_core(file: Path) -> str:
    """The name in LAYERS that a file of pipeline/ belongs to: its own, or that of its folder; empty: none."""
    name = file.stem if file.parent.name == "pipeline" else file.relative_to(ROOT / "pipeline").parts[0]
    return name if name in LAYER else ""


def test_the_table_of_layers_names_files_that_exist() -> None:
    core = ROOT / "pipeline"
    found = [name for name in LAYER if not (core / f"{name}.py").is_file() and not (core / name).is_dir()]
    assert found == []


def test_imports_of_the_core_point_down_only() -> None:
    found = [
        f"{own} (layer {LAYER[own]}) imports {name} (layer {LAYER.get(name, OUTSIDE)})"
        for file in files("pipeline")
        if (own := room_of_core(file))
        for name, _ in wanted(file)
        if LAYER.get(name, OUTSIDE) > LAYER[own] and (own, name) not in UPWARDS
    ]
    assert found == []


def test_no_two_files_import_one_another() -> None:
    wires = networkx.DiGraph(
        (str(file.relative_to(ROOT)), f"pipeline/{name}.py")
        for file in files("pipeline")
        if file.name != "__init__.py"
        for name, when in wanted(file)
        if when == "import"
    )
    assert list(networkx.simple_cycles(wires)) == []


def test_the_pipeline_knows_no_node_but_by_its_name() -> None:
    found = [
        (short(file), module, when)
        for file in files("pipeline")
        for module, when in imports(file)
        if module.split(".")[0] == "nodes" and (file.stem, when) != ("resolve", "call")
    ]
    assert found == []


def test_nodes_do_not_know_one_another() -> None:
    """A node may use the pipeline, the small modules of its own folder (`_x`), and the engines."""
    found = [
        (short(file), module)
        for file in files("nodes")
        for module, _ in imports(file)
        if (parts := module.split("."))[0] == "nodes"
        and not (parts[1] == file.parent.name and parts[2].startswith("_"))
        and not (parts[1] == "_engines" and len(parts) > 2)
    ]
    assert found == []


def test_nodes_use_the_rooms_below_the_scheduler_only() -> None:
    found = [
        (short(file), name)
        for file in files("nodes")
        for name, _ in wanted(file)
        if LAYER.get(name, OUTSIDE) > LAYER["join"]
    ]
    assert found == []


def test_only_the_shell_of_the_core_waits() -> None:
    found = [
        short(file)
        for file in files("pipeline")
        if room_of_core(file)
        and file.stem not in WAIT
        and any(module.split(".")[0] in ("anyio", "trio") for module, _ in imports(file))
    ]
    assert found == []


def test_only_sources_wait_among_the_nodes() -> None:
    found = [
        short(file)
        for file in files("nodes")
        if file.parent.name != "source"
        and short(file) not in NODES_THAT_WAIT
        and any(module.split(".")[0] in ("anyio", "trio") for module, _ in imports(file))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["pipeline", "nodes"])
def test_one_file_knows_clocks_and_asyncio(folder: str) -> None:
    found = [
        (short(file), module)
        for file in files(folder)
        if file.name != "clock.py"
        for module, _ in imports(file)
        if module.split(".")[0] in ("time", "asyncio")
    ]
    found += [
        (short(file), call)
        for file in files(folder)
        for call in re.findall(r"datetime\.(?:now|utcnow|today)\(", file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["pipeline", "nodes"])
def test_no_file_names_the_host_of_a_package_index(folder: str) -> None:
    texts = [file for file in (ROOT / folder).rglob("*") if file.suffix in (".py", ".toml", ".yaml", ".html")]
    found = [
        (str(file.relative_to(ROOT)), host)
        for file in texts
        for host in HOSTS
        if host in file.read_text(encoding="utf-8")
    ]
    assert found == []


SIZE_UP = """
import json, sys, time
before = time.process_time()
import numpy
numpy_s = time.process_time() - before
{0}
print(json.dumps([numpy_s, time.process_time() - before, sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "statement", ["import pipeline", "from pipeline.graph import Graph", "import pipeline.cli"]
)
def test_importing_the_pipeline_is_light(statement: str) -> None:
    """No heavy package comes along, and it takes no more than twice what numpy alone takes on top of it."""
    shares = []
    for _ in range(3):
        command = [sys.executable, "-c", SIZE_UP.format(statement)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        numpy_s, whole_s, modules = json.loads(done.stdout)
        assert HEAVY & set(modules) == set()
        shares.append(whole_s / numpy_s)
    assert min(shares) < 3
